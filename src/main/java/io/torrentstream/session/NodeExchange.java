package io.torrentstream.session;

import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How peers tell each other of their DHT nodes: a bit of the handshake says that there is one, the
 * message {@code port} where (BEP 5). Confined to the torrent's loop.
 */
final class NodeExchange {
  /** Our own node. */
  interface Dht {
    /** Its UDP port; 0 while it has not started. */
    int port();

    /** There may be a node at this address. */
    void onNode(InetSocketAddress address);
  }

  private final Dht dht;

  /**
   * @param dht null when there is none, or none that this torrent may use (BEP 27)
   */
  NodeExchange(Dht dht) {
    this.dht = dht;
  }

  /** What to set in our handshake. */
  long handshakeBit() {
    return dht == null ? 0 : Handshake.DHT;
  }

  /** Tells a peer where our node is, if both have one. */
  void greet(Peer peer) {
    if (dht != null && dht.port() != 0 && peer.handshake.supportsDht()) {
      peer.send(new PeerMessage.Port(dht.port()));
    }
  }

  /** Our node has started: peers that came before hear of it now. */
  void onStarted(List<Peer> peers) {
    for (Peer peer : peers) {
      greet(peer);
      peer.flushSoon();
    }
  }

  /** A peer says where its node is. Its first word counts: a hundred ports are no nodes. */
  void onPort(Peer peer, int port) {
    if (dht != null && port != 0 && !peer.namedNode) {
      peer.namedNode = true;
      dht.onNode(new InetSocketAddress(peer.address.getAddress(), port));
    }
  }
}
