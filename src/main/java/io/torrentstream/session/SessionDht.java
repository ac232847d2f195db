package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.dht.NodeInfo;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.UdpMux;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session's node of the DHT, for all its torrents. It starts with the first search: a download
 * that is over before has not been held up by it. Everything but {@link #close} happens on the
 * session's loop.
 */
final class SessionDht implements DhtAnnouncer.Dht, NodeExchange.Dht {
  private static final Logger LOG = LoggerFactory.getLogger(SessionDht.class);

  /** Nodes that peers named to begin with; more would leave no room for those the user knows. */
  static final int MAX_NAMED = 8;

  /** Nodes that peers named and that have not answered yet; further ones are forgotten. */
  static final int MAX_PINGING = 8;

  private final DhtSettings settings;
  private final DhtDriver.Surroundings surroundings;
  private final Runnable onStarted;
  private final Set<InetSocketAddress> named = new LinkedHashSet<>();
  private final List<Consumer<DhtDriver>> waiting = new ArrayList<>(); // for it to run
  private boolean starting;
  private boolean failed;
  private volatile DhtDriver driver; // null until it runs
  private int pinging;

  /**
   * @param onStarted hears, on the loop, when there is a port
   */
  SessionDht(
      DhtSettings settings,
      EventLoop loop,
      UdpMux udp,
      BackgroundResolver resolver,
      Runnable onStarted) {
    this.settings = settings;
    this.surroundings = new DhtDriver.Surroundings(loop, udp, resolver);
    this.onStarted = onStarted;
  }

  @Override
  public void findPeers(DhtNode.PeerQuery query, DhtNode.PeerListener listener) {
    use(
        own -> {
          if (own == null) {
            listener.onDone(LookupResult.NONE, 0, 0);
          } else {
            own.whenReady(node -> node.findPeers(query, listener, own.now()));
          }
        });
  }

  @Override
  public void addNode(InetSocketAddress address) {
    use(
        own -> {
          if (own != null) {
            own.addNode(address);
          }
        });
  }

  @Override
  public int port() {
    return driver == null ? 0 : surroundings.udp().port();
  }

  @Override
  public void onNode(InetSocketAddress address) {
    if (driver == null || !driver.node().isJoined()) {
      if (named.size() < MAX_NAMED && named.add(address) && driver != null) {
        driver.use(node -> node.addRouter(address, driver.now()));
      }
    } else if (pinging < MAX_PINGING) {
      pinging++;
      driver.use(node -> node.ping(address, new Pinged(), driver.now()));
    }
  }

  /** The node has put whoever answered into its table. */
  private final class Pinged implements DhtNode.PingListener {
    @Override
    public void onAnswer(NodeInfo node, long nowNanos) {
      pinging--;
    }

    @Override
    public void onSilence() {
      pinging--;
    }
  }

  /**
   * Does something with the node, which is started if need be; in the order of the calls.
   *
   * @param action gets null when it could not be started; that is not tried again
   */
  private void use(Consumer<DhtDriver> action) {
    if (driver != null || failed) {
      action.accept(driver);
      return;
    }
    waiting.add(action);
    if (!starting) {
      starting = true;
      Executor background = task -> surroundings.resolver().inBackground(task, closed -> {});
      CompletableFuture.supplyAsync(this::make, background)
          .whenCompleteAsync(this::open, surroundings.loop());
    }
  }

  /** Reads a file, and loads a hundred classes: not on the loop, where data may be coming in. */
  private DhtDriver make() {
    DhtStateFile file =
        settings.stateFile() == null ? null : new DhtStateFile(settings.stateFile());
    return new DhtDriver(surroundings, DhtConfig.DEFAULT, file);
  }

  private void open(DhtDriver made, Throwable fault) {
    if (fault != null) {
      fail(fault);
      return;
    }
    surroundings
        .udp()
        .open()
        .addListener(
            opened -> {
              if (opened.isSuccess()) {
                begin(made);
              } else {
                fail(opened.cause());
              }
            });
  }

  private void begin(DhtDriver made) {
    driver = made;
    made.start();
    settings.nodes().forEach(made::addNode);
    named.forEach(address -> made.use(node -> node.addRouter(address, made.now())));
    onStarted.run();
    release();
  }

  private void fail(Throwable fault) {
    LOG.warn("DHT: not started: {}", fault.toString());
    failed = true;
    release();
  }

  private void release() {
    List<Consumer<DhtDriver>> ready = List.copyOf(waiting);
    waiting.clear();
    ready.forEach(action -> action.accept(driver));
  }

  /** Ends the node and saves what it knows. Blocks, two seconds at most; not for the loop. */
  void close() {
    if (driver != null) {
      driver.close();
    }
  }
}
