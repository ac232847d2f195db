package io.torrentstream.dht;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Many nodes in one thread on virtual time: datagrams take 10 to 150 ms and arrive in any order;
 * those to an address where nobody is vanish. The same seed gives the same run.
 */
final class SimulatedNetwork {
  private static final long MIN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long MAX_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  /** Whoever is at an address. */
  interface Host {
    void onDatagram(byte[] datagram, InetSocketAddress from, long nowNanos);

    default void onTick(long nowNanos) {}

    default long nextTickNanos(long nowNanos) {
      return Long.MAX_VALUE;
    }
  }

  private record Event(
      long at, long number, InetSocketAddress to, byte[] datagram, InetSocketAddress from)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  final SplittableRandom random;
  private final Map<InetSocketAddress, Host> hosts = new HashMap<>();
  private final Map<InetSocketAddress, Long> ticks = new HashMap<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNanos = 1;
  private long number;
  private long datagrams;

  SimulatedNetwork(long seed) {
    this.random = new SplittableRandom(seed);
  }

  long nowNanos() {
    return nowNanos;
  }

  long datagrams() {
    return datagrams;
  }

  /** A random address of the Internet that nobody has yet. */
  InetSocketAddress newAddress() {
    while (true) {
      byte[] ip = new byte[4];
      random.nextBytes(ip);
      ip[0] = (byte) (11 + random.nextInt(80)); // 11 to 90: none of them private
      InetSocketAddress address = address(ip, 1024 + random.nextInt(60_000));
      if (!hosts.containsKey(address)) {
        return address;
      }
    }
  }

  static InetSocketAddress address(byte[] ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  void add(InetSocketAddress address, Host host) {
    hosts.put(address, host);
    schedule(address);
  }

  /** An honest node whose id fits its address. */
  DhtNode addNode(InetSocketAddress address, DhtConfig config) {
    NodeId id = SecureId.create(address.getAddress(), random);
    DhtState state = new DhtState(id, id, List.of());
    DhtNode node =
        new DhtNode(
            config, state, random.split(), (datagram, to) -> send(datagram, address, to), nowNanos);
    add(
        address,
        new Host() {
          @Override
          public void onDatagram(byte[] datagram, InetSocketAddress from, long now) {
            node.onDatagram(datagram, from, now);
          }

          @Override
          public void onTick(long now) {
            node.onTick(now);
          }

          @Override
          public long nextTickNanos(long now) {
            return node.nextTickNanos();
          }
        });
    return node;
  }

  void remove(InetSocketAddress address) {
    hosts.remove(address);
  }

  void send(byte[] datagram, InetSocketAddress from, InetSocketAddress to) {
    datagrams++;
    long delay = random.nextLong(MIN_DELAY_NANOS, MAX_DELAY_NANOS);
    events.add(new Event(nowNanos + delay, number++, to, datagram, from));
  }

  /** A host was called from outside: it may want a tick earlier. */
  void schedule(InetSocketAddress address) {
    Host host = hosts.get(address);
    if (host == null) {
      return;
    }
    long next = Math.max(nowNanos, host.nextTickNanos(nowNanos));
    if (next != Long.MAX_VALUE && next < ticks.getOrDefault(address, Long.MAX_VALUE)) {
      ticks.put(address, next);
      events.add(new Event(next, number++, address, null, null));
    }
  }

  void run(long nanos) {
    long end = nowNanos + nanos;
    while (!events.isEmpty() && events.peek().at <= end) {
      step();
    }
    nowNanos = end;
  }

  /** Runs until the condition holds; false when it does not within this time. */
  boolean runUntil(BooleanSupplier condition, long limitNanos) {
    long end = nowNanos + limitNanos;
    while (!condition.getAsBoolean() && !events.isEmpty() && events.peek().at <= end) {
      step();
    }
    return condition.getAsBoolean();
  }

  List<InetSocketAddress> addresses() {
    return new ArrayList<>(hosts.keySet());
  }

  private void step() {
    Event event = events.remove();
    nowNanos = event.at;
    Host host = hosts.get(event.to);
    if (event.datagram == null) {
      if (host == null || !ticks.remove(event.to, event.at)) {
        return; // an earlier tick has taken its place
      }
      host.onTick(nowNanos);
    } else if (host != null) {
      host.onDatagram(event.datagram, event.from, nowNanos);
    }
    schedule(event.to);
  }
}
