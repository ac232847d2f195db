package io.torrentstream.session;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The open connections of a torrent, one for each peer id, and the rules of who may have one and
 * who has to leave. Confined to the torrent's loop.
 */
final class Connections {
  /**
   * Connections with one address: several clients may share one, but one stranger must not fill all
   * places.
   */
  static final int MAX_PER_ADDRESS = 32;

  /** Connections made within this time of each other may be two sides of one wish. */
  private static final long CROSSING_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Who sends no message for so long is gone: keep-alives come every two minutes (BEP 3). */
  private static final int SILENCE_SECONDS = 180;

  /** A peer that has given and taken nothing may keep its place so long; then others may try. */
  static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<ByteBuffer, Peer> peers = new HashMap<>();

  void add(Peer peer) {
    peers.put(ByteBuffer.wrap(peer.handshake.peerId()), peer);
  }

  /** False when it was not, or no longer, among them. */
  boolean remove(Peer peer) {
    return peers.remove(ByteBuffer.wrap(peer.handshake.peerId()), peer);
  }

  /** The peer that calls itself so, or null. */
  Peer withId(byte[] peerId) {
    return peers.get(ByteBuffer.wrap(peerId));
  }

  int size() {
    return peers.size();
  }

  /** The open connections, as they are now. */
  List<Peer> all() {
    return new ArrayList<>(peers.values());
  }

  /** Whether an address has as many connections as one may have. */
  boolean isFull(InetAddress address) {
    long customer = Hosts.customer(address);
    int connections = 0;
    for (Peer peer : peers.values()) {
      connections += Hosts.customer(peer.address.getAddress()) == customer ? 1 : 0;
    }
    return connections >= MAX_PER_ADDRESS;
  }

  /**
   * Whether a new connection takes the place of one with the same peer id. Two clients that dial
   * each other at the same moment get two connections, of which one has to go; both must choose the
   * same, or none is left. The one that the smaller peer id dialled stays. An older connection is
   * never given up, nor one with another host: a peer id is no secret, and whoever sends that of
   * another peer must not end its connection.
   */
  static boolean replaces(Peer fresh, Peer old, byte[] ourId) {
    boolean weAreSmaller = Arrays.compareUnsigned(ourId, old.handshake.peerId()) < 0;
    return fresh.connectedNanos - old.connectedNanos < CROSSING_NANOS
        && fresh.address.getAddress().equals(old.address.getAddress())
        && fresh.outgoing != old.outgoing
        && fresh.outgoing == weAreSmaller;
  }

  /** Whether a peer seems to be gone, whatever TCP says. */
  static boolean isSilent(Peer peer, long nowNanos) {
    return nowNanos - peer.lastReceivedNanos > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS);
  }

  /**
   * The peer that is missed least when all places are taken: of those that move nothing either way,
   * the one with the lowest priority (BEP 40). Null when each is of use, or too new to say, or has
   * a higher priority than the one that would take its place: else whoever makes connections fast
   * enough would have all places to itself.
   *
   * @param fresh who wants the place; null for nobody in particular
   * @param port where we listen
   */
  Peer idlest(Peer fresh, int port, long nowNanos) {
    List<Peer> idle = peers.values().stream().filter(peer -> isIdle(peer, nowNanos)).toList();
    if (idle.isEmpty()) {
      return null;
    }
    Standing standing = new Standing(peers.values(), port);
    Peer lowest = Collections.min(idle, Comparator.comparingLong(standing::of));
    return fresh != null && standing.of(fresh) < standing.of(lowest) ? null : lowest;
  }

  private static boolean isIdle(Peer peer, long nowNanos) {
    return nowNanos - peer.connectedNanos > IDLE_NANOS && peer.downRate() + peer.upRate() == 0;
  }
}
