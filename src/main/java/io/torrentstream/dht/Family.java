package io.torrentstream.dht;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** There are two DHTs, one for each kind of address, with a routing table each (BEP 32). */
enum Family {
  IPV4(4),
  IPV6(16);

  /** Bytes of an address. */
  final int addressBytes;

  /** Bytes of an address and its port. */
  final int endpointBytes;

  /** Bytes of a node's id, its address and its port. */
  final int nodeBytes;

  Family(int addressBytes) {
    this.addressBytes = addressBytes;
    this.endpointBytes = addressBytes + 2;
    this.nodeBytes = NodeId.LENGTH + endpointBytes;
  }

  static Family of(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }

  static Family of(InetSocketAddress address) {
    return of(address.getAddress());
  }
}
