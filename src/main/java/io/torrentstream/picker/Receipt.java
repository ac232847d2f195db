package io.torrentstream.picker;

/** What became of a received block. */
public enum Receipt {
  /** To be written; more blocks of the piece are missing. */
  ACCEPTED,
  /** To be written; it completes the piece, which is VERIFYING from now on. */
  PIECE_RECEIVED,
  /** To be dropped: received already, or of a piece that is not wanted (any more). */
  UNWANTED
}
