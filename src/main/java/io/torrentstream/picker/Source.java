package io.torrentstream.picker;

import io.torrentstream.util.Bitfield;

/** A peer as the picker sees it. Compared by identity. */
public interface Source {
  /** What the peer has; changed through the picker only, once it was announced. */
  Bitfield pieces();

  /** Payload bytes per second it has lately sent us, 0 while unknown. */
  long rate();

  /** The same; while it is asked for nothing, as it was before: having to wait is not slow. */
  default long usualRate() {
    return rate();
  }

  /** It owes us blocks and has sent none for long. */
  boolean isSnubbed();

  /** It sent blocks of a piece whose hash was wrong, and was not cleared since. */
  boolean onParole();

  /** It gets a piece to itself: what others have sent of it is forgotten. */
  default void onStartOver(int piece) {}
}
