package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtEvent;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.DhtState;
import io.torrentstream.dht.Item;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.dht.NodeId;
import io.torrentstream.dht.NodeInfo;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.Transport;
import io.torrentstream.net.UdpMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link DhtNode}: gives it a UDP port, a clock, the addresses of its bootstrap nodes, and a
 * file to remember its state in. Everything the node does is confined to one loop; the public
 * methods may be called from any thread but that, and their futures complete on it.
 */
public final class DhtService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DhtService.class);

  /** Without a place in the DHT after so long, a search begins all the same. */
  private static final long JOIN_SECONDS = 10;

  private static final long SAVE_MINUTES = 10;
  private static final long CLOSE_SECONDS = 2;

  /**
   * How to run a node.
   *
   * @param bind the local address, or null for all
   * @param firstPort of the range to try; 0 for any free port
   * @param lastPort of the range, itself included
   * @param config what it does
   * @param nodes to begin with; their names need not be resolved
   * @param stateFile where it remembers what it knows; null for nowhere
   */
  public record Options(
      InetAddress bind,
      int firstPort,
      int lastPort,
      DhtConfig config,
      List<InetSocketAddress> nodes,
      Path stateFile) {}

  /**
   * What a search for peers came to.
   *
   * @param seeds an estimate, 0 if that was not asked for
   * @param leechers likewise
   */
  public record PeersFound(LookupResult lookup, long seeds, long leechers) {}

  /** How the node is at a moment. */
  public record Status(
      NodeId id, int nodes, int torrents, int peers, int items, Map<DhtEvent, Long> counts) {}

  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final BackgroundResolver resolver = new BackgroundResolver();
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private final DhtStateFile stateFile;
  private final DhtNode node;
  private final UdpMux socket;
  private ScheduledFuture<?> tick; // on the loop; null while it runs

  private DhtService(Options options) throws IOException {
    this.stateFile = options.stateFile() == null ? null : new DhtStateFile(options.stateFile());
    this.node =
        new DhtNode(
            options.config(),
            stateFile == null ? null : stateFile.read(),
            new SecureRandom(),
            this::send,
            now());
    try {
      this.socket =
          UdpMux.bind(
              transport,
              loop,
              options.bind(),
              options.firstPort(),
              options.lastPort(),
              this::onDatagram);
    } catch (IOException e) {
      resolver.close();
      transport.close();
      throw e;
    }
  }

  /**
   * Opens the port and starts the node. Blocks for a moment.
   *
   * @throws IOException when no port of the range is free
   */
  public static DhtService open(Options options) throws IOException {
    DhtService service = new DhtService(options);
    options.nodes().forEach(service::addNode);
    service.loop.execute(service::onTick);
    if (service.stateFile != null) {
      service.loop.scheduleAtFixedRate(service::save, SAVE_MINUTES, SAVE_MINUTES, TimeUnit.MINUTES);
    }
    return service;
  }

  /** The UDP port. */
  public int port() {
    return socket.port();
  }

  /** A node that may be there; its name need not be resolved. */
  public void addNode(InetSocketAddress address) {
    resolver
        .resolveAll(address.getHostString())
        .whenCompleteAsync(
            (found, fault) -> {
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

  /**
   * Asks a node who it is; its name need not be resolved. Fails with an {@link IOException} when
   * there is no such host, or no answer within three seconds.
   */
  public CompletableFuture<NodeInfo> ping(InetSocketAddress address) {
    CompletableFuture<NodeInfo> answer = new CompletableFuture<>();
    DhtNode.PingListener listener =
        new DhtNode.PingListener() {
          @Override
          public void onAnswer(NodeInfo from, long nowNanos) {
            answer.complete(from);
          }

          @Override
          public void onSilence() {
            answer.completeExceptionally(new IOException("no answer"));
          }
        };
    resolver
        .resolveAll(address.getHostString())
        .whenCompleteAsync(
            (found, fault) -> {
              if (fault != null) {
                answer.completeExceptionally(fault);
              } else {
                node.ping(new InetSocketAddress(found.get(0), address.getPort()), listener, now());
                arm();
              }
            },
            loop);
    return answer;
  }

  /**
   * Looks for peers, and announces one if the query says so, once the node has found its place.
   *
   * @param onPeers hears of them as they are found, on the loop
   */
  public CompletableFuture<PeersFound> findPeers(
      DhtNode.PeerQuery query, Consumer<List<InetSocketAddress>> onPeers) {
    CompletableFuture<PeersFound> done = new CompletableFuture<>();
    DhtNode.PeerListener listener =
        new DhtNode.PeerListener() {
          @Override
          public void onPeers(List<InetSocketAddress> peers) {
            onPeers.accept(peers);
          }

          @Override
          public void onDone(LookupResult result, long seeds, long peers) {
            done.complete(new PeersFound(result, seeds, peers));
          }
        };
    whenJoined(() -> node.findPeers(query, listener, now()));
    return done;
  }

  /**
   * Looks for an item.
   *
   * @return the latest version, or null when nobody has one
   */
  public CompletableFuture<Item> get(DhtNode.ItemQuery query) {
    CompletableFuture<Item> done = new CompletableFuture<>();
    Item[] latest = new Item[1];
    whenJoined(
        () ->
            node.getItem(
                query,
                listener(item -> latest[0] = item, result -> done.complete(latest[0])),
                now()));
    return done;
  }

  /**
   * Stores an item.
   *
   * @param expected only over this sequence number; -1 for any
   */
  public CompletableFuture<LookupResult> put(Item item, long expected) {
    CompletableFuture<LookupResult> done = new CompletableFuture<>();
    whenJoined(() -> node.putItem(item, expected, listener(found -> {}, done::complete), now()));
    return done;
  }

  /** How the node is now. */
  public CompletableFuture<Status> status() {
    return onLoop(
        own -> {
          Map<DhtEvent, Long> counts = new EnumMap<>(DhtEvent.class);
          for (DhtEvent event : DhtEvent.values()) {
            counts.put(event, own.count(event));
          }
          return new Status(
              own.id(),
              own.nodeCount(),
              own.storedTorrents(),
              own.storedPeers(),
              own.storedItems(),
              counts);
        });
  }

  private static DhtNode.ItemListener listener(
      Consumer<Item> onItem, Consumer<LookupResult> onDone) {
    return new DhtNode.ItemListener() {
      @Override
      public void onItem(Item item) {
        onItem.accept(item);
      }

      @Override
      public void onDone(LookupResult result) {
        onDone.accept(result);
      }
    };
  }

  private void whenJoined(Runnable search) {
    joined
        .copy()
        .completeOnTimeout(null, JOIN_SECONDS, TimeUnit.SECONDS)
        .thenRunAsync(
            () -> {
              search.run();
              arm();
            },
            loop);
  }

  private <T> CompletableFuture<T> onLoop(Function<DhtNode, T> action) {
    return CompletableFuture.supplyAsync(() -> action.apply(node), loop);
  }

  // --- on the loop ---

  private void send(byte[] datagram, InetSocketAddress to) {
    socket.send(datagram, to);
  }

  private void onDatagram(byte[] datagram, InetSocketAddress from) {
    node.onDatagram(datagram, from, now());
    arm();
  }

  private void onTick() {
    tick = null;
    node.onTick(now());
    if (node.isJoined()) {
      joined.complete(null);
    }
    arm();
  }

  /** Sees to it that the node is called when it wants to be. */
  private void arm() {
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
      resolver.inBackground(() -> stateFile.write(state), rejected -> {});
    }
  }

  private long now() {
    return loop.ticker().nanoTime();
  }

  /** Saves what the node knows, then ends it. Blocks, two seconds at most. */
  @Override
  public void close() {
    try {
      DhtState last = onLoop(own -> state()).get(CLOSE_SECONDS, TimeUnit.SECONDS);
      if (stateFile != null && last != null) {
        stateFile.write(last);
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the DHT node did not end properly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
    resolver.close();
    transport.close();
  }
}
