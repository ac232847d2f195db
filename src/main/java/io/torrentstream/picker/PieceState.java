package io.torrentstream.picker;

/** The states of a piece; every piece is in exactly one ({@link PiecePicker} shows the ways). */
public enum PieceState {
  UNWANTED,
  WANTED,
  DOWNLOADING,
  VERIFYING,
  HAVE
}
