package io.torrentstream.cli;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetLink;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.PrintableText;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * A torrent as {@code info} shows it to people. Names and addresses come safe to print from {@link
 * Metainfo}, other text does not.
 */
final class InfoText {
  private static final int LABEL_WIDTH = 12;
  private static final int SIZE_WIDTH = 11;
  private static final int MAX_TEXT = 1000;
  private static final long SECONDS_PER_DAY = 86_400;

  /** Later or earlier than the year 5000 is no date but a mistake. */
  private static final long MAX_SECONDS = 100_000_000_000L;

  /** Characters that are printed at once, for a list of 100,000 files need not be held whole. */
  private static final int CHUNK = 1 << 13;

  private static final String BLANKS = " ".repeat(LABEL_WIDTH);

  private final StringBuilder text = new StringBuilder();
  private final PrintStream out;
  private final Metainfo metainfo;
  private final TorrentInfo info;

  /** The info-hash, or null while it is not known. */
  private final InfoHash infoHash;

  private InfoText(PrintStream out, Metainfo metainfo, InfoHash infoHash) {
    this.out = out;
    this.metainfo = metainfo;
    this.info = metainfo.info();
    this.infoHash = infoHash;
  }

  /** Prints all lines, and flushes. */
  static void print(Metainfo metainfo, PrintStream out) {
    new InfoText(out, metainfo, metainfo.info().infoHash()).print();
  }

  /** The same of a torrent whose pieces have not been hashed yet. */
  static void printDraft(Metainfo metainfo, PrintStream out) {
    new InfoText(out, metainfo, null).print();
  }

  private void print() {
    summary();
    addresses();
    line("magnet", infoHash == null ? null : MagnetLink.of(metainfo));
    files();
    printText();
    out.flush();
  }

  private void printText() {
    out.append(text);
    text.setLength(0);
  }

  private void summary() {
    line("name", info.name());
    line("info-hash", infoHash == null ? null : infoHash.toString());
    line("v2", metainfo.infoHashV2());
    long files = info.files().stream().filter(file -> !file.padding()).count();
    line(
        "size",
        Units.bytes(info.length())
            + " ("
            + Units.count(info.length(), "byte")
            + ") in "
            + Units.count(files, "file"));
    line("pieces", info.layout().pieceCount() + " of " + Units.bytes(info.layout().pieceLength()));
    line("private", info.isPrivate() ? "yes: peers come from the trackers alone" : null);
    line("comment", printable(metainfo.comment()));
    line("created by", printable(metainfo.createdBy()));
    line("created on", date(metainfo.creationDate()));
  }

  private static String printable(String foreign) {
    return foreign == null ? null : PrintableText.of(foreign, MAX_TEXT);
  }

  private static String date(Long seconds) {
    if (seconds == null || Math.abs(seconds) > MAX_SECONDS) {
      return seconds == null ? null : seconds.toString();
    }
    return LocalDate.ofEpochDay(Math.floorDiv(seconds, SECONDS_PER_DAY)).toString();
  }

  private void addresses() {
    List<String> trackers = new ArrayList<>();
    for (int tier = 0; tier < metainfo.trackers().size(); tier++) {
      for (String tracker : metainfo.trackers().get(tier)) {
        trackers.add(
            metainfo.trackers().size() == 1 ? tracker : "tier " + (tier + 1) + ": " + tracker);
      }
    }
    lines("trackers", trackers);
    lines("web seeds", metainfo.webSeeds());
    lines("http seeds", metainfo.httpSeeds());
    lines("nodes", metainfo.nodes());
  }

  private void files() {
    text.append("files\n");
    int numberWidth = Integer.toString(info.files().size()).length() + 2;
    for (FileEntry file : info.files()) {
      if (!file.padding()) {
        right(Integer.toString(file.index() + 1), numberWidth);
        right(Units.bytes(file.length()), SIZE_WIDTH);
        path(file.path());
        if (text.length() >= CHUNK) {
          printText();
        }
      }
    }
  }

  private void path(List<String> path) {
    text.append("  ").append(path.get(0));
    for (int i = 1; i < path.size(); i++) {
      text.append('/').append(path.get(i));
    }
    text.append('\n');
  }

  private void lines(String label, List<String> values) {
    for (int i = 0; i < values.size(); i++) {
      line(i == 0 ? label : "", values.get(i));
    }
  }

  /** A label and its value; nothing for a null value. */
  private void line(String label, String value) {
    if (value != null) {
      text.append(label).append(BLANKS, label.length(), LABEL_WIDTH).append(value).append('\n');
    }
  }

  private void right(String value, int width) {
    text.append(BLANKS, 0, Math.max(0, width - value.length())).append(value);
  }
}
