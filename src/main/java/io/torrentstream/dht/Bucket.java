package io.torrentstream.dht;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * Up to eight nodes of one region of the {@link RoutingTable}, and those that wait for a place
 * there, the latest to answer first.
 */
final class Bucket {
  private final List<TableNode> nodes = new ArrayList<>(RoutingTable.BUCKET_SIZE);
  private final Deque<TableNode> cached = new ArrayDeque<>();
  private long changedAt;

  Bucket(long nowNanos) {
    this.changedAt = nowNanos;
  }

  boolean hasRoom() {
    return nodes.size() < RoutingTable.BUCKET_SIZE;
  }

  boolean hasCached() {
    return !cached.isEmpty();
  }

  /** Whether a node is none of these yet and at an address apart from theirs. */
  boolean accepts(NodeInfo newcomer) {
    // A bad node keeps nobody out; else whoever once had an address would block it.
    return nodes.stream().allMatch(node -> node.isBad() || canBeBeside(node.info(), newcomer));
  }

  private static boolean canBeBeside(NodeInfo a, NodeInfo b) {
    return !a.id().equals(b.id())
        && RoutingTable.areApart(a.address().getAddress(), b.address().getAddress());
  }

  void add(TableNode node, long nowNanos) {
    nodes.add(node);
    forgetCached(node.info().address());
    changedAt = nowNanos;
  }

  void remove(TableNode node) {
    nodes.remove(node);
  }

  /** Remembers a node for the time when there is a place. */
  void cache(TableNode node) {
    cached.removeIf(other -> !canBeBeside(other.info(), node.info()));
    cached.addFirst(node);
    if (cached.size() > RoutingTable.BUCKET_SIZE) {
      cached.removeLast();
    }
  }

  void forgetCached(InetSocketAddress address) {
    cached.removeIf(node -> node.info().address().equals(address));
  }

  /** The one that answered last, taken out; or null. */
  TableNode takeCached() {
    return cached.pollFirst();
  }

  boolean hasBad() {
    return nodes.stream().anyMatch(TableNode::isBad);
  }

  int aliveCount() {
    int alive = 0;
    for (TableNode node : nodes) {
      alive += node.isBad() ? 0 : 1;
    }
    return alive;
  }

  /**
   * The bad node that has to go for a newcomer: one that it could not be beside, or any where there
   * is no room; else null.
   */
  TableNode badFor(NodeInfo newcomer) {
    TableNode any = null;
    for (TableNode node : nodes) {
      if (node.isBad()) {
        if (!canBeBeside(node.info(), newcomer)) {
          return node;
        }
        any = node;
      }
    }
    return hasRoom() ? null : any;
  }

  /** The questionable node that was silent for longest; null if all are good, bad or pinged. */
  TableNode questionable(long nowNanos) {
    TableNode oldest = null;
    for (TableNode node : nodes) {
      if (node.isToBePinged(nowNanos)
          && (oldest == null || node.heardAt() - oldest.heardAt() < 0)) {
        oldest = node;
      }
    }
    return oldest;
  }

  void addAlive(List<NodeInfo> to) {
    for (TableNode node : nodes) {
      if (!node.isBad()) {
        to.add(node.info());
      }
    }
  }

  /** Gives away the nodes that belong into {@code near}. Where there is a split, none wait. */
  void moveTo(Bucket near, Predicate<TableNode> belongs) {
    nodes.stream().filter(belongs).forEach(near.nodes::add);
    nodes.removeIf(belongs);
  }

  void onChange(long nowNanos) {
    changedAt = nowNanos;
  }

  boolean isStale(long nowNanos) {
    return nowNanos - changedAt >= TableNode.FRESH_NANOS;
  }
}
