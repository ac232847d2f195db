package io.torrentstream.cli;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.TorrentStatus;
import java.nio.file.Path;

/** Shows a run while it lasts. Called on the command's own thread only. */
interface Progress {
  /**
   * What a run begins with.
   *
   * @param dir the download directory
   * @param port that peers are accepted on
   */
  record Start(Metainfo metainfo, Path dir, int port) {}

  /**
   * How it came to its end.
   *
   * @param path of the file or folder
   * @param last the status when it was complete
   * @param nanos since the run began
   */
  record Completion(Path path, TorrentStatus last, long nanos) {}

  void started(Start start);

  /** About once a second. */
  void tick(TorrentStatus status);

  void fileCompleted(Path path);

  void pieceVerified(int piece);

  void warning(String message);

  /** Every wanted byte is verified and at its place; also prints the result. */
  void completed(Completion completion);

  /** The run fails; {@link Tsl} prints the reason for people. */
  void failed(CliException failure);

  /** Leaves the terminal as it was. Nothing is shown after it. */
  void end();
}
