package io.torrentstream.session;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The addresses a torrent has heard of, and which to dial next.
 *
 * <p>Anyone can put an address into a tracker, so an address earns nothing by being offered often:
 * it is dialed once per back-off, which doubles with each failure from 3 s on, whoever offers it.
 * The list is bounded; a full one lets go of what failed most and otherwise takes nothing new, so
 * that a flood of addresses does not wash away good ones.
 *
 * <p>Confined to the torrent's loop. Time comes from the caller (nanoseconds of any monotonic
 * clock).
 */
final class PeerList {
  /** Who told us of an address. */
  enum Source {
    /** Asked for by name: never let go and never given up. */
    USER,
    TRACKER,
    /** Named by the magnet link (x.pe of BEP 9). */
    LINK,
    /** The peer connected to us and told its port (BEP 10). */
    INCOMING
  }

  static final int MOST_KNOWN = 3_000;
  static final int MOST_FAILURES = 8;
  static final long LEAST_BACK_OFF_NANOS = 3_000_000_000L;
  static final long MOST_BACK_OFF_NANOS = 600_000_000_000L;

  private enum State {
    IDLE,
    DIALING,
    CONNECTED
  }

  /** A known address. */
  private static final class Known {
    final Source source;
    State state = State.IDLE;
    int failures;
    boolean dialed; // dueNanos counts
    long dueNanos;
    boolean seed;
    boolean banned;

    Known(Source source) {
      this.source = source;
    }

    /** How little it would be missed. */
    int worthlessness() {
      return banned ? Integer.MAX_VALUE : failures;
    }

    boolean isGivenUp() {
      return failures >= MOST_FAILURES && source != Source.USER;
    }
  }

  private final RandomGenerator random;
  private final Map<InetSocketAddress, Known> known = new LinkedHashMap<>(); // the oldest first
  private final Set<InetSocketAddress> own = new LinkedHashSet<>();
  private final Set<InetAddress> banned = new LinkedHashSet<>();
  private boolean complete;

  PeerList(RandomGenerator random) {
    this.random = random;
  }

  /** How many addresses are known, dialed or not. */
  int size() {
    return known.size();
  }

  /**
   * An address was heard of. One that was given up gets another try when its back-off is over.
   *
   * @return whether it is new, and worth a try
   */
  boolean offer(InetSocketAddress address, Source source) {
    Known old = known.get(address);
    if (old != null) {
      old.failures = Math.min(old.failures, MOST_FAILURES - 1);
      return false;
    }
    if (!isDialable(address) || own.contains(address) || isBanned(address.getAddress())) {
      return false;
    }
    if (known.size() >= MOST_KNOWN && !evict()) {
      return false;
    }
    known.put(address, new Known(source));
    return true;
  }

  /** Whether an address can be a peer's: resolved, of one host, with a port. */
  static boolean isDialable(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    if (host == null || address.getPort() == 0) {
      return false;
    }
    if (host.isAnyLocalAddress() || host.isMulticastAddress()) {
      return false;
    }
    // 0.0.0.0/8 is this network, 240.0.0.0/4 reserved and the broadcast address.
    int first = host.getAddress()[0] & 0xFF;
    return !(host instanceof Inet4Address) || first > 0 && first < 240;
  }

  /** Lets go of an idle address that is banned or failed most; of equals the oldest. */
  private boolean evict() {
    InetSocketAddress worst = null;
    int most = 0;
    for (Map.Entry<InetSocketAddress, Known> entry : known.entrySet()) {
      Known peer = entry.getValue();
      if (peer.state == State.IDLE && peer.source != Source.USER && peer.worthlessness() > most) {
        most = peer.worthlessness();
        worst = entry.getKey();
      }
    }
    return worst != null && known.remove(worst) != null;
  }

  /**
   * The address to dial now, or null. It is one that failed least; of equals one at random, so that
   * nobody who offers addresses decides which come first. It counts as being dialed until {@link
   * #markConnected} or {@link #markFailed} is called.
   */
  InetSocketAddress next(long nowNanos) {
    InetSocketAddress best = null;
    int least = Integer.MAX_VALUE;
    int equals = 0;
    for (Map.Entry<InetSocketAddress, Known> entry : known.entrySet()) {
      Known peer = entry.getValue();
      if (peer.failures > least || !isDue(peer, nowNanos)) {
        continue;
      }
      equals = peer.failures < least ? 1 : equals + 1;
      least = peer.failures;
      if (random.nextInt(equals) == 0) { // the n-th of equals replaces the others once in n
        best = entry.getKey();
      }
    }
    if (best != null) {
      known.get(best).state = State.DIALING;
    }
    return best;
  }

  /** Whether {@link #next} has an address. */
  boolean hasNext(long nowNanos) {
    return known.values().stream().anyMatch(peer -> isDue(peer, nowNanos));
  }

  private boolean isDue(Known peer, long nowNanos) {
    // Two seeds have nothing to say to each other.
    return peer.state == State.IDLE
        && !peer.isGivenUp()
        && !peer.banned
        && !(complete && peer.seed)
        && !(peer.dialed && nowNanos - peer.dueNanos < 0);
  }

  /**
   * A connection to an address is open: one we dialed, or an incoming one whose port is known by
   * now. It will not be dialed meanwhile.
   */
  void markConnected(InetSocketAddress address) {
    offer(address, Source.INCOMING);
    Known peer = known.get(address);
    if (peer != null) {
      peer.state = State.CONNECTED;
    }
  }

  /** A connection could not be made, or was of no use: each time it is longer to the next one. */
  void markFailed(InetSocketAddress address, long nowNanos) {
    Known peer = known.get(address);
    if (peer != null) {
      peer.failures++;
      idle(peer, nowNanos);
    }
  }

  /** A connection that was of use is closed: failures before it are forgiven. */
  void markClosed(InetSocketAddress address, long nowNanos) {
    Known peer = known.get(address);
    if (peer != null) {
      peer.failures = 0;
      idle(peer, nowNanos);
    }
  }

  private static void idle(Known peer, long nowNanos) {
    peer.state = State.IDLE;
    peer.dialed = true;
    peer.dueNanos = nowNanos + backOff(peer.failures);
  }

  /** 3 s for none and one, then doubling up to ten minutes. */
  private static long backOff(int failures) {
    int doublings = Math.min(Math.max(0, failures - 1), 10);
    return Math.min(LEAST_BACK_OFF_NANOS << doublings, MOST_BACK_OFF_NANOS);
  }

  /** A peer turned out to have everything. */
  void markSeed(InetSocketAddress address) {
    Known peer = known.get(address);
    if (peer != null) {
      peer.seed = true;
    }
  }

  /** An address is our own: given by the system, or found by a connection to ourselves. */
  void markSelf(InetSocketAddress address) {
    known.remove(address);
    addBounded(own, address);
  }

  /** We have everything; other seeds are of no use. */
  void setComplete(boolean complete) {
    this.complete = complete;
  }

  /** Takes over what another list knows, which is used no more. */
  void takeOver(PeerList other) {
    other.known.forEach(known::putIfAbsent);
    own.addAll(other.own);
    banned.addAll(other.banned);
  }

  /** An address has sent data with a wrong hash: none of its ports is dialed again. */
  void ban(InetAddress address) {
    addBounded(banned, address);
    known.forEach((peer, facts) -> facts.banned |= peer.getAddress().equals(address));
  }

  /** To be asked of incoming connections too. */
  boolean isBanned(InetAddress address) {
    return banned.contains(address);
  }

  private static <T> void addBounded(Set<T> set, T element) {
    if (set.size() >= MOST_KNOWN) {
      set.remove(set.iterator().next());
    }
    set.add(element);
  }
}
