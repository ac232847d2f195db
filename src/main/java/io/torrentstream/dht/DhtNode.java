package io.torrentstream.dht;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A node of the Mainline DHT, without socket, clock and threads: whoever drives it hands it every
 * datagram, calls {@link #onTick} when {@link #nextTickNanos} has come, and sends what it gives to
 * {@link Io}. It is part of the IPv4 and the IPv6 DHT (BEP 32) as far as it is told of nodes there.
 *
 * <p>Confined to the thread that drives it. {@code nowNanos} is of any monotonic clock, always the
 * same one. Listeners are called on that thread and may call the node.
 */
public final class DhtNode {
  /** Peers of one search that its listener hears of. */
  public static final int MAX_FOUND_PEERS = 5000;

  private static final long LOOKUP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long MAINTENANCE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long EXPIRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** What the node needs of the world. */
  public interface Io {
    /** Sends a datagram, which the node does not use again; it may get lost. */
    void send(byte[] datagram, InetSocketAddress to);
  }

  /**
   * What to look for, and what to announce to the nodes responsible for it.
   *
   * @param announcePort 1 to 65535, or one of the constants
   * @param seed we have all of the torrent (BEP 33)
   * @param noSeed rather peers that are no seeds (BEP 33)
   * @param scrape also estimate how many peers there are (BEP 33)
   */
  public record PeerQuery(
      InfoHash infoHash, int announcePort, boolean seed, boolean noSeed, boolean scrape) {
    /** Look only. */
    public static final int NO_ANNOUNCE = -1;

    /** Announce the port that the node's datagrams come from, whichever that is outside. */
    public static final int IMPLIED_PORT = 0;
  }

  /** Hears of the peers of a torrent. */
  public interface PeerListener {
    /** Peers that were not heard of before in this search. */
    void onPeers(List<InetSocketAddress> peers);

    /**
     * The search has ended; its counts are estimates and 0 without {@link PeerQuery#scrape}.
     *
     * @param peers all of them that are not seeds
     */
    void onDone(LookupResult result, long seeds, long peers);
  }

  /**
   * Which item (BEP 44).
   *
   * @param salt that of a mutable item, which its name was made with; empty for none
   */
  public record ItemQuery(NodeId target, byte[] salt) {}

  /** Hears of an item. */
  public interface ItemListener {
    /** The item, or a newer version of it; its hash or signature is right. */
    void onItem(Item item);

    void onDone(LookupResult result);
  }

  /** Hears what became of a ping. */
  public interface PingListener {
    /** An answer came from this node. */
    void onAnswer(NodeInfo node, long nowNanos);

    /** None came within three seconds, or the ping could not be sent. */
    void onSilence();
  }

  private final boolean readOnly;
  private final RandomGenerator random;
  private final Counters counters = new Counters();
  private final Map<Family, RoutingTable> tables = new EnumMap<>(Family.class);
  private final Map<Family, Upkeep> upkeep = new EnumMap<>(Family.class);
  private final Map<Family, ExternalAddress> external = new EnumMap<>(Family.class);
  private final Requests requests;
  private final Responder responder;
  private final Set<Lookup> lookups = new LinkedHashSet<>();
  private long maintainedAt;
  private long expiredAt;
  private long tickedAt;

  /**
   * @param state of an earlier run; null to begin anew
   * @param random a secure one: transaction ids and tokens must not be guessed
   */
  public DhtNode(DhtConfig config, DhtState state, RandomGenerator random, Io io, long nowNanos) {
    this.readOnly = config.readOnly();
    this.random = random;
    this.requests = new Requests(config, random, io, new Observer(), counters, nowNanos);
    this.responder = new Responder(config, tables, io, counters, random, nowNanos);
    DhtState begin =
        state != null
            ? state
            : new DhtState(NodeId.random(random), NodeId.random(random), List.of());
    for (Family family : Family.values()) {
      NodeId id = family == Family.IPV4 ? begin.id4() : begin.id6();
      tables.put(family, new RoutingTable(id, random, nowNanos));
      external.put(family, new ExternalAddress());
      Upkeep.Finder finder = (target, whenDone, now) -> find(target, family, whenDone, now);
      upkeep.put(family, new Upkeep(tables.get(family), requests, finder, nowNanos));
    }
    begin.nodes().forEach(node -> upkeepAt(node.address()).remember(node));
    this.maintainedAt = nowNanos - MAINTENANCE_NANOS;
    this.expiredAt = nowNanos;
    this.tickedAt = nowNanos;
  }

  // ---- driving it

  /** A datagram came in. Nothing in it can make this throw. */
  public void onDatagram(byte[] datagram, InetSocketAddress from, long nowNanos) {
    try {
      if (!Addresses.isUsable(from)) {
        throw new ProtocolException("krpc sender: " + from);
      }
      KrpcMessage message = KrpcMessage.decode(datagram);
      if (message instanceof KrpcMessage.Answer answer) {
        requests.onAnswer(answer, from, nowNanos);
      } else if (message instanceof KrpcMessage.Failure failure) {
        requests.onFailure(failure, from, nowNanos);
      } else if (readOnly) {
        counters.count(DhtEvent.READ_ONLY);
      } else if (responder.admits(from.getAddress(), nowNanos)) {
        onQuery(message, datagram.length, from, nowNanos);
      }
    } catch (ProtocolException e) {
      counters.count(DhtEvent.GARBAGE);
    }
  }

  private void onQuery(KrpcMessage message, int length, InetSocketAddress from, long nowNanos) {
    if (message instanceof KrpcMessage.BadQuery bad) {
      responder.onBadQuery(bad, length, from, nowNanos);
    } else if (message instanceof KrpcMessage.Query query) {
      responder.onQuery(query, length, from, nowNanos);
      if (!query.readOnly()) {
        upkeepAt(from).onQuery(new NodeInfo(query.sender(), from), nowNanos);
      }
    }
  }

  /** Time has passed. */
  public void onTick(long nowNanos) {
    tickedAt = nowNanos;
    requests.onTick(nowNanos);
    if (nowNanos - maintainedAt >= MAINTENANCE_NANOS) {
      maintainedAt = nowNanos;
      upkeep.values().forEach(one -> one.onTick(nowNanos));
    }
    if (nowNanos - expiredAt >= EXPIRY_NANOS) {
      expiredAt = nowNanos;
      responder.onTick(nowNanos);
    }
    // Look-ups that a limit has stopped go on; those that are done go.
    List.copyOf(lookups).forEach(lookup -> lookup.step(nowNanos));
    lookups.removeIf(Lookup::isDone);
  }

  /** When {@link #onTick} is to be called next, in the nanoseconds of its clock. */
  public long nextTickNanos() {
    long next = maintainedAt + MAINTENANCE_NANOS;
    if (!lookups.isEmpty() && tickedAt + LOOKUP_NANOS - next < 0) {
      next = tickedAt + LOOKUP_NANOS;
    }
    return requests.nextTickNanos(next);
  }

  // ---- whom it knows

  /** A node to begin with: a bootstrap node, or one that a torrent or a peer named (BEP 5). */
  public void addRouter(InetSocketAddress address, long nowNanos) {
    if (Addresses.isUsable(address)) {
      upkeepAt(address).addRouter(address, nowNanos);
      maintainedAt = nowNanos - MAINTENANCE_NANOS;
    }
  }

  /** Asks a node if it is there; if so, it is a candidate for the routing table. */
  public void ping(InetSocketAddress address, PingListener listener, long nowNanos) {
    Requests.Handler handler =
        new Requests.Handler() {
          @Override
          public void onAnswer(Reply reply, NodeInfo from, long answeredAtNanos) {
            listener.onAnswer(from, answeredAtNanos);
          }

          @Override
          public void onFailure(KrpcMessage.Failure failure, long failedAtNanos) {
            listener.onSilence();
          }
        };
    if (!Addresses.isUsable(address)
        || !requests.ask(address, null, new Question.Ping(), handler, nowNanos)) {
      listener.onSilence();
    }
  }

  /** Whether it has found its place in one of the DHTs. */
  public boolean isJoined() {
    return upkeep.values().stream().anyMatch(Upkeep::isJoined);
  }

  /** Whether it is looking for its place in one of them. */
  public boolean isJoining() {
    return upkeep.values().stream().anyMatch(Upkeep::isJoining);
  }

  /** Nodes in the routing tables that are not known to be gone. */
  public int nodeCount() {
    return tables.values().stream().mapToInt(RoutingTable::aliveCount).sum();
  }

  /** Our id in the IPv4 DHT. */
  public NodeId id() {
    return tables.get(Family.IPV4).ownId();
  }

  /** What to keep for the next run. */
  public DhtState state(long nowNanos) {
    Set<NodeInfo> nodes = new LinkedHashSet<>();
    tables.values().forEach(table -> nodes.addAll(table.good(nowNanos)));
    // A short run meets few nodes and must not forget the others.
    upkeep.values().forEach(one -> nodes.addAll(one.remembered()));
    return new DhtState(id(), tables.get(Family.IPV6).ownId(), List.copyOf(nodes));
  }

  /** How often something happened since the node was made. */
  public long count(DhtEvent event) {
    return counters.of(event);
  }

  /** Torrents that others announced here. */
  public int storedTorrents() {
    return responder.peers().torrentCount();
  }

  /** Peers that others announced here. */
  public int storedPeers() {
    return responder.peers().peerCount();
  }

  /** Items that others put here. */
  public int storedItems() {
    return responder.items().size();
  }

  // ---- what it looks for

  /** Looks for the peers of a torrent and, if asked to, announces one. */
  public Search findPeers(PeerQuery query, PeerListener listener, long nowNanos) {
    PeerSearch purpose = new PeerSearch(query, listener);
    return start(purpose.target(), purpose, new Search(purpose::onDone), nowNanos);
  }

  /** Looks for an item. */
  public Search getItem(ItemQuery query, ItemListener listener, long nowNanos) {
    ItemSearch purpose = new ItemSearch(query, listener);
    return start(query.target(), purpose, new Search(purpose::onDone), nowNanos);
  }

  /**
   * Stores an item at the nodes closest to its name.
   *
   * @param expected only over this sequence number (BEP 44: "cas"); -1 for any
   * @param listener also hears of what was stored there before
   */
  public Search putItem(Item item, long expected, ItemListener listener, long nowNanos) {
    byte[] salt = item.mutable() == null ? new byte[0] : item.mutable().salt();
    ItemSearch purpose =
        new ItemSearch(new ItemQuery(item.target(), salt), listener, item, expected);
    return start(item.target(), purpose, new Search(purpose::onDone), nowNanos);
  }

  private void find(NodeId target, Family family, Consumer<LookupResult> whenDone, long nowNanos) {
    start(target, new NodeSearch(target), List.of(family), new Search(whenDone), nowNanos);
  }

  private Search start(NodeId target, Lookup.Purpose purpose, Search search, long nowNanos) {
    return start(target, purpose, List.of(Family.values()), search, nowNanos);
  }

  private Search start(
      NodeId target, Lookup.Purpose purpose, List<Family> families, Search search, long nowNanos) {
    List<Lookup> started = new ArrayList<>();
    for (Family family : families) {
      List<NodeInfo> known = upkeep.get(family).known(target);
      if (!known.isEmpty()) {
        Lookup.Start start = new Lookup.Start(target, tables.get(family).ownId(), family, known);
        started.add(new Lookup(start, purpose, requests, search::onDone));
      }
    }
    lookups.addAll(started);
    search.start(started, nowNanos);
    return search;
  }

  private Upkeep upkeepAt(InetSocketAddress address) {
    return upkeep.get(Family.of(address));
  }

  /** What each answer says about the node that gave it, and about us. */
  private final class Observer implements Requests.Observer {
    @Override
    public NodeId ownId(Family family) {
      return tables.get(family).ownId();
    }

    @Override
    public void onAnswer(KrpcMessage.Answer answer, InetSocketAddress from, long nowNanos) {
      Family family = Family.of(from);
      responder.onVerified(from, nowNanos);
      if (SecureId.matches(answer.sender(), from.getAddress())) {
        tables.get(family).onAnswer(new NodeInfo(answer.sender(), from), nowNanos);
      } else {
        counters.count(DhtEvent.BAD_ID);
      }
      if (answer.seenAs() != null && Family.of(answer.seenAs()) == family) {
        onSeenAs(answer.seenAs().getAddress(), from.getAddress(), nowNanos);
      }
    }

    @Override
    public void onNoAnswer(InetSocketAddress from, long nowNanos) {
      tables.get(Family.of(from)).onFailure(from, nowNanos);
    }
  }

  private void onSeenAs(InetAddress seen, InetAddress voter, long nowNanos) {
    Family family = Family.of(voter);
    RoutingTable table = tables.get(family);
    if (external.get(family).onVote(voter, seen) && !SecureId.matches(table.ownId(), seen)) {
      table.changeOwnId(SecureId.create(seen, random), nowNanos);
      upkeep.get(family).rejoin(nowNanos);
    }
  }
}
