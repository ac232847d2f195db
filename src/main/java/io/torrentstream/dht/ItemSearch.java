package io.torrentstream.dht;

import io.torrentstream.util.Digests;
import java.util.HashSet;
import java.util.Set;

/** Looks for an item, or for the nodes to store one at (BEP 44). */
final class ItemSearch implements Lookup.Purpose {
  private final DhtNode.ItemQuery query;
  private final DhtNode.ItemListener listener;
  private final Item toStore; // null: only look
  private final long expected;
  private final Set<NodeInfo> holders = new HashSet<>();
  private Item found;

  ItemSearch(DhtNode.ItemQuery query, DhtNode.ItemListener listener) {
    this(query, listener, null, -1);
  }

  /**
   * @param toStore what to store; null for nothing
   * @param expected the sequence number it may replace; -1 for any
   */
  ItemSearch(DhtNode.ItemQuery query, DhtNode.ItemListener listener, Item toStore, long expected) {
    this.query = query;
    this.listener = listener;
    this.toStore = toStore;
    this.expected = expected;
  }

  @Override
  public Question question() {
    return new Question.Get(query.target(), Question.Want.UNSAID, -1);
  }

  @Override
  public boolean needsToken() {
    return true;
  }

  @Override
  public boolean onReply(Reply reply, NodeInfo from) {
    Item item = reply.stored() == null ? null : verified(reply.stored());
    if (item == null) {
      return false;
    }
    holders.add(from);
    if (found == null || item.sequence() > found.sequence()) {
      found = item;
      listener.onItem(item);
    }
    // An immutable item cannot be another one elsewhere.
    return toStore == null && item.mutable() == null;
  }

  /** The item, if it is what was looked for; anyone can send anything. */
  private Item verified(Reply.Stored stored) {
    if (stored.value() == null) {
      return null;
    }
    if (stored.publicKey() == null) {
      NodeId name = NodeId.of(Digests.sha1().digest(stored.value()));
      return name.equals(query.target()) ? new Item(stored.value(), null) : null;
    }
    Item item =
        new Item(
            stored.value(),
            new Item.Mutable(
                stored.publicKey(), query.salt(), stored.sequence(), stored.signature()));
    return item.target().equals(query.target()) && item.isAuthentic() ? item : null;
  }

  @Override
  public Question storing(NodeInfo at, byte[] token) {
    // BEP 44: a node that has none has nothing to compare with.
    return toStore == null
        ? null
        : new Question.Put(toStore, holders.contains(at) ? expected : -1, token);
  }

  void onDone(LookupResult result) {
    listener.onDone(result);
  }
}
