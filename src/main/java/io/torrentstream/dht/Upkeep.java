package io.torrentstream.dht;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps a {@link RoutingTable} full and fresh (BEP 5): joins the DHT by looking for our own id,
 * asks who is in regions that have not changed for long, and pings nodes to learn if they answer.
 *
 * <p>Confined to the node's thread.
 */
final class Upkeep {
  /** Nodes to ask when the table has too few. */
  static final int MAX_ROUTERS = 32;

  /** Newcomers pinged at a time: a flood of them must not take all of our questions. */
  static final int MAX_PINGING = 32;

  /** Where a look-up starts. */
  private static final int FIRST_ASKED = 2 * RoutingTable.BUCKET_SIZE;

  private static final long FIRST_JOIN_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LAST_JOIN_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** Starts a look-up for a random id or our own; the consumer hears when it is done. */
  interface Finder {
    void find(NodeId target, Consumer<LookupResult> whenDone, long nowNanos);
  }

  private final RoutingTable table;
  private final Requests requests;
  private final Finder finder;
  private final Set<InetSocketAddress> routers = new LinkedHashSet<>();
  private final Deque<NodeInfo> remembered = new ArrayDeque<>();
  private final Set<InetSocketAddress> pinging = new HashSet<>();
  private boolean joining;
  private boolean joined;
  private long joinAt;
  private long joinPauseNanos = FIRST_JOIN_PAUSE_NANOS;

  Upkeep(RoutingTable table, Requests requests, Finder finder, long nowNanos) {
    this.table = table;
    this.requests = requests;
    this.finder = finder;
    this.joinAt = nowNanos;
  }

  /** A node that is always there; it is asked when we know too few others. */
  void addRouter(InetSocketAddress address, long nowNanos) {
    if (routers.size() < MAX_ROUTERS && routers.add(address) && !joined) {
      joinAt = nowNanos;
    }
  }

  /** A node that was good in an earlier run. */
  void remember(NodeInfo node) {
    if (remembered.size() < DhtState.MAX_NODES) {
      remembered.add(node);
    }
  }

  /** Those of an earlier run that were not asked yet if they are still there. */
  List<NodeInfo> remembered() {
    return List.copyOf(remembered);
  }

  /** Whether a look-up for our own id has ended, and somebody answered. */
  boolean isJoined() {
    return joined;
  }

  /** Whether a look-up for our own id is under way. */
  boolean isJoining() {
    return joining;
  }

  /** We have another id: our neighbours are others now. */
  void rejoin(long nowNanos) {
    joinAt = nowNanos;
    joined = false;
  }

  /** Whom to ask first about {@code target}; the id of a router is null, since it is not known. */
  List<NodeInfo> known(NodeId target) {
    List<NodeInfo> known = new ArrayList<>(table.closest(target, FIRST_ASKED));
    if (known.size() < RoutingTable.BUCKET_SIZE) {
      known.addAll(remembered);
      known.addAll(table.all());
      routers.forEach(router -> known.add(new NodeInfo(null, router)));
    }
    return known;
  }

  /** A node asked us something. Whether it also answers, a ping shows. */
  void onQuery(NodeInfo node, long nowNanos) {
    table.onQuery(node, nowNanos);
    if (table.wants(node) && SecureId.matches(node.id(), node.address().getAddress())) {
      ping(node, nowNanos);
    }
  }

  void onTick(long nowNanos) {
    if (mustJoin() && !joining && nowNanos - joinAt >= 0) {
      join(nowNanos);
    }
    while (!remembered.isEmpty() && joined && ping(remembered.peek(), nowNanos)) {
      remembered.remove();
    }
    NodeInfo questionable = table.nextToPing(nowNanos);
    if (questionable != null) {
      ping(questionable, nowNanos);
    }
    NodeId stale = joined ? table.nextRefresh(nowNanos) : null;
    if (stale != null) {
      finder.find(stale, result -> {}, nowNanos);
    }
  }

  private boolean mustJoin() {
    return !joined || table.aliveCount() < RoutingTable.BUCKET_SIZE;
  }

  private void join(long nowNanos) {
    if (known(table.ownId()).isEmpty()) {
      return;
    }
    joining = true;
    joinAt = nowNanos + joinPauseNanos;
    joinPauseNanos = Math.min(LAST_JOIN_PAUSE_NANOS, 2 * joinPauseNanos);
    finder.find(
        table.ownId(),
        result -> {
          joining = false;
          joined |= result.answered() > 0;
        },
        nowNanos);
  }

  /** False when it cannot be sent now. */
  private boolean ping(NodeInfo node, long nowNanos) {
    if (pinging.contains(node.address())) {
      return true;
    }
    Requests.Handler whenDone =
        new Requests.Handler() {
          @Override
          public void onAnswer(Reply reply, NodeInfo from, long answeredAtNanos) {
            pinging.remove(node.address());
          }

          @Override
          public void onFailure(KrpcMessage.Failure failure, long failedAtNanos) {
            pinging.remove(node.address());
          }
        };
    if (pinging.size() >= MAX_PINGING
        || !requests.ask(node.address(), node.id(), new Question.Ping(), whenDone, nowNanos)) {
      return false;
    }
    pinging.add(node.address());
    return true;
  }
}
