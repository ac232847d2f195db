package io.torrentstream.picker;

import io.torrentstream.util.Bitfield;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * How many peers have each piece, and the pieces that may be started (state WANTED) sorted by it.
 *
 * <p>{@code order} holds the startable pieces in buckets, one bucket for each availability, the
 * rarest first:
 *
 * <pre>
 *   order  | 7 3 | 5 0 9 | 2 |            7 and 3: nobody but seeds has them; 2: two others do
 *   ends     2     5       6              bucket b ends before order[ends[b]]
 * </pre>
 *
 * A count that changes by one moves its piece to a neighbouring bucket: one swap with a piece at
 * the border and one with a random piece of the new bucket, which is what makes ties random. Seeds
 * are a single number, because a peer that has everything makes no piece rarer than another.
 */
final class Availability {
  /** Pieces looked at in order before the search turns to what the peer has. */
  private static final int SCAN = 512;

  /** Pieces of a peer that are compared when it has none of the rarest. */
  private static final int SAMPLE = 64;

  private final RandomGenerator random;
  private final Bitfield startable;
  private final int[] counts; // peers that have the piece, seeds left out
  private final int[] order;
  private final int[] position; // of a startable piece in order
  private int[] ends = new int[8];
  private int seeds;

  Availability(int pieceCount, RandomGenerator random) {
    this.random = random;
    this.startable = new Bitfield(pieceCount);
    this.counts = new int[pieceCount];
    this.order = new int[pieceCount];
    this.position = new int[pieceCount];
  }

  /** How many peers have a piece. */
  int of(int piece) {
    return counts[piece] + seeds;
  }

  boolean isStartable(int piece) {
    return startable.get(piece);
  }

  /** Whether a startable piece is held by any peer. */
  boolean hasStartable() {
    return seeds > 0 ? size() > 0 : size() > ends[0];
  }

  void addSeed() {
    seeds++;
  }

  void removeSeed() {
    seeds--;
  }

  /** Counts the pieces of a peer that is no seed, or no longer counts as one. */
  void addAll(Bitfield pieces) {
    for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
      increment(piece);
    }
  }

  void removeAll(Bitfield pieces) {
    for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
      decrement(piece);
    }
  }

  void increment(int piece) {
    int count = counts[piece]++;
    if (count + 1 == ends.length) {
      int size = size();
      ends = Arrays.copyOf(ends, 2 * ends.length);
      Arrays.fill(ends, count + 1, ends.length, size);
    }
    if (startable.get(piece)) {
      swap(position[piece], --ends[count]);
      shuffleIn(piece);
    }
  }

  void decrement(int piece) {
    int count = --counts[piece];
    if (count < 0) {
      throw new IllegalStateException("availability of piece " + piece + ": below zero");
    }
    if (startable.get(piece)) {
      swap(position[piece], ends[count]++);
      shuffleIn(piece);
    }
  }

  /** Makes a piece startable. */
  void add(int piece) {
    if (!startable.set(piece)) {
      throw new IllegalStateException("piece " + piece + ": startable already");
    }
    // Each bucket above passes its first place on to the one below and takes the place behind it.
    int hole = size();
    for (int bucket = ends.length - 1; bucket > counts[piece]; bucket--) {
      int first = ends[bucket - 1];
      move(first, hole);
      hole = first;
      ends[bucket]++;
    }
    place(hole, piece);
    ends[counts[piece]]++;
    shuffleIn(piece);
  }

  /** Makes a piece no longer startable; its count stays right. */
  void remove(int piece) {
    if (!startable.clear(piece)) {
      throw new IllegalStateException("piece " + piece + ": not startable");
    }
    int hole = position[piece];
    for (int bucket = counts[piece]; bucket < ends.length; bucket++) {
      int last = --ends[bucket];
      move(last, hole);
      hole = last;
    }
  }

  /**
   * The rarest startable piece of a peer, or -1. When the peer has none of the 512 rarest that
   * there are, the rarest of 64 that it does have, so that no peer, whatever it claims to have,
   * makes this slow.
   */
  int rarest(Bitfield pieces) {
    // Only seeds have the pieces of bucket 0.
    int begin = pieces.isFull() ? 0 : ends[0];
    int end = Math.min(size(), begin + SCAN);
    for (int i = begin; i < end; i++) {
      if (pieces.get(order[i])) {
        return order[i];
      }
    }
    return end < size() ? rarestOfSample(pieces) : -1;
  }

  /** A startable piece of a peer that most others have too, or -1. */
  int commonest(Bitfield pieces) {
    int end = Math.max(0, size() - SCAN);
    for (int i = size() - 1; i >= end; i--) {
      if (pieces.get(order[i])) {
        return order[i];
      }
    }
    return startable.nextCommon(pieces, 0);
  }

  /** The first startable piece of a peer from {@code from} on, or -1. */
  int first(Bitfield pieces, int from) {
    return startable.nextCommon(pieces, from);
  }

  /** The first of the startable pieces of a peer that lead up to one without a gap. */
  int runBegin(Bitfield pieces, int piece, int least) {
    int begin = piece;
    while (begin > least && startable.get(begin - 1) && pieces.get(begin - 1)) {
      begin--;
    }
    return begin;
  }

  private int rarestOfSample(Bitfield pieces) {
    int piece = startable.nextCommon(pieces, random.nextInt(counts.length));
    if (piece < 0) {
      piece = startable.nextCommon(pieces, 0);
    }
    int best = piece;
    for (int seen = 0; piece >= 0 && seen < SAMPLE; seen++) {
      if (counts[piece] < counts[best]) {
        best = piece;
      }
      piece = startable.nextCommon(pieces, piece + 1);
    }
    return best;
  }

  private int size() {
    return ends[ends.length - 1];
  }

  /** Swaps a piece with a random one of its bucket. */
  private void shuffleIn(int piece) {
    int count = counts[piece];
    int begin = count == 0 ? 0 : ends[count - 1];
    swap(position[piece], begin + random.nextInt(ends[count] - begin));
  }

  private void swap(int i, int j) {
    int piece = order[i];
    place(i, order[j]);
    place(j, piece);
  }

  private void move(int from, int to) {
    if (from != to) { // an empty bucket has nothing to move, and what lies there is stale
      place(to, order[from]);
    }
  }

  private void place(int index, int piece) {
    order[index] = piece;
    position[piece] = index;
  }

  /** Throws when the order and the counts do not agree. */
  void checkInvariants() {
    if (size() != startable.count()) {
      throw new IllegalStateException(
          "order: " + size() + " (expected: " + startable.count() + ")");
    }
    for (int bucket = 0, i = 0; bucket < ends.length; bucket++) {
      for (; i < ends[bucket]; i++) {
        int piece = order[i];
        if (counts[piece] != bucket || position[piece] != i || !startable.get(piece)) {
          throw new IllegalStateException("piece " + piece + " in bucket " + bucket);
        }
      }
    }
  }
}
