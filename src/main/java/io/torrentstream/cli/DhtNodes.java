package io.torrentstream.cli;

import io.torrentstream.session.DhtSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/** Which nodes of the DHT to begin with, and where those that were met are remembered. */
final class DhtNodes {
  /** Nodes that are always there, of those who make clients. */
  static final List<InetSocketAddress> WELL_KNOWN =
      List.of(
          InetSocketAddress.createUnresolved("dht.libtorrent.org", 25401),
          InetSocketAddress.createUnresolved("router.bittorrent.com", 6881),
          InetSocketAddress.createUnresolved("router.utorrent.com", 6881),
          InetSocketAddress.createUnresolved("dht.transmissionbt.com", 6881));

  private DhtNodes() {}

  /** The memory that all commands share. */
  static Path stateFile(Console console) {
    return UserDirectories.of(console.env()).state().resolve("dht");
  }

  /**
   * How to take part in the DHT.
   *
   * @param bind the local address, or null
   * @param named by the user, instead of the well-known ones; empty for those
   * @return null for not at all: from a loopback address the world's DHT is out of reach
   */
  static DhtSettings settings(InetAddress bind, List<InetSocketAddress> named, Console console) {
    if (named.isEmpty() && bind != null && bind.isLoopbackAddress()) {
      return null;
    }
    return new DhtSettings(named.isEmpty() ? WELL_KNOWN : named, stateFile(console));
  }
}
