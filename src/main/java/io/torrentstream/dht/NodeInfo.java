package io.torrentstream.dht;

import java.net.InetSocketAddress;

/** A node's name and where it is (BEP 5: "compact node info"). The address is resolved. */
public record NodeInfo(NodeId id, InetSocketAddress address) {
  @Override
  public String toString() {
    return id + " " + address.getAddress().getHostAddress() + " " + address.getPort();
  }
}
