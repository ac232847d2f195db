package io.torrentstream.picker;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Who has which pieces, as {@link Availability} counts it. A seed is counted as one number for as
 * long as it has everything.
 */
final class Holders {
  private final Map<Source, Boolean> seeds = new IdentityHashMap<>(); // all; true: counted as seed
  private final Availability availability;

  Holders(Availability availability) {
    this.availability = availability;
  }

  void add(Source source) {
    boolean seed = source.pieces().isFull();
    if (seeds.putIfAbsent(source, seed) != null) {
      throw new IllegalStateException("pieces announced twice: " + source);
    }
    if (seed) {
      availability.addSeed();
    } else {
      availability.addAll(source.pieces());
    }
  }

  void addPiece(Source source, int piece) {
    if (source.pieces().set(piece)) {
      seeds.putIfAbsent(source, false);
      availability.increment(piece);
    }
  }

  void removePiece(Source source, int piece) {
    // A seed is counted piece by piece from its first loss on and never again as a seed, so that
    // a peer that gains and loses one piece in turn costs a full pass only once.
    if (source.pieces().get(piece) && seeds.replace(source, true, false)) {
      availability.removeSeed();
      availability.addAll(source.pieces());
    }
    if (source.pieces().clear(piece)) {
      availability.decrement(piece);
    }
  }

  /** False when it was not among them. */
  boolean remove(Source source) {
    Boolean seed = seeds.remove(source);
    if (seed == null) {
      return false;
    }
    if (seed) {
      availability.removeSeed();
    } else {
      availability.removeAll(source.pieces());
    }
    return true;
  }

  /** How many have a piece, counted one by one. */
  int count(int piece) {
    int holders = 0;
    for (Source source : seeds.keySet()) {
      holders += source.pieces().get(piece) ? 1 : 0;
    }
    return holders;
  }
}
