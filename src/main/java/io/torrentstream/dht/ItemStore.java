package io.torrentstream.dht;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The items that others put here (BEP 44), gone two hours after they were last put. When there are
 * too many, the one farthest from our id goes.
 */
final class ItemStore {
  static final int MAX_ITEMS = 1000;

  /** Items that one address put first. */
  static final int MAX_PER_ADDRESS = 50;

  static final long LIFETIME_NANOS = TimeUnit.HOURS.toNanos(2);

  /** No error. */
  static final int STORED = 0;

  private static final class Entry {
    private final long customer;
    private Item item;
    private long putAt;

    private Entry(long customer) {
      this.customer = customer;
    }
  }

  private final Map<NodeId, Entry> entries = new HashMap<>();
  private final Map<Long, Integer> perAddress = new HashMap<>();

  int size() {
    return entries.size();
  }

  /** The item under this name, or null. */
  Item get(NodeId target) {
    Entry entry = entries.get(target);
    return entry == null ? null : entry.item;
  }

  /**
   * Stores an item whose lengths are within their limits.
   *
   * @param expected the sequence number it may replace (BEP 44: "cas"); -1 for any
   * @return {@link #STORED} or the code of an error
   */
  int put(Item item, long expected, InetAddress from, NodeId ownId, long nowNanos) {
    if (!item.isAuthentic()) {
      return KrpcMessage.INVALID_SIGNATURE;
    }
    NodeId target = item.target();
    Entry entry = entries.get(target);
    if (entry == null) {
      if (!makeRoom(target, from, ownId)) {
        return KrpcMessage.SERVER_ERROR;
      }
      entry = new Entry(Hosts.customer(from));
      entries.put(target, entry);
      perAddress.merge(entry.customer, 1, Integer::sum);
    } else {
      int error = compare(entry.item, item, expected);
      if (error != STORED) {
        return error;
      }
    }
    entry.item = item;
    entry.putAt = nowNanos;
    return STORED;
  }

  void onTick(long nowNanos) {
    entries
        .values()
        .removeIf(
            entry -> {
              boolean old = nowNanos - entry.putAt > LIFETIME_NANOS;
              if (old) {
                forget(entry);
              }
              return old;
            });
  }

  /** Whether a mutable item may take the place of another; an immutable one is renewed. */
  private static int compare(Item current, Item next, long expected) {
    if (next.mutable() == null) {
      return STORED;
    }
    if (expected >= 0 && expected != current.sequence()) {
      return KrpcMessage.SEQUENCE_MISMATCH;
    }
    boolean older = next.sequence() < current.sequence();
    boolean sameNumber = next.sequence() == current.sequence();
    return older || sameNumber && !next.hasSameValue(current)
        ? KrpcMessage.SEQUENCE_TOO_LOW
        : STORED;
  }

  private boolean makeRoom(NodeId target, InetAddress from, NodeId ownId) {
    if (perAddress.getOrDefault(Hosts.customer(from), 0) >= MAX_PER_ADDRESS) {
      return false;
    }
    if (entries.size() < MAX_ITEMS) {
      return true;
    }
    NodeId farthest = target;
    for (NodeId other : entries.keySet()) {
      farthest = ownId.compareDistances(other, farthest) > 0 ? other : farthest;
    }
    if (farthest.equals(target)) {
      return false;
    }
    forget(entries.remove(farthest));
    return true;
  }

  private void forget(Entry entry) {
    perAddress.computeIfPresent(entry.customer, (key, count) -> count == 1 ? null : count - 1);
  }
}
