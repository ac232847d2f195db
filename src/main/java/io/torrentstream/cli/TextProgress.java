package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.session.TorrentStatus;
import io.torrentstream.util.PrintableText;
import java.nio.file.Path;

/**
 * Progress for people, on stderr: a line that is written over on a terminal, a new line now and
 * then elsewhere. The result, the path, goes to stdout.
 */
final class TextProgress implements Progress {
  /** How much is shown. */
  enum Style {
    LIVE,
    LINES,
    /** No progress, but warnings. */
    NONE,
    /** Not even warnings. */
    QUIET
  }

  private static final int TICKS_BETWEEN_LINES = 10;
  // The terminal may have been resized.
  private static final int TICKS_BETWEEN_MEASURING = 10;

  private final Console console;
  private final Style style;
  private final ProgressLine live;
  private int ticks;
  private int width;

  TextProgress(Console console, Style style) {
    this.console = console;
    this.style = style;
    this.live = new ProgressLine(console.err());
  }

  @Override
  public void magnet(MagnetUri magnet) {
    if (shows()) {
      String name = magnet.name() == null ? "" : magnet.name() + ", ";
      console.note(name + magnet.infoHash() + ": looking for its metadata");
    }
    magnet.warnings().forEach(this::warning);
  }

  @Override
  public void metadata(TorrentInfo info) {
    live.clear(); // what it says is shown as of any torrent
  }

  @Override
  public void started(Start start) {
    Metainfo metainfo = start.metainfo();
    TorrentInfo info = metainfo.info();
    if (shows()) {
      console.note(
          info.name()
              + ": "
              + Units.bytes(info.length())
              + ", "
              + Units.count(info.files().size(), "file")
              + ", "
              + Units.count(info.layout().pieceCount(), "piece"));
    }
    metainfo.warnings().forEach(this::warning);
  }

  private boolean shows() {
    return style == Style.LIVE || style == Style.LINES;
  }

  @Override
  public void tick(TorrentStatus status) {
    if (style == Style.LIVE) {
      width = ticks % TICKS_BETWEEN_MEASURING == 0 ? console.terminal().width() : width;
      String text = PrintableText.of(StatusText.live(status, width), width);
      live.show(text, width, console.terminal().colour() ? StatusText.barLength(text) : 0);
    } else if (style == Style.LINES && ticks % TICKS_BETWEEN_LINES == TICKS_BETWEEN_LINES - 1) {
      console.note(StatusText.line(status));
    }
    ticks++;
  }

  @Override
  public void fileCompleted(Path path) {
    // A torrent may have 100,000 files; the numbers tell enough.
  }

  @Override
  public void pieceVerified(int piece) {
    // As above.
  }

  @Override
  public void warning(String message) {
    if (style != Style.QUIET) {
      live.clear();
      console.note("warning: " + message);
    }
  }

  @Override
  public void completed(Completion completion) {
    live.clear();
    if (shows()) {
      console.note(summary(completion.last(), completion.nanos()));
    }
    console.result(completion.path().toAbsolutePath().normalize().toString());
  }

  private static String summary(TorrentStatus last, long nanos) {
    String verified = Units.bytes(last.verified()) + " verified in " + Units.elapsed(nanos);
    if (last.downloaded() == 0) {
      return verified + ", all of it was there";
    }
    return verified + ", " + Units.rate((long) (last.downloaded() * 1e9 / nanos));
  }

  @Override
  public void seeding(Seeding seeding) {
    live.clear();
    if (shows()) {
      TorrentInfo info = seeding.metainfo().info();
      String whole = Units.bytes(info.length());
      String shared = Units.bytes(seeding.verified());
      console.note(
          info.name()
              + ": seeding "
              + (shared.equals(whole) ? whole : shared + " of " + whole)
              + ", listening on "
              + seeding.address());
    }
    console.result(seeding.magnet());
  }

  @Override
  public void seeded(TorrentStatus last, long nanos) {
    live.clear();
    if (shows()) {
      console.note(Units.bytes(last.uploaded()) + " sent in " + Units.elapsed(nanos));
    }
  }

  @Override
  public void link(String magnet) {
    console.result(magnet);
  }

  @Override
  public void torrentWritten(Path path) {
    console.result(path.toString());
  }

  @Override
  public void failed(CliException failure) {
    // Tsl says it, as of any command.
  }

  @Override
  public void end() {
    live.clear();
  }
}
