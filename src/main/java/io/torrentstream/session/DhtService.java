package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtEvent;
import io.torrentstream.dht.DhtNode;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A node of the DHT without a session, with a loop, a port and threads of its own. The public
 * methods may be called from any thread but the loop, and their futures complete on it.
 */
public final class DhtService implements AutoCloseable {
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
  private final UdpMux udp;
  private final DhtDriver driver;

  private DhtService(Options options) {
    this.udp = new UdpMux(transport, loop, options.bind());
    this.driver =
        new DhtDriver(
            new DhtDriver.Surroundings(loop, udp, resolver),
            options.config(),
            options.stateFile() == null ? null : new DhtStateFile(options.stateFile()));
  }

  /**
   * Opens the port and starts the node. Blocks for a moment.
   *
   * @throws IOException when no port of the range is free
   */
  public static DhtService open(Options options) throws IOException {
    DhtService service = new DhtService(options);
    try {
      service.udp.bind(options.firstPort(), options.lastPort());
    } catch (IOException e) {
      service.release();
      throw e;
    }
    service.loop.execute(service.driver::start);
    options.nodes().forEach(service::addNode);
    return service;
  }

  /** The UDP port. */
  public int port() {
    return udp.port();
  }

  /** A node that may be there; its name need not be resolved. */
  public void addNode(InetSocketAddress address) {
    loop.execute(() -> driver.addNode(address));
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
                InetSocketAddress there = new InetSocketAddress(found.get(0), address.getPort());
                driver.use(node -> node.ping(there, listener, driver.now()));
              }
            },
            loop);
    return answer;
  }

  /**
   * Looks for peers, and announces one if the query says so, once the node knows others.
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
    whenReady(node -> node.findPeers(query, listener, driver.now()));
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
    whenReady(
        node ->
            node.getItem(
                query,
                listener(item -> latest[0] = item, result -> done.complete(latest[0])),
                driver.now()));
    return done;
  }

  /**
   * Stores an item.
   *
   * @param expected only over this sequence number; -1 for any
   */
  public CompletableFuture<LookupResult> put(Item item, long expected) {
    CompletableFuture<LookupResult> done = new CompletableFuture<>();
    DhtNode.ItemListener listener = listener(found -> {}, done::complete);
    whenReady(node -> node.putItem(item, expected, listener, driver.now()));
    return done;
  }

  /** How the node is now. */
  public CompletableFuture<Status> status() {
    return CompletableFuture.supplyAsync(() -> status(driver.node()), loop);
  }

  private static Status status(DhtNode node) {
    Map<DhtEvent, Long> counts = new EnumMap<>(DhtEvent.class);
    for (DhtEvent event : DhtEvent.values()) {
      counts.put(event, node.count(event));
    }
    return new Status(
        node.id(),
        node.nodeCount(),
        node.storedTorrents(),
        node.storedPeers(),
        node.storedItems(),
        counts);
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

  private void whenReady(Consumer<DhtNode> search) {
    loop.execute(() -> driver.whenReady(search));
  }

  /** Saves what the node knows, then ends it. Blocks, two seconds at most. */
  @Override
  public void close() {
    driver.close();
    release();
  }

  private void release() {
    udp.close();
    resolver.close();
    transport.close();
  }
}
