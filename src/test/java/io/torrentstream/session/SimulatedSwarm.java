package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.net.MemoryChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Many clients in one thread: each has its {@link Swarm}, picker, choker, handshakes and codec, and
 * its disk with real files; between them is a network of memory, and the time is made up. What
 * happens is decided by the seed alone.
 *
 * <p>A client sends no faster than its uplink; the bytes of its connections queue up for it in the
 * order in which they were written, as in a modem. What a socket's buffer would not take stays in
 * the channel, which then is not writable.
 */
final class SimulatedSwarm {
  private static final int SOCKET_BUFFER = 64 * 1024;
  private static final int ADDRESSES_AT_ONCE = 30;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Longer than anything that is planned ahead. */
  private static final long CLOSE_SECONDS = 3_600;

  /** What happens at a time; of two at the same time the one that was planned first. */
  private record Event(long atNanos, long number, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return atNanos == other.atNanos
          ? Long.compare(number, other.number)
          : Long.compare(atNanos, other.atNanos);
    }
  }

  final MockTicker time = Ticker.newMockTicker();
  final EmbeddedChannel self = EmbeddedChannel.builder().ticker(time).build();
  final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  final List<SimulatedPeer> peers = new ArrayList<>();
  final TestTorrent torrent;
  final SplittableRandom random;
  private final Path dir;
  private final Map<InetSocketAddress, SimulatedPeer> byAddress = new HashMap<>();
  private final List<MemoryChannel> channels = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long planned;
  private boolean closing;

  /**
   * @param dir where each peer has a folder of its own
   */
  SimulatedSwarm(TestTorrent torrent, Path dir, long seed) {
    this.torrent = torrent;
    this.dir = dir;
    this.random = new SplittableRandom(seed);
  }

  // --- who takes part ---

  SimulatedPeer seed(long upRate) throws IOException {
    SimulatedPeer peer = add(upRate);
    torrent.writeTo(peer.dir);
    peer.start(true);
    return peer;
  }

  SimulatedPeer leecher(long upRate) {
    SimulatedPeer peer = add(upRate);
    peer.start(false);
    return peer;
  }

  private SimulatedPeer add(long upRate) {
    int number = peers.size();
    byte[] address = {40, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    SimulatedPeer peer =
        new SimulatedPeer(this, address, dir.resolve("peer" + number), upRate, random.split());
    peers.add(peer);
    byAddress.put(peer.address, peer);
    return peer;
  }

  /** What a tracker would answer: some of those who are there. */
  List<InetSocketAddress> someAddresses(SimulatedPeer asker) {
    List<SimulatedPeer> there = peers.stream().filter(p -> !p.gone && p != asker).toList();
    List<InetSocketAddress> some = new ArrayList<>();
    for (int i = 0; i < ADDRESSES_AT_ONCE && !there.isEmpty(); i++) {
      some.add(there.get(random.nextInt(there.size())).address);
    }
    return some;
  }

  // --- the network ---

  /** Begins a connection; the other end hears of it after the delay of the line. */
  MemoryChannel connect(SimulatedPeer from, InetSocketAddress to, HandshakeHandler.Swarm swarm) {
    MemoryChannel near = channel(to);
    SimulatedPeer peer = byAddress.get(to);
    long delay = TimeUnit.MILLISECONDS.toNanos(10 + random.nextInt(90));
    after(delay, () -> establish(from, near, peer, swarm, delay));
    return near;
  }

  private void establish(
      SimulatedPeer from,
      MemoryChannel near,
      SimulatedPeer peer,
      HandshakeHandler.Swarm swarm,
      long delay) {
    if (peer == null || peer.gone || from.gone || !near.isOpen()) {
      near.close();
      return;
    }
    MemoryChannel far = channel(new InetSocketAddress(from.address.getAddress(), 50_000));
    far.accept(new Line(peer, far, near, delay), peer);
    near.open(new Line(from, near, far, delay), swarm);
  }

  private MemoryChannel channel(InetSocketAddress remote) {
    MemoryChannel channel = new MemoryChannel(self.eventLoop(), time, allocator, remote);
    channels.add(channel);
    return channel;
  }

  /** One direction of a connection. */
  private final class Line implements MemoryChannel.Wire {
    private final SimulatedPeer sender;
    private final MemoryChannel near;
    private final MemoryChannel far;
    private final long delay;
    private int buffered;

    Line(SimulatedPeer sender, MemoryChannel near, MemoryChannel far, long delay) {
      this.sender = sender;
      this.near = near;
      this.far = far;
      this.delay = delay;
      near.closeFuture().addListener(closed -> after(sender.uplinkNanos() + delay, far::close));
    }

    @Override
    public boolean hasRoom() {
      return buffered < SOCKET_BUFFER;
    }

    @Override
    public void send(ByteBuf bytes) {
      int length = bytes.readableBytes();
      if (!sender.manner.passes(bytes)) {
        bytes.release();
        return;
      }
      buffered += length;
      long sent = sender.transmit(length);
      after(sent, () -> onSent(length));
      after(sent + delay, () -> far.receive(bytes));
    }

    private void onSent(int length) {
      boolean wasFull = !hasRoom();
      buffered -= length;
      if (wasFull && hasRoom() && near.isOpen()) {
        near.flush();
        near.runPendingTasks();
      }
    }
  }

  /** Cuts a connection off, whatever is under way on it. */
  void breakOne() {
    channels.removeIf(channel -> !channel.isOpen());
    if (!channels.isEmpty()) {
      channels.get(random.nextInt(channels.size())).close();
    }
  }

  // --- the time ---

  long nowNanos() {
    return time.nanoTime();
  }

  double nowSeconds() {
    return nowNanos() / 1e9;
  }

  void after(long nanos, Runnable action) {
    events.add(new Event(nowNanos() + nanos, planned++, action));
  }

  void everySecond(Runnable action) {
    after(
        TimeUnit.SECONDS.toNanos(1),
        () -> {
          if (!closing) {
            action.run();
            everySecond(action);
          }
        });
  }

  /**
   * Lets time pass until something is so, which is looked at ten times a second, or for so long.
   */
  void run(long limitSeconds, BooleanSupplier until) {
    long end = nowNanos() + TimeUnit.SECONDS.toNanos(limitSeconds);
    long look = nowNanos();
    while (!events.isEmpty() && events.peek().atNanos <= end) {
      if (nowNanos() - look >= 0) {
        look = nowNanos() + LOOK_NANOS;
        if (until.getAsBoolean()) {
          return;
        }
      }
      Event event = events.remove();
      time.advance(event.atNanos - nowNanos(), TimeUnit.NANOSECONDS);
      event.action.run();
      self.runScheduledPendingTasks();
      self.runPendingTasks();
    }
  }

  /** Ends all, lets everything happen that is still to come, and finds what was left behind. */
  void close() {
    closing = true;
    peers.forEach(SimulatedPeer::leave);
    run(CLOSE_SECONDS, () -> false);
    for (MemoryChannel channel : channels) {
      assertFalse(channel.isOpen(), "a channel is open");
      channel.finishAndReleaseAll();
    }
    peers.forEach(SimulatedPeer::assertNothingLeft);
    self.close();
    assertEquals(0, allocator.metric().usedDirectMemory(), "direct bytes not released");
    assertEquals(0, allocator.metric().usedHeapMemory(), "heap bytes not released");
  }
}
