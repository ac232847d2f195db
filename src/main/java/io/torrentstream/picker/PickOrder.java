package io.torrentstream.picker;

/** In which order pieces are started. Pieces once started come before both. */
public enum PickOrder {
  /** The piece that fewest peers have, ties at random, so that no piece dies out (BEP 3). */
  RAREST,
  /** From the first piece to the last, for data that is used while it arrives. */
  SEQUENTIAL
}
