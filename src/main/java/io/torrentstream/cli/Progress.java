package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetLink;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.session.TorrentStatus;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

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

  /**
   * A torrent that is shared from now on.
   *
   * @param trackers announced to besides those of the torrent
   * @param bind the address listened on, or null for all of this machine
   * @param port listened on
   * @param verified bytes that are shared
   */
  record Seeding(
      Metainfo metainfo, List<String> trackers, InetAddress bind, int port, long verified) {

    /** The magnet link, with all the trackers. */
    String magnet() {
      return MagnetLink.of(metainfo, trackers);
    }

    /** What is listened on: {@code 127.0.0.1:6881}, {@code [::1]:6881} or {@code port 6881}. */
    String address() {
      if (bind == null) {
        return "port " + port;
      }
      String host = bind.getHostAddress();
      return (bind instanceof Inet6Address ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /** A run begins with a magnet link; once its metadata is there, {@link #started} follows. */
  void magnet(MagnetUri magnet);

  /** The metadata of the magnet link is there. */
  void metadata(TorrentInfo info);

  void started(Start start);

  /** About once a second. */
  void tick(TorrentStatus status);

  void fileCompleted(Path path);

  void pieceVerified(int piece);

  void warning(String message);

  /** Every wanted byte is verified and at its place; also prints the result. */
  void completed(Completion completion);

  /** Data was checked and is shared; also prints the result, the magnet link. */
  void seeding(Seeding seeding);

  /**
   * Sharing ends.
   *
   * @param last the sum of all torrents
   * @param nanos since the run began
   */
  void seeded(TorrentStatus last, long nanos);

  /** The magnet link of a torrent is what was asked for; prints the result. */
  void link(String magnet);

  /** The .torrent of a magnet link was written there; also prints the result. */
  void torrentWritten(Path path);

  /** The run fails; {@link Tsl} prints the reason for people. */
  void failed(CliException failure);

  /** Leaves the terminal as it was. Nothing is shown after it. */
  void end();
}
