package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.DhtState;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.UdpMux;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a {@link DhtNode} what it lacks: a port, a clock, the addresses of names, and a file to
 * remember its state in. Everything but {@link #close} happens on the loop, which is somebody
 * else's, as are the port and the resolver.
 */
final class DhtDriver {
  private static final Logger LOG = LoggerFactory.getLogger(DhtDriver.class);

  /** Without a place in the DHT after so long, a search begins all the same. */
  private static final long JOIN_SECONDS = 10;

  private static final long SAVE_MINUTES = 10;
  private static final long CLOSE_SECONDS = 2;

  /** What it uses and does not own. */
  record Surroundings(EventLoop loop, UdpMux udp, BackgroundResolver resolver) {}

  private final EventLoop loop;
  private final UdpMux udp;
  private final BackgroundResolver resolver;
  private final DhtStateFile file;
  private final DhtNode node;
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private ScheduledFuture<?> tick; // null while it runs
  private ScheduledFuture<?> saving;
  private int resolving;
  private boolean closed;

  /**
   * Reads what an earlier run knew, which blocks: to be made anywhere but on the loop.
   *
   * @param file null for none
   */
  DhtDriver(Surroundings surroundings, DhtConfig config, DhtStateFile file) {
    this.loop = surroundings.loop();
    this.udp = surroundings.udp();
    this.resolver = surroundings.resolver();
    this.file = file;
    DhtState before = file == null ? null : file.read();
    this.node = new DhtNode(config, before, new SecureRandom(), this::send, now());
  }

  /** Begins; the port is open, or opens with the first datagram. */
  void start() {
    udp.onDht(this::onDatagram);
    onTick();
    if (file != null) {
      saving = loop.scheduleAtFixedRate(this::save, SAVE_MINUTES, SAVE_MINUTES, TimeUnit.MINUTES);
    }
  }

  DhtNode node() {
    return node;
  }

  /** A node that may be there; its name need not be resolved. */
  void addNode(InetSocketAddress address) {
    resolving++;
    resolver
        .resolveAll(address.getHostString())
        .whenCompleteAsync(
            (found, fault) -> {
              resolving--;
              if (fault != null) {
                LOG.debug("DHT node {}: {}", address.getHostString(), fault.getMessage());
                return;
              }
              for (InetAddress ip : found) {
                node.addRouter(new InetSocketAddress(ip, address.getPort()), now());
              }
              arm();
            },
            loop);
  }

  /** Does something with the node. */
  void use(Consumer<DhtNode> action) {
    action.accept(node);
    arm();
  }

  /**
   * The same once the node has found its place, since whatever it looks for before that it looks
   * for in the wrong one. Where there is nobody to find it with, at once.
   */
  void whenJoined(Consumer<DhtNode> action) {
    if (node.isJoined() || resolving == 0 && node.knowsNobody()) {
      use(action);
      return;
    }
    joined
        .copy()
        .completeOnTimeout(null, JOIN_SECONDS, TimeUnit.SECONDS)
        .thenRunAsync(() -> use(action), loop);
  }

  long now() {
    return loop.ticker().nanoTime();
  }

  private void send(byte[] datagram, InetSocketAddress to) {
    udp.send(
        datagram, to, failure -> LOG.debug("DHT: cannot send to {}: {}", to, failure.getMessage()));
  }

  private void onDatagram(byte[] datagram, InetSocketAddress from) {
    node.onDatagram(datagram, from, now());
    arm();
  }

  private void onTick() {
    tick = null;
    node.onTick(now());
    if (node.isJoined() && joined.complete(null)) {
      LOG.info("DHT: joined, UDP port {}, {} nodes", udp.port(), node.nodeCount());
    }
    arm();
  }

  /** Sees to it that the node is called when it wants to be. */
  private void arm() {
    if (closed) {
      return;
    }
    long delay = Math.max(0, node.nextTickNanos() - now());
    if (tick != null) {
      if (tick.getDelay(TimeUnit.NANOSECONDS) <= delay) {
        return;
      }
      tick.cancel(false);
    }
    tick = loop.schedule(this::onTick, delay, TimeUnit.NANOSECONDS);
  }

  /** What is worth keeping; null when nobody is known: what an earlier run knew is better. */
  private DhtState state() {
    return node.nodeCount() == 0 ? null : node.state(now());
  }

  private void save() {
    DhtState state = state();
    if (state != null) {
      resolver.inBackground(() -> file.write(state), rejected -> {});
    }
  }

  private DhtState stop() {
    closed = true;
    if (tick != null) {
      tick.cancel(false);
    }
    if (saving != null) {
      saving.cancel(false);
    }
    return state();
  }

  /** Ends the node, then saves what it knows. Blocks, two seconds at most; not for the loop. */
  void close() {
    try {
      DhtState last =
          CompletableFuture.supplyAsync(this::stop, loop).get(CLOSE_SECONDS, TimeUnit.SECONDS);
      if (file != null && last != null) {
        file.write(last);
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the DHT node did not end properly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
