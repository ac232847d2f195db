package io.torrentstream.dht;

import io.torrentstream.dht.Candidates.Candidate;
import io.torrentstream.dht.Candidates.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds the nodes closest to a target (BEP 5): asks the closest ones known, which name closer ones,
 * until the eight closest that are alive have answered. If there is something to store, it is then
 * given to them.
 *
 * <pre>
 *   NEW --asked--> ASKED --a second--> SLOW           ANSWERED: counts, if its id fits its address
 *                    |                   |            FAILED: out, the next closest takes its place
 *                    +---- answer -------+--> ANSWERED
 *                    +---- error, silence, wrong node --> FAILED
 * </pre>
 *
 * <p>Confined to the node's thread.
 */
final class Lookup {
  /** Questions on their way at a time (BEP 5 and Kademlia: alpha), slow nodes not counted. */
  static final int PARALLEL = 4;

  /** An honest look-up asks 20 to 60; liars could keep it going. */
  static final int MAX_ASKED = 200;

  /**
   * Nodes with an id that does not fit their address: they may know peers, but anyone makes them.
   */
  static final int MAX_UNBOUND = 16;

  /** What a look-up is for. */
  interface Purpose {
    Question question();

    /** Whether only nodes count at which something can be stored now. */
    boolean needsToken();

    /**
     * A node answered.
     *
     * @return whether this was all that is needed
     */
    boolean onReply(Reply reply, NodeInfo from);

    /** What to store at a node that gave this token; null for nothing. */
    Question storing(NodeInfo at, byte[] token);
  }

  private final Purpose purpose;
  private final Requests requests;
  private final Consumer<LookupResult> whenDone;
  private final Candidates candidates;
  private final NodeId ownId;
  private final Family family;
  private List<Candidate> toStoreAt; // null while searching
  private int inFlight;
  private int asked;
  private int answered;
  private int unbound;
  private int rounds;
  private int storing;
  private int stored;
  private String error;
  private boolean done;

  /** Where a look-up happens: whose answers count, and who is asked first. */
  record Start(NodeId target, NodeId ownId, Family family, List<NodeInfo> known) {}

  Lookup(Start start, Purpose purpose, Requests requests, Consumer<LookupResult> whenDone) {
    this.purpose = purpose;
    this.requests = requests;
    this.whenDone = whenDone;
    this.ownId = start.ownId();
    this.family = start.family();
    this.candidates = new Candidates(start.target());
    start.known().forEach(node -> candidates.add(node.id(), node.address(), null));
  }

  boolean isDone() {
    return done;
  }

  /** Ends it without a word to anyone; answers under way come to nothing. */
  void cancel() {
    done = true;
  }

  /** Does what can be done now; to be called at the beginning and on every tick. */
  void step(long nowNanos) {
    if (!done && toStoreAt == null) {
      search(nowNanos);
    }
    if (!done && toStoreAt != null) {
      store(nowNanos);
    }
  }

  // ---- searching

  private void search(long nowNanos) {
    int alive = 0;
    boolean waiting = false;
    for (Candidate candidate : List.copyOf(candidates.sorted())) {
      if (alive == RoutingTable.BUCKET_SIZE) {
        break;
      }
      if (counts(candidate)) {
        alive++;
      } else if (candidate.isOpen()) {
        waiting = true;
      } else if (candidate.state == State.NEW && mayAsk(candidate)) {
        waiting = true;
        if (inFlight >= PARALLEL || !ask(candidate, nowNanos)) {
          break;
        }
      }
    }
    if (!waiting) {
      toStoreAt = closest();
    }
  }

  /** Whether it is one of those we look for (BEP 33, 42), once it has answered. */
  private boolean counts(Candidate candidate) {
    return candidate.state == State.ANSWERED
        && candidate.bound
        && !candidate.isLiar()
        && (candidate.token != null || !purpose.needsToken());
  }

  private boolean mayAsk(Candidate candidate) {
    return asked < MAX_ASKED
        && !candidate.isMadeUp()
        && (candidate.bound || candidate.id == null || unbound < MAX_UNBOUND)
        && candidates.isApart(candidate);
  }

  private boolean ask(Candidate candidate, long nowNanos) {
    boolean sent =
        requests.ask(
            candidate.address, candidate.id, purpose.question(), answerOf(candidate), nowNanos);
    if (sent) {
      candidate.state = State.ASKED;
      inFlight++;
      asked++;
      unbound += candidate.id != null && !candidate.bound ? 1 : 0;
    }
    return sent;
  }

  private Requests.Handler answerOf(Candidate candidate) {
    return new Requests.Handler() {
      @Override
      public void onAnswer(Reply reply, NodeInfo from, long nowNanos) {
        leave(candidate);
        candidates.onAnswer(candidate, from.id());
        candidate.token = reply.token();
        Lookup.this.onAnswer(candidate, reply, nowNanos);
      }

      @Override
      public void onSlow(long nowNanos) {
        leave(candidate);
        candidate.state = State.SLOW;
        step(nowNanos);
      }

      @Override
      public void onFailure(KrpcMessage.Failure failure, long nowNanos) {
        leave(candidate);
        candidates.onFailure(candidate);
        step(nowNanos);
      }
    };
  }

  private void leave(Candidate candidate) {
    inFlight -= candidate.state == State.ASKED ? 1 : 0;
  }

  private void onAnswer(Candidate candidate, Reply reply, long nowNanos) {
    if (done || toStoreAt != null) {
      return;
    }
    answered++;
    rounds = Math.max(rounds, candidate.round());
    for (NodeInfo node : family == Family.IPV4 ? reply.nodes() : reply.nodes6()) {
      if (!node.id().equals(ownId) && Addresses.mayTell(candidate.address, node.address())) {
        candidates.add(node.id(), node.address(), candidate);
      }
    }
    if (purpose.onReply(reply, candidate.info())) {
      finish();
    } else {
      step(nowNanos);
    }
  }

  // ---- storing

  private void store(long nowNanos) {
    while (storing + stored < RoutingTable.BUCKET_SIZE && !toStoreAt.isEmpty()) {
      Candidate next = toStoreAt.get(0);
      Question question = purpose.storing(next.info(), next.token);
      if (question != null
          && !requests.ask(next.address, next.id, question, storedAt(), nowNanos)) {
        return;
      }
      storing += question == null ? 0 : 1;
      toStoreAt.remove(0);
    }
    if (storing == 0) {
      finish();
    }
  }

  private Requests.Handler storedAt() {
    return new Requests.Handler() {
      @Override
      public void onAnswer(Reply reply, NodeInfo from, long nowNanos) {
        storing--;
        stored++;
        step(nowNanos);
      }

      @Override
      public void onFailure(KrpcMessage.Failure failure, long nowNanos) {
        storing--;
        error = failure == null ? error : failure.code() + " " + failure.text();
        step(nowNanos);
      }
    };
  }

  // ---- ending

  /** All that answered and count, closest first. */
  private List<Candidate> closest() {
    List<Candidate> closest = new ArrayList<>();
    for (Candidate candidate : candidates.sorted()) {
      if (counts(candidate)) {
        closest.add(candidate);
      }
    }
    return closest;
  }

  private void finish() {
    done = true;
    List<NodeInfo> nodes =
        closest().stream().limit(RoutingTable.BUCKET_SIZE).map(Candidate::info).toList();
    whenDone.accept(new LookupResult(asked, answered, rounds, nodes, stored, error));
  }
}
