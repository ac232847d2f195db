package io.torrentstream.session;

import io.torrentstream.dht.ExternalAddress;
import io.torrentstream.util.Reach;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;

/**
 * How much each connection is worth to the swarm, by {@link PeerPriority}, while the peers are as
 * they are. Confined to the torrent's loop.
 */
final class Standing {
  private final ExternalAddress ipv4 = new ExternalAddress();
  private final ExternalAddress ipv6 = new ExternalAddress();
  private final int port;

  /**
   * @param peers who say, in {@code yourip} (BEP 10), what our address is
   * @param port where we listen
   */
  Standing(Collection<Peer> peers, int port) {
    this.port = port;
    for (Peer peer : peers) {
      InetAddress seen = peer.extensions.yourIp();
      InetAddress voter = peer.address.getAddress();
      if (seen != null && seen.getClass() == voter.getClass()) {
        ours(voter).onVote(voter, seen);
      }
    }
  }

  /**
   * The priority of a peer's connection; of two, the higher is to be kept. Until enough peers agree
   * on our address, it is the one that our end of the connection has.
   */
  long of(Peer peer) {
    InetAddress theirs = peer.address.getAddress();
    InetAddress settled = Reach.of(theirs) == Reach.WORLD ? ours(theirs).settled() : null;
    InetSocketAddress us = new InetSocketAddress(settled == null ? near(peer) : settled, port);
    return PeerPriority.of(us, peer.listening == null ? peer.address : peer.listening);
  }

  /** Our end; of a connection that was closed just now nobody knows it any more. */
  private static InetAddress near(Peer peer) {
    return peer.channel.localAddress() instanceof InetSocketAddress local
        ? local.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private ExternalAddress ours(InetAddress peer) {
    return peer instanceof Inet4Address ? ipv4 : ipv6;
  }
}
