package io.torrentstream.picker;

/**
 * How good a source's claim is to the OPEN blocks of a started piece; the best comes first. Fast
 * sources keep pieces to themselves: their blocks then arrive, and are hashed, in order, and a
 * wrong hash has one culprit. Slow ones share, so that a piece does not take minutes.
 */
enum Claim {
  /** The source began the piece. */
  OWN,
  /** Nobody works on it now. */
  FREE,
  /** A slow source works on it and is glad of help. */
  SHARED,
  /** A fast source works on it; taken only when there is no other piece to start. */
  RESERVED,
  /** Not to be touched, to keep a source on parole apart from the others. */
  NONE;

  /** A source that needs no longer than this for a piece takes whole pieces. */
  private static final int WHOLE_PIECE_SECONDS = 20;

  static Claim of(Source source, DownloadingPiece piece, int pieceLength) {
    if (source.onParole()) {
      return piece.isOnlyOf(source) ? OWN : NONE;
    }
    Source owner = piece.owner();
    if (owner == source) {
      return OWN;
    }
    if (piece.requestedCount() == 0 || owner.isSnubbed()) {
      return FREE;
    }
    if (piece.isTrial()) {
      return NONE;
    }
    return isFast(owner, pieceLength) ? RESERVED : SHARED;
  }

  /** The last claim that a source takes up before it would rather start another piece. */
  static Claim lastBeforeStarting(Source source, int pieceLength) {
    if (source.isSnubbed()) {
      return OWN; // it would only hold up the others
    }
    return isFast(source, pieceLength) ? FREE : SHARED;
  }

  private static boolean isFast(Source source, int pieceLength) {
    return source.rate() >= pieceLength / WHOLE_PIECE_SECONDS;
  }
}
