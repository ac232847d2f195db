package io.torrentstream.dht;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Our questions that are not answered yet. An answer counts only from the address that was asked,
 * with the transaction id drawn for it; nobody else can know both.
 *
 * <p>Confined to the node's thread.
 */
final class Requests {
  /** Most nodes answer within a second; then others are asked beside a slow one. */
  static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Nothing comes after so long. */
  static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Bounds the memory; the rates bound it earlier. */
  static final int MAX_OPEN = 1000;

  /** One node may be of use to several look-ups at once, but not be flooded. */
  private static final int QUESTIONS_PER_ADDRESS = 10;

  /** Who asked. Exactly one of the two ends a question. */
  interface Handler {
    void onAnswer(Reply reply, NodeInfo from, long nowNanos);

    /**
     * @param failure what the node said; null if it said nothing, or was another than expected
     */
    void onFailure(KrpcMessage.Failure failure, long nowNanos);

    /** No answer for a second; one may still come. */
    default void onSlow(long nowNanos) {}
  }

  /** What a question says about the node that was asked, whatever it was about. */
  interface Observer {
    /** Our id in the DHT of this family. */
    NodeId ownId(Family family);

    void onAnswer(KrpcMessage.Answer answer, InetSocketAddress from, long nowNanos);

    void onNoAnswer(InetSocketAddress from, long nowNanos);
  }

  private static final class Open {
    private final InetSocketAddress address;
    private final NodeId expected;
    private final Handler handler;
    private final long askedAt;
    private boolean slow;

    private Open(InetSocketAddress address, NodeId expected, Handler handler, long askedAt) {
      this.address = address;
      this.expected = expected;
      this.handler = handler;
      this.askedAt = askedAt;
    }

    private long deadline() {
      return askedAt + (slow ? TIMEOUT_NANOS : SLOW_NANOS);
    }
  }

  private final boolean readOnly;
  private final RandomGenerator random;
  private final DhtNode.Io io;
  private final Observer observer;
  private final Counters counters;
  private final TokenBucket total;
  private final AddressLimits perAddress = new AddressLimits(QUESTIONS_PER_ADDRESS);

  /** By transaction id, the oldest first. */
  private final Map<Integer, Open> open = new LinkedHashMap<>();

  Requests(
      DhtConfig config,
      RandomGenerator random,
      DhtNode.Io io,
      Observer observer,
      Counters counters,
      long nowNanos) {
    this.readOnly = config.readOnly();
    this.random = random;
    this.io = io;
    this.observer = observer;
    this.counters = counters;
    this.total = new TokenBucket(config.questions(), nowNanos);
  }

  /**
   * Asks a node.
   *
   * @param expected the node that is said to be there; null if that is not known
   * @return false if nothing was sent, since a limit is reached; {@code handler} is not called then
   */
  boolean ask(
      InetSocketAddress to, NodeId expected, Question question, Handler handler, long nowNanos) {
    if (open.size() >= MAX_OPEN
        || !total.take(1, nowNanos)
        || !perAddress.take(to.getAddress(), nowNanos)) {
      return false;
    }
    int transaction = random.nextInt();
    while (open.containsKey(transaction)) {
      transaction = random.nextInt();
    }
    open.put(transaction, new Open(to, expected, handler, nowNanos));
    counters.count(DhtEvent.ASKED);
    byte[] id = ByteBuffer.allocate(Integer.BYTES).putInt(transaction).array();
    io.send(
        new KrpcMessage.Query(id, observer.ownId(Family.of(to)), readOnly, question).encode(), to);
    return true;
  }

  void onAnswer(KrpcMessage.Answer answer, InetSocketAddress from, long nowNanos) {
    Open request = take(answer.transactionId(), from);
    if (request == null) {
      return;
    }
    NodeInfo node = new NodeInfo(answer.sender(), from);
    boolean isUs = node.id().equals(observer.ownId(Family.of(from)));
    if (isUs || request.expected != null && !request.expected.equals(node.id())) {
      counters.count(DhtEvent.WRONG_NODE);
      observer.onNoAnswer(from, nowNanos);
      request.handler.onFailure(null, nowNanos);
      return;
    }
    observer.onAnswer(answer, from, nowNanos);
    request.handler.onAnswer(answer.reply(), node, nowNanos);
  }

  void onFailure(KrpcMessage.Failure failure, InetSocketAddress from, long nowNanos) {
    Open request = take(failure.transactionId(), from);
    if (request != null) {
      request.handler.onFailure(failure, nowNanos);
    }
  }

  void onTick(long nowNanos) {
    // Handlers ask anew, so they are called when the map has been gone through.
    List<Open> slow = new ArrayList<>();
    List<Open> late = new ArrayList<>();
    for (Iterator<Open> i = open.values().iterator(); i.hasNext(); ) {
      Open request = i.next();
      if (nowNanos - request.askedAt < SLOW_NANOS) {
        break;
      }
      if (nowNanos - request.askedAt >= TIMEOUT_NANOS) {
        i.remove();
        late.add(request);
      } else if (!request.slow) {
        request.slow = true;
        slow.add(request);
      }
    }
    slow.forEach(request -> request.handler.onSlow(nowNanos));
    for (Open request : late) {
      counters.count(DhtEvent.TIMED_OUT);
      observer.onNoAnswer(request.address, nowNanos);
      request.handler.onFailure(null, nowNanos);
    }
  }

  /** When {@link #onTick} has something to do; {@code otherwise} if nothing is open. */
  long nextTickNanos(long otherwise) {
    long next = otherwise;
    for (Open request : open.values()) {
      next = request.deadline() - next < 0 ? request.deadline() : next;
      if (!request.slow) {
        break; // those behind it were asked later
      }
    }
    return next;
  }

  private Open take(byte[] transactionId, InetSocketAddress from) {
    Integer transaction =
        transactionId.length == Integer.BYTES ? ByteBuffer.wrap(transactionId).getInt() : null;
    Open request = transaction == null ? null : open.get(transaction);
    if (request == null) {
      counters.count(DhtEvent.UNKNOWN_TRANSACTION);
      return null;
    }
    if (!request.address.equals(from)) {
      counters.count(DhtEvent.WRONG_ADDRESS);
      return null;
    }
    return open.remove(transaction);
  }
}
