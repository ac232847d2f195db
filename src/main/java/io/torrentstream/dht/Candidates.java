package io.torrentstream.dht;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The nodes that a {@link Lookup} has heard of, closest to its target first; those of unknown id
 * before all others. Keeps out of it what a liar could fill it with.
 */
final class Candidates {
  /** Beyond these a node can only count if all closer ones are dead. */
  static final int MAX = 128;

  /** Nodes of one neighbourhood of addresses: a liar's list costs it addresses. */
  static final int MAX_NEIGHBOURS = 4;

  /** So many dead nodes and no other makes a liar; of eight honest ones two may well be dead. */
  static final int LIES = 4;

  enum State {
    NEW,
    ASKED,
    /** Asked, and silent for a second. */
    SLOW,
    ANSWERED,
    FAILED
  }

  static final class Candidate {
    final InetSocketAddress address;
    final Candidate teller; // null for what we knew at the beginning
    NodeId id;
    State state = State.NEW;
    byte[] token;

    /** Its id fits its address (BEP 42); others are asked but do not count. */
    boolean bound;

    /** Of the nodes that only it has named so far: how many answered, how many did not. */
    private int namedAlive;

    private int namedDead;

    private Candidate(NodeId id, InetSocketAddress address, Candidate teller) {
      this.id = id;
      this.address = address;
      this.teller = teller;
      this.bound = id != null && SecureId.matches(id, address.getAddress());
    }

    boolean isOpen() {
      return state == State.ASKED || state == State.SLOW;
    }

    /** How many answers led to it, its own included. */
    int round() {
      return teller == null ? 1 : teller.round() + 1;
    }

    /** It named several nodes, and none of them is there: it makes them up. */
    boolean isLiar() {
      return namedAlive == 0 && namedDead >= LIES;
    }

    /** Whether it is not worth a question. */
    boolean isMadeUp() {
      return teller != null && teller.isLiar();
    }

    NodeInfo info() {
      return new NodeInfo(id, address);
    }
  }

  private final NodeId target;
  private final List<Candidate> sorted = new ArrayList<>();
  private final Set<InetSocketAddress> seen = new HashSet<>();
  private final Map<Long, Integer> perNeighbourhood = new HashMap<>();

  Candidates(NodeId target) {
    this.target = target;
  }

  /** Closest first; not to be changed. */
  List<Candidate> sorted() {
    return sorted;
  }

  /**
   * Adds a node that was not heard of before.
   *
   * @param id null if it is not known
   * @param teller who named it; null for what we knew at the beginning
   */
  void add(NodeId id, InetSocketAddress address, Candidate teller) {
    if (!seen.add(address)) {
      return;
    }
    if (!address.getAddress().isLoopbackAddress()) {
      long neighbourhood = Addresses.neighbourhood(address.getAddress());
      if (perNeighbourhood.merge(neighbourhood, 1, Integer::sum) > MAX_NEIGHBOURS) {
        return;
      }
    }
    insert(new Candidate(id, address, teller));
    if (sorted.size() > MAX) {
      sorted.remove(sorted.size() - 1);
    }
  }

  /** A node answered; now its id is known. */
  void onAnswer(Candidate candidate, NodeId id) {
    candidate.state = State.ANSWERED;
    if (candidate.teller != null) {
      candidate.teller.namedAlive++;
    }
    if (candidate.id == null) {
      sorted.remove(candidate);
      candidate.id = id;
      candidate.bound = SecureId.matches(id, candidate.address.getAddress());
      insert(candidate);
    }
  }

  /** Makes room for others. */
  void onFailure(Candidate candidate) {
    candidate.state = State.FAILED;
    if (candidate.teller != null) {
      candidate.teller.namedDead++;
    }
    sorted.remove(candidate);
  }

  /** Whether it may count beside all that count or will, when they answer. */
  boolean isApart(Candidate candidate) {
    for (Candidate other : sorted) {
      boolean counts = other.bound && (other.state == State.ANSWERED || other.isOpen());
      if (counts
          && !RoutingTable.areApart(other.address.getAddress(), candidate.address.getAddress())) {
        return false;
      }
    }
    return true;
  }

  private void insert(Candidate candidate) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (isBefore(sorted.get(middle), candidate)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    sorted.add(low, candidate);
  }

  private boolean isBefore(Candidate a, Candidate b) {
    return a.id == null || b.id != null && target.compareDistances(a.id, b.id) < 0;
  }
}
