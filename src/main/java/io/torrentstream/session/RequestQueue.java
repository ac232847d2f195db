package io.torrentstream.session;

import io.torrentstream.metainfo.Block;
import java.util.function.Consumer;

/**
 * The blocks we asked one peer for and have not got yet, oldest first, and how many may be
 * outstanding at a time.
 *
 * <p>The target follows the measured rate: enough requests to keep the peer busy for {@link
 * #QUEUE_SECONDS} beyond the delay of a request, so that the line never idles, and no more, so that
 * a choke or a cancel wastes little. Until the rate stops growing each block that arrives raises
 * the target by one, as TCP's slow start does (the shape of libtorrent's).
 *
 * <p>A ring of two arrays, because this is touched for every block: nothing is allocated once it
 * has grown. Confined to the torrent's loop; time is passed in.
 */
final class RequestQueue {
  private static final int MIN_TARGET = 2;
  private static final int FIRST_TARGET = 32;
  private static final int BURST = 64;
  private static final double QUEUE_SECONDS = 1.5;

  /** Asked of peers that do not say what they take (BEP 10, reqq). */
  static final int DEFAULT_LIMIT = 250;

  /** Never more than this, whatever a peer says it takes: 1,000 blocks are 16 MiB. */
  private static final int MAX_LIMIT = 1000;

  private Block[] blocks = new Block[64];
  private long[] sentNanos = new long[64];
  private int head;
  private int size;

  private int limit = DEFAULT_LIMIT;
  private int target = FIRST_TARGET;
  private boolean slowStart = true;
  private long lastRate;
  private double delaySeconds;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * How many more blocks to ask for now. None while that would be few and the peer has others to
   * send: requests go out in bursts, each of which costs a pass through the pipeline and a system
   * call.
   */
  int room() {
    int room = target - size;
    return size > 0 && room < Math.min(BURST, target / 4) ? 0 : room;
  }

  /** What the peer says it keeps of our requests (BEP 10, reqq); nonsense is bounded. */
  void limit(int reqq) {
    limit = Math.max(MIN_TARGET, Math.min(reqq, MAX_LIMIT));
    target = Math.min(target, limit);
  }

  void add(Block block, long nowNanos) {
    if (size == blocks.length) {
      grow();
    }
    int tail = (head + size) & (blocks.length - 1);
    blocks[tail] = block;
    sentNanos[tail] = nowNanos;
    size++;
  }

  /** Takes out the request that a received block answers; null when there was none. */
  Block answer(int piece, int begin, long nowNanos) {
    int at = find(piece, begin);
    if (at < 0) {
      return null;
    }
    double delay = (nowNanos - sentNanos[index(at)]) / 1e9;
    delaySeconds += (delay - delaySeconds) / 8; // a moving mean of about the last eight
    if (slowStart && target < limit) {
      target++;
    }
    return remove(at);
  }

  /**
   * Takes out a request that will not be answered (rejected, cancelled); null when there was none.
   */
  Block drop(int piece, int begin) {
    int at = find(piece, begin);
    return at < 0 ? null : remove(at);
  }

  /** Takes out every request, oldest first. */
  void drain(Consumer<Block> visitor) {
    while (size > 0) {
      visitor.accept(remove(0));
    }
  }

  /** Forgets every request. */
  void clear() {
    while (size > 0) {
      remove(0);
    }
  }

  /** Since when the oldest request is waiting; {@code nowNanos} when none is. */
  long oldestNanos(long nowNanos) {
    return size == 0 ? nowNanos : sentNanos[head];
  }

  /** Once a second: sizes the queue to the rate, bytes per second. */
  void onRate(long rate) {
    if (slowStart && size > 0 && rate < lastRate + lastRate / 10) {
      slowStart = false;
    }
    lastRate = rate;
    if (!slowStart) {
      // The delay includes the time a request waits in the peer's queue; counting it whole would
      // feed the queue
      // with its own length, so it is bounded by the queue time.
      double seconds = QUEUE_SECONDS + Math.min(delaySeconds, QUEUE_SECONDS);
      target = (int) Math.max(MIN_TARGET, Math.min(limit, rate * seconds / 16384));
    }
  }

  /** The peer let us down: ask it for one block at a time until it delivers again. */
  void onSnubbed() {
    slowStart = true;
    lastRate = 0;
    target = 1;
  }

  private int find(int piece, int begin) {
    for (int i = 0; i < size; i++) { // blocks come in the order asked for: nearly always the first
      Block block = blocks[index(i)];
      if (block.begin() == begin && block.piece() == piece) {
        return i;
      }
    }
    return -1;
  }

  private Block remove(int at) {
    Block removed = blocks[index(at)];
    for (int i = at; i > 0; i--) {
      blocks[index(i)] = blocks[index(i - 1)];
      sentNanos[index(i)] = sentNanos[index(i - 1)];
    }
    blocks[head] = null;
    head = (head + 1) & (blocks.length - 1);
    size--;
    return removed;
  }

  private int index(int i) {
    return (head + i) & (blocks.length - 1);
  }

  private void grow() {
    Block[] moreBlocks = new Block[blocks.length * 2];
    long[] moreNanos = new long[blocks.length * 2];
    for (int i = 0; i < size; i++) {
      moreBlocks[i] = blocks[index(i)];
      moreNanos[i] = sentNanos[index(i)];
    }
    blocks = moreBlocks;
    sentNanos = moreNanos;
    head = 0;
  }
}
