package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.session.TorrentState;
import io.torrentstream.session.TorrentStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/** Progress for programs, on stdout: one JSON object a line, each with {@code event, time}. */
final class JsonProgress implements Progress {
  private final Console console;
  private final boolean pieces;

  /**
   * @param pieces whether each verified piece is an event
   */
  JsonProgress(Console console, boolean pieces) {
    this.console = console;
    this.pieces = pieces;
  }

  private void event(String event, Console.JsonMembers members) {
    console.json(
        json -> {
          json.name("event").value(event).name("time").value(Instant.now().toString());
          members.write(json);
        });
  }

  @Override
  public void magnet(MagnetUri magnet) {
    magnet.warnings().forEach(this::warning);
  }

  @Override
  public void metadata(TorrentInfo info) {
    event(
        "metadata",
        json -> {
          json.name("done").value(info.raw().length);
          json.name("of").value(info.raw().length);
          json.name("infoHash").value(info.infoHash().toString());
          json.name("name").value(info.name());
        });
  }

  @Override
  public void started(Start start) {
    TorrentInfo info = start.metainfo().info();
    event(
        "start",
        json -> {
          json.name("name").value(info.name());
          json.name("infoHash").value(info.infoHash().toString());
          json.name("size").value(info.length());
          json.name("pieceLength").value(info.layout().pieceLength());
          json.name("pieces").value(info.layout().pieceCount());
          json.name("files").value(info.files().size());
          json.name("dir").value(absolute(start.dir()));
          json.name("ports").beginObject().name("tcp").value(start.port()).endObject();
        });
    start.metainfo().warnings().forEach(this::warning);
  }

  @Override
  public void tick(TorrentStatus status) {
    if (status.state() == TorrentState.CHECKING) {
      event(
          "check",
          json -> json.name("done").value(status.checked()).name("of").value(status.wanted()));
      return;
    }
    if (status.state() == TorrentState.METADATA) {
      event("metadata", json -> metadata(json, status));
      return;
    }
    event("progress", json -> progress(json, status));
  }

  /** How much it will be is only the peers' word. */
  private static void metadata(JsonWriter json, TorrentStatus status) throws IOException {
    json.name("done").value(status.checked()).name("of").nullValue();
    json.name("peers").value(status.peers()).name("seeds").value(status.seeds());
  }

  private static void progress(JsonWriter json, TorrentStatus status) throws IOException {
    json.name("downloaded").value(status.downloaded());
    json.name("uploaded").value(status.uploaded());
    json.name("verified").value(status.verified());
    json.name("size").value(status.wanted());
    json.name("downRate").value(status.downRate());
    json.name("upRate").value(status.upRate());
    json.name("peers").value(status.peers());
    json.name("seeds").value(status.seeds());
    json.name("webSeeds").value(status.webSeeds());
    long eta = status.etaSeconds();
    json.name("eta").value(eta < 0 ? null : (Long) eta);
  }

  @Override
  public void fileCompleted(Path path) {
    event("file", json -> json.name("path").value(absolute(path)));
  }

  @Override
  public void pieceVerified(int piece) {
    if (pieces) {
      event("piece", json -> json.name("piece").value(piece));
    }
  }

  @Override
  public void warning(String message) {
    event("warning", json -> json.name("message").value(message));
  }

  @Override
  public void completed(Completion completion) {
    TorrentStatus last = completion.last();
    event(
        "complete",
        json -> {
          json.name("path").value(absolute(completion.path()));
          json.name("size").value(last.wanted());
          seconds(json, completion.nanos());
          json.name("downloaded").value(last.downloaded());
          json.name("uploaded").value(last.uploaded());
          json.name("wasted").value(last.wasted());
          json.name("hashFailures").value(last.hashFailures());
        });
  }

  @Override
  public void seeding(Seeding seeding) {
    event(
        "seeding",
        json -> {
          json.name("infoHash").value(seeding.metainfo().info().infoHash().toString());
          json.name("magnet").value(seeding.magnet());
          json.name("address")
              .value(seeding.bind() == null ? null : seeding.bind().getHostAddress());
          json.name("port").value(seeding.port());
          json.name("verified").value(seeding.verified());
        });
  }

  @Override
  public void seeded(TorrentStatus last, long nanos) {
    event(
        "seeded",
        json -> {
          json.name("uploaded").value(last.uploaded());
          seconds(json, nanos);
        });
  }

  @Override
  public void link(String magnet) {
    event("magnet", json -> json.name("magnet").value(magnet));
  }

  @Override
  public void torrentWritten(Path path) {
    event("torrent", json -> json.name("path").value(absolute(path)));
  }

  private static void seconds(JsonWriter json, long nanos) throws IOException {
    json.name("seconds").jsonValue(String.format(Locale.ROOT, "%.3f", nanos / 1e9));
  }

  @Override
  public void failed(CliException failure) {
    event(
        "error",
        json -> {
          json.name("code").value(failure.exitCode());
          json.name("reason").value(failure.reason().word());
          json.name("message").value(failure.getMessage());
        });
  }

  @Override
  public void end() {
    // Nothing to put back.
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
