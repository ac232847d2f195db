package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One of the BitTorrent clients of this world, as a seed. An implementation knows how its client is
 * told what to share, and to talk to 127.0.0.1 alone over plain TCP with no DHT and no local
 * discovery; {@link Seed} does the rest.
 */
interface RealClient {
  /** All that the tests know. */
  static List<RealClient> all() {
    return List.of(
        new Transmission(), new Libtorrent(), new Aria2(), new RTorrent(), new QBittorrent());
  }

  /** As its users call it. */
  String name();

  /** Skips the test where the client is not installed. */
  void assumeInstalled();

  /**
   * Writes the configuration and tells the command that seeds in the foreground, on 127.0.0.1.
   *
   * @param torrent the .torrent
   * @param folder where the content lies, complete
   * @param port to listen on, TCP
   * @param home an empty folder for configuration and state
   */
  default List<String> seedCommand(Path torrent, Path folder, int port, Path home)
      throws IOException {
    return peerCommand(torrent, folder, "127.0.0.1", port, home);
  }

  /**
   * The same on another address; what is not in {@code folder} is fetched from the peers that
   * trackers name.
   */
  List<String> peerCommand(Path torrent, Path folder, String address, int port, Path home)
      throws IOException;

  /**
   * The same for a client that is given a magnet link only, and an empty folder; peers connect to
   * it, and it to the seed if it takes the port.
   */
  List<String> magnetCommand(String link, Path folder, int port, Path home, int seedPort)
      throws IOException;

  /**
   * The same for a client that is to fetch all into a folder from whoever connects to it, or from
   * the seed if it takes the port. A client that shares a folder fetches what is missing in it.
   */
  default List<String> leechCommand(Path torrent, Path folder, int port, Path home, int seedPort)
      throws IOException {
    return seedCommand(torrent, folder, port, home);
  }
}
