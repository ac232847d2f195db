package io.torrentstream.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.storage.BannedAddresses;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the connections of one torrent: takes the addresses that {@link PeerList} finds most worth
 * trying, as many at a time as is polite, and tells it what became of them. Confined to the
 * torrent's loop.
 */
final class Dialer {
  /** Connections that have not shaken hands yet; more would look like a port scan. */
  private static final int MAX_DIALING = 60;

  private final SwarmHost host;
  private final HandshakeHandler.Swarm swarm;
  private final PeerList known;
  private final BannedAddresses banned;
  private final Map<Channel, InetSocketAddress> dialing = new HashMap<>();
  private boolean closed;

  /**
   * @param banned who was banned in an earlier run; gets those who are now
   */
  Dialer(SwarmHost host, HandshakeHandler.Swarm swarm, PeerList known, BannedAddresses banned) {
    this.host = host;
    this.swarm = swarm;
    this.known = known;
    this.banned = banned;
    for (InetSocketAddress liar : banned.all()) {
      known.ban(liar);
    }
  }

  /** Addresses heard of: as many as there is room for are dialled at once. */
  void offer(List<InetSocketAddress> addresses, PeerList.Source source) {
    for (InetSocketAddress address : addresses) {
      known.offer(address, source);
    }
    dial();
  }

  /** Dials while there is room and somebody to dial. */
  void dial() {
    while (!closed && dialing.size() < Math.min(MAX_DIALING, host.room())) {
      InetSocketAddress address = known.next(nowNanos());
      if (address == null) {
        return;
      }
      if (host.isOwn(address)) {
        known.markSelf(address);
        continue;
      }
      ChannelFuture connecting = host.dial(address, swarm);
      if (connecting.cause() != null) {
        known.markFailed(address, nowNanos());
        return; // no socket to be had, for this or any other: later
      }
      Channel channel = connecting.channel();
      dialing.put(channel, address);
      channel.closeFuture().addListener(future -> onDialFailed(channel));
    }
  }

  /** Whether an address waits for its turn. */
  boolean hasMore() {
    return known.hasNext(nowNanos());
  }

  private void onDialFailed(Channel channel) {
    InetSocketAddress address = dialing.remove(channel); // gone already when it became a peer
    if (address != null) {
      known.markFailed(address, nowNanos());
      dial();
    }
  }

  /** A connection became a peer. */
  void onConnected(Peer peer) {
    dialing.remove(peer.channel);
    if (peer.outgoing) {
      known.markConnected(peer.address);
    }
  }

  /**
   * A dialled connection turned out to lead to a peer that is connected: the address is as good as
   * connected too, or it would be dialled again and again.
   */
  void onDuplicate(Peer duplicate, Peer peer) {
    boolean sameHost = peer.address.getAddress().equals(duplicate.address.getAddress());
    boolean sameListener = peer.listening == null || peer.listening.equals(duplicate.address);
    if (duplicate.outgoing && sameHost && sameListener) {
      dialing.remove(duplicate.channel);
      known.markConnected(duplicate.address);
      peer.listening = duplicate.address;
    }
  }

  /** An incoming peer says where it listens: that is the address to know it by (BEP 10, p). */
  void onListeningPort(Peer peer, int port) {
    InetSocketAddress listening = new InetSocketAddress(peer.address.getAddress(), port);
    known.markConnected(listening);
    peer.listening = listening;
  }

  /**
   * A peer is gone. One that gave and took nothing counts as a failure, so that it is not dialled
   * again at once.
   */
  void onClosed(Peer peer) {
    if (peer.listening != null) {
      if (peer.misbehaved || peer.down.total() + peer.up.total() == 0) {
        known.markFailed(peer.listening, nowNanos());
      } else {
        known.markClosed(peer.listening, nowNanos());
      }
    }
    dial();
  }

  /** A peer has everything, or wants nothing: it is dialled while we need something only. */
  void onSeed(Peer peer) {
    if (peer.listening != null) {
      known.markSeed(peer.listening);
    }
  }

  /** We have everything. */
  void onComplete() {
    known.setComplete(true);
  }

  /** An address turned out to be our own. */
  void onSelf(InetSocketAddress address) {
    known.markSelf(address);
  }

  /** See {@link PeerList#ban}. */
  void ban(InetSocketAddress liar) {
    known.ban(liar);
    banned.add(liar);
  }

  boolean isBanned(Peer peer) {
    return known.isBanned(peer.address) || peer.listening != null && known.isBanned(peer.listening);
  }

  int knownAddresses() {
    return known.size();
  }

  /**
   * Takes over what another dialer of the same torrent knows, and its connections under way; it
   * dials no more.
   */
  void takeOver(Dialer other) {
    other.closed = true;
    known.takeOver(other.known);
    dialing.putAll(other.dialing);
    for (Channel channel : other.dialing.keySet()) {
      channel.closeFuture().addListener(future -> onDialFailed(channel));
    }
    other.dialing.clear();
  }

  /** Gives up connections under way and makes no new ones. */
  void close() {
    closed = true;
    for (Channel channel : List.copyOf(dialing.keySet())) {
      channel.close();
    }
  }

  private long nowNanos() {
    return host.loop().ticker().nanoTime();
  }
}
