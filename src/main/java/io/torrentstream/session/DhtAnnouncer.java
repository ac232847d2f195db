package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a torrent announced in the DHT and brings back the peers that are known there. Confined to
 * the torrent's loop: every method is called there, and the consumer is.
 */
final class DhtAnnouncer implements DhtNode.PeerListener {
  private static final Logger LOG = LoggerFactory.getLogger(DhtAnnouncer.class);

  /** Nodes forget a peer after half an hour; one announce may get lost. */
  static final long INTERVAL_SECONDS = 15 * 60;

  /** With few peers, another look is worth its hundred datagrams after so long. */
  static final long HURRY_SECONDS = 60;

  /** Nobody answered: perhaps there is a network, or a node, by then. */
  static final long RETRY_SECONDS = 30;

  /** Who else is to be asked for peers gets a start, and often is enough. */
  static final long OTHERS_FIRST_SECONDS = 2;

  /** Nodes of a .torrent that are asked; more would only be looked up in vain. */
  static final int MAX_NODES = 16;

  /** A first search takes a few seconds; after so long it has had its chance. */
  static final long CHANCE_SECONDS = 20;

  /** The way into the DHT; the node is started by the first question. */
  interface Dht {
    void findPeers(DhtNode.PeerQuery query, DhtNode.PeerListener listener);

    /** A node that may be there; its name need not be resolved. */
    void addNode(InetSocketAddress address);
  }

  /**
   * What to announce.
   *
   * @param port where peers can connect
   * @param nodes that the torrent names, as {@code host:port} or {@code [ipv6]:port}
   * @param alone whether there is nobody else to ask for peers
   */
  record Torrent(InfoHash infoHash, int port, List<String> nodes, boolean alone) {}

  private final EventLoop loop;
  private final Dht dht;
  private final Torrent torrent;
  private final BooleanSupplier isSeed;
  private final Consumer<List<InetSocketAddress>> taker;
  private ScheduledFuture<?> timer;
  private long startedNanos;
  private long endedNanos;
  private long announcedNanos;
  private boolean announced;
  private boolean asSeed; // what the last search announced us as
  private boolean searching;
  private boolean searched;
  private boolean answered;
  private boolean stopped;

  /**
   * @param isSeed whether we have all of the torrent
   * @param taker of the peers that are found
   */
  DhtAnnouncer(
      EventLoop loop,
      Dht dht,
      Torrent torrent,
      BooleanSupplier isSeed,
      Consumer<List<InetSocketAddress>> taker) {
    this.loop = loop;
    this.dht = dht;
    this.torrent = torrent;
    this.isSeed = isSeed;
    this.taker = taker;
  }

  /** Begins to look, and to announce. */
  void start() {
    startedNanos = now();
    searchIn(torrent.alone() ? 0 : OTHERS_FIRST_SECONDS);
  }

  /** Peers are scarce: looks again, if the last look was some time ago. */
  void hurry() {
    if (answered && !searching && !stopped && secondsSince(endedNanos) >= HURRY_SECONDS) {
      search();
    }
  }

  /** The download was completed in this run: we are a seed now (BEP 33). */
  void onComplete() {
    if (searched && !searching) {
      searchIn(OTHERS_FIRST_SECONDS); // the run may end here
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** Whether the first search may still find somebody. */
  boolean isUntried() {
    return !searched && !stopped && secondsSince(startedNanos) < CHANCE_SECONDS;
  }

  /** Whether any node ever answered. */
  boolean isAnswered() {
    return answered;
  }

  private void searchIn(long seconds) {
    if (stopped) {
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timer = loop.schedule(this::search, seconds, TimeUnit.SECONDS);
  }

  private void search() {
    timer.cancel(false);
    if (!searched) {
      torrent.nodes().stream().limit(MAX_NODES).forEach(node -> dht.addNode(address(node)));
    }
    boolean isKnown = announced && asSeed == isSeed.getAsBoolean();
    boolean isDue = !isKnown || secondsSince(announcedNanos) >= INTERVAL_SECONDS;
    int port = isDue ? torrent.port() : DhtNode.PeerQuery.NO_ANNOUNCE;
    asSeed = isSeed.getAsBoolean();
    searching = true;
    // Two seeds have nothing for each other: a seed looks for others.
    dht.findPeers(new DhtNode.PeerQuery(torrent.infoHash(), port, asSeed, asSeed, false), this);
  }

  private static InetSocketAddress address(String node) {
    int colon = node.lastIndexOf(':');
    String host = node.substring(0, colon).replaceAll("[\\[\\]]", "");
    return InetSocketAddress.createUnresolved(host, Integer.parseInt(node.substring(colon + 1)));
  }

  @Override
  public void onPeers(List<InetSocketAddress> peers) {
    if (!stopped) {
      taker.accept(peers);
    }
  }

  @Override
  public void onDone(LookupResult result, long seeds, long peers) {
    LOG.debug(
        "[{}] DHT: {} nodes asked, {} answered, announced at {}",
        torrent.infoHash(),
        result.asked(),
        result.answered(),
        result.stored());
    searching = false;
    searched = true;
    endedNanos = now();
    answered |= result.answered() > 0;
    if (result.stored() > 0) {
      announced = true;
      announcedNanos = endedNanos;
    }
    if (result.answered() == 0) {
      searchIn(RETRY_SECONDS);
    } else {
      searchIn(asSeed == isSeed.getAsBoolean() ? INTERVAL_SECONDS : OTHERS_FIRST_SECONDS);
    }
  }

  private long secondsSince(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(now() - nanos);
  }

  private long now() {
    return loop.ticker().nanoTime();
  }
}
