package io.torrentstream.session;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * How a session takes part in the DHT. Immutable.
 *
 * @param nodes to begin with; their names need not be resolved
 * @param stateFile where it remembers what it knows; null for nowhere
 */
public record DhtSettings(List<InetSocketAddress> nodes, Path stateFile) {
  public DhtSettings {
    nodes = List.copyOf(nodes);
  }
}
