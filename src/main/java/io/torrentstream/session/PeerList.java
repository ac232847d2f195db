package io.torrentstream.session;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
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
    DHT,
    /** Named by the magnet link (x.pe of BEP 9). */
    LINK,
    /** The peer connected to us and told its port (BEP 10). */
    INCOMING,
    /** Another peer told of it (BEP 11). */
    PEX,
    /** It called out in the local network (BEP 14). */
    LOCAL
  }

  static final int MOST_KNOWN = 3_000;

  /** Of one address: or a list of its thousand ports would have us scan somebody's machine. */
  static final int MAX_PORTS = 16;

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
  private final Map<InetAddress, Integer> ports = new HashMap<>(); // how many of each are known
  private final Set<InetSocketAddress> own = new LinkedHashSet<>();
  private final Set<InetSocketAddress> banned = new LinkedHashSet<>();
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
    if (!isDialable(address) || own.contains(address) || isBanned(address)) {
      return false;
    }
    boolean hostFull = ports(address.getAddress()) >= MAX_PORTS && source != Source.USER;
    if (hostFull && !evict(address.getAddress())) {
      return false;
    }
    if (known.size() >= MOST_KNOWN && !evict(null)) {
      return false;
    }
    add(address, new Known(source));
    return true;
  }

  /** Whether an address can be a peer's: resolved, of one host, with a port. */
  static boolean isDialable(InetSocketAddress address) {
    return !address.isUnresolved() && address.getPort() != 0 && Hosts.isHost(address.getAddress());
  }

  /** How many ports of an address are known; on this machine each is a peer, and none counts. */
  private int ports(InetAddress host) {
    return host.isLoopbackAddress() ? 0 : ports.getOrDefault(host, 0);
  }

  private void add(InetSocketAddress address, Known facts) {
    if (known.putIfAbsent(address, facts) == null) {
      ports.merge(address.getAddress(), 1, Integer::sum);
    }
  }

  private void remove(InetSocketAddress address) {
    if (known.remove(address) != null) {
      ports.computeIfPresent(address.getAddress(), (host, count) -> count == 1 ? null : count - 1);
    }
  }

  /**
   * Lets go of an idle address that is banned or failed most; of equals the oldest.
   *
   * @param host whose address it must be; null for any
   */
  private boolean evict(InetAddress host) {
    InetSocketAddress worst = null;
    int most = 0;
    for (Map.Entry<InetSocketAddress, Known> entry : known.entrySet()) {
      Known peer = entry.getValue();
      boolean candidate = host == null || host.equals(entry.getKey().getAddress());
      if (candidate
          && peer.state == State.IDLE
          && peer.source != Source.USER
          && peer.worthlessness() > most) {
        most = peer.worthlessness();
        worst = entry.getKey();
      }
    }
    if (worst != null) {
      remove(worst);
    }
    return worst != null;
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
    remove(address);
    addBounded(own, address);
  }

  /** We have everything; other seeds are of no use. */
  void setComplete(boolean complete) {
    this.complete = complete;
  }

  /** Takes over what another list knows, which is used no more. */
  void takeOver(PeerList other) {
    other.known.forEach(this::add);
    own.addAll(other.own);
    banned.addAll(other.banned);
    markBanned();
  }

  /**
   * An address has sent data with a wrong hash: it is not dialed again.
   *
   * @param address with port 0 for all of its ports
   */
  void ban(InetSocketAddress address) {
    addBounded(banned, address);
    markBanned();
  }

  private void markBanned() {
    known.forEach((peer, facts) -> facts.banned |= isBanned(peer));
  }

  /** To be asked of incoming connections too. */
  boolean isBanned(InetSocketAddress address) {
    return banned.contains(address)
        || banned.contains(new InetSocketAddress(address.getAddress(), 0));
  }

  private static <T> void addBounded(Set<T> set, T element) {
    if (set.size() >= MOST_KNOWN) {
      set.remove(set.iterator().next());
    }
    set.add(element);
  }
}
