package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.DhtState;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.UdpMux;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

  /** With so many nodes a search finds its way, and need not wait for the rest to join. */
  private static final int ENOUGH_NODES = 8;

  private static final long SAVE_MINUTES = 10;
  private static final long CLOSE_SECONDS = 2;

  /** What it uses and does not own. */
  record Surroundings(EventLoop loop, UdpMux udp, BackgroundResolver resolver) {}

  private final EventLoop loop;
  private final UdpMux udp;
  private final BackgroundResolver resolver;
  private final DhtStateFile file;
  private final DhtNode node;
  private final Set<Consumer<DhtNode>> waiting = new LinkedHashSet<>(); // for it to be ready
  private ScheduledFuture<?> tick;
  private ScheduledFuture<?> saving;
  private int resolving;
  private boolean joined;
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
    SecureRandom random = new SecureRandom();
    DhtState before = file == null ? null : file.read(random);
    this.node = new DhtNode(config, before, random, this::send, now());
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
              } else {
                found.forEach(
                    ip -> node.addRouter(new InetSocketAddress(ip, address.getPort()), now()));
              }
              onTick(); // with somebody to ask it begins to join
            },
            loop);
  }

  /** Does something with the node. */
  void use(Consumer<DhtNode> action) {
    action.accept(node);
    arm();
  }

  /**
   * The same once the node knows some others, or has met all there are: a search that begins with
   * two or three may end with them. Where nobody is to be met, as soon as that is known.
   */
  void whenReady(Consumer<DhtNode> action) {
    waiting.add(action);
    loop.schedule(
        () -> {
          if (waiting.remove(action)) {
            use(action);
          }
        },
        JOIN_SECONDS,
        TimeUnit.SECONDS);
    release();
  }

  private void release() {
    if (!waiting.isEmpty() && isReady()) {
      List<Consumer<DhtNode>> ready = List.copyOf(waiting);
      waiting.clear();
      ready.forEach(this::use);
    }
  }

  private boolean isReady() {
    return node.isJoined()
        || node.nodeCount() >= ENOUGH_NODES
        || resolving == 0 && !node.isJoining(); // nobody is there, or nobody answers
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
    release();
    arm();
  }

  private void onTick() {
    disarm();
    node.onTick(now());
    if (node.isJoined() && !joined) {
      joined = true;
      LOG.info("DHT: joined, UDP port {}, {} nodes", udp.port(), node.nodeCount());
    }
    release();
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
      disarm();
    }
    tick = loop.schedule(this::onTick, delay, TimeUnit.NANOSECONDS);
  }

  private void disarm() {
    if (tick != null) {
      tick.cancel(false);
      tick = null;
    }
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
    disarm();
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
    } finally {
      if (file != null) {
        file.close();
      }
    }
  }
}
