package io.torrentstream.dht;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The nodes we know of one DHT (BEP 5). Bucket <i>i</i> holds nodes that share exactly the first
 * <i>i</i> bits with our id; the last bucket, those that share at least so many, and it is split
 * when it is full. So we know many nodes near us and few of each far region:
 *
 * <pre>
 *   our id 0110…    bucket 0: 1…   bucket 1: 00…   bucket 2: 010…   last: 011…
 * </pre>
 *
 * Only nodes that have answered us get in. At most eight are in a bucket, each with a neighbourhood
 * of addresses of its own, so that nobody fills a bucket from one network.
 *
 * <p>Confined to the node's thread.
 */
final class RoutingTable {
  /** BEP 5's K. */
  static final int BUCKET_SIZE = 8;

  private final RandomGenerator random;
  private final List<Bucket> buckets = new ArrayList<>();
  private final Map<InetSocketAddress, TableNode> byAddress = new HashMap<>();
  private NodeId ownId;

  RoutingTable(NodeId ownId, RandomGenerator random, long nowNanos) {
    this.ownId = ownId;
    this.random = random;
    buckets.add(new Bucket(nowNanos));
  }

  NodeId ownId() {
    return ownId;
  }

  /** Nodes in it, the bad ones included. */
  int size() {
    return byAddress.size();
  }

  int bucketCount() {
    return buckets.size();
  }

  /** Every node in it, the bad ones included: when all seem gone, it may have been our own line. */
  List<NodeInfo> all() {
    return byAddress.values().stream().map(TableNode::info).toList();
  }

  /** The nodes that are not known to be gone. */
  int aliveCount() {
    return buckets.stream().mapToInt(Bucket::aliveCount).sum();
  }

  /** Takes another id for ourselves; the nodes find their new places. */
  void changeOwnId(NodeId newId, long nowNanos) {
    List<TableNode> nodes = new ArrayList<>(byAddress.values());
    ownId = newId;
    buckets.clear();
    buckets.add(new Bucket(nowNanos));
    byAddress.clear();
    nodes.forEach(node -> insert(node, nowNanos));
  }

  /**
   * A node answered a question of ours.
   *
   * @param node its id fits its address ({@link SecureId})
   */
  void onAnswer(NodeInfo node, long nowNanos) {
    TableNode known = byAddress.get(node.address());
    if (known != null && known.info().id().equals(node.id())) {
      known.onAnswer(nowNanos);
      bucketOf(node.id()).onChange(nowNanos);
      return;
    }
    if (known != null) {
      remove(known, nowNanos); // started anew with another id
    }
    TableNode added = new TableNode(node);
    added.onAnswer(nowNanos);
    insert(added, nowNanos);
  }

  /** A node asked us something: a sign of life, if we know it already. */
  void onQuery(NodeInfo node, long nowNanos) {
    TableNode known = byAddress.get(node.address());
    if (known != null && known.info().id().equals(node.id())) {
      known.onQuery(nowNanos);
    }
  }

  /** A node did not answer in time, or somebody else answered in its name. */
  void onFailure(InetSocketAddress address, long nowNanos) {
    TableNode known = byAddress.get(address);
    if (known == null) {
      buckets.forEach(bucket -> bucket.forgetCached(address));
      return;
    }
    known.onFailure();
    Bucket bucket = bucketOf(known.info().id());
    if (known.isBad() && bucket.hasCached()) {
      remove(known, nowNanos);
    }
  }

  /** Whether it is worth a ping to learn if this unknown node answers. */
  boolean wants(NodeInfo node) {
    if (node.id().equals(ownId) || byAddress.containsKey(node.address())) {
      return false;
    }
    Bucket bucket = bucketOf(node.id());
    return bucket.accepts(node) && (bucket.hasRoom() || bucket.hasBad() || isLast(bucket));
  }

  /**
   * The nodes closest to {@code target} that are not known to be gone, closest first.
   *
   * @param max how many at most
   */
  List<NodeInfo> closest(NodeId target, int max) {
    // Nodes in the target's own bucket are closer than all others; then come, at one distance but
    // for their low bits, those of the buckets behind it; then, bucket by bucket, those before it.
    List<NodeInfo> found = new ArrayList<>(2 * max);
    int own = Math.min(ownId.commonPrefix(target), buckets.size() - 1);
    buckets.get(own).addAlive(found);
    if (found.size() < max) {
      buckets.subList(own + 1, buckets.size()).forEach(bucket -> bucket.addAlive(found));
    }
    for (int i = own - 1; i >= 0 && found.size() < max; i--) {
      buckets.get(i).addAlive(found);
    }
    found.sort((a, b) -> target.compareDistances(a.id(), b.id()));
    return found.size() > max ? new ArrayList<>(found.subList(0, max)) : found;
  }

  /** Every node that is good, for the state file. */
  List<NodeInfo> good(long nowNanos) {
    return byAddress.values().stream()
        .filter(node -> node.isGood(nowNanos))
        .map(TableNode::info)
        .toList();
  }

  /**
   * A questionable node whose place another one waits for; a ping decides who gets it. Null for
   * none. The caller pings it.
   */
  NodeInfo nextToPing(long nowNanos) {
    for (Bucket bucket : buckets) {
      TableNode node = bucket.hasCached() ? bucket.questionable(nowNanos) : null;
      if (node != null) {
        node.onPing(nowNanos);
        return node.info();
      }
    }
    return null;
  }

  /** A random id in a bucket that nothing has changed in for 15 minutes; null for none. */
  NodeId nextRefresh(long nowNanos) {
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.get(i).isStale(nowNanos)) {
        buckets.get(i).onChange(nowNanos); // not again at once if the refresh finds nobody
        return ownId.randomNear(i, i < buckets.size() - 1, random);
      }
    }
    return null;
  }

  private void insert(TableNode node, long nowNanos) {
    if (node.info().id().equals(ownId)) {
      return;
    }
    Bucket bucket = bucketOf(node.info().id());
    if (!bucket.accepts(node.info())) {
      return;
    }
    while (!bucket.hasRoom() && !bucket.hasBad() && split(bucket, nowNanos)) {
      bucket = bucketOf(node.info().id());
    }
    TableNode replaced = bucket.badFor(node.info());
    if (replaced != null) {
      bucket.remove(replaced);
      byAddress.remove(replaced.info().address());
    }
    if (bucket.hasRoom()) {
      bucket.add(node, nowNanos);
      byAddress.put(node.info().address(), node);
    } else {
      bucket.cache(node);
    }
  }

  private void remove(TableNode node, long nowNanos) {
    Bucket bucket = bucketOf(node.info().id());
    bucket.remove(node);
    byAddress.remove(node.info().address());
    TableNode waiting = bucket.takeCached();
    if (waiting != null && !byAddress.containsKey(waiting.info().address())) {
      insert(waiting, nowNanos);
    }
  }

  /** Splits the last bucket; false for any other, and when ids have no more bits. */
  private boolean split(Bucket bucket, long nowNanos) {
    if (!isLast(bucket) || buckets.size() >= NodeId.BITS) {
      return false;
    }
    int bits = buckets.size();
    Bucket near = new Bucket(nowNanos);
    bucket.moveTo(near, node -> ownId.commonPrefix(node.info().id()) >= bits);
    buckets.add(near);
    return true;
  }

  private boolean isLast(Bucket bucket) {
    return bucket == buckets.get(buckets.size() - 1);
  }

  private Bucket bucketOf(NodeId id) {
    return buckets.get(Math.min(ownId.commonPrefix(id), buckets.size() - 1));
  }

  /** Whether two nodes at these addresses may be in one bucket. */
  static boolean areApart(InetAddress a, InetAddress b) {
    if (a.isLoopbackAddress() && b.isLoopbackAddress()) {
      return true; // several nodes on one machine, for tests; nobody else can be here
    }
    return Hosts.isLocal(a)
        ? !a.equals(b)
        : Addresses.neighbourhood(a) != Addresses.neighbourhood(b);
  }
}
