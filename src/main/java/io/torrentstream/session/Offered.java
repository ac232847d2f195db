package io.torrentstream.session;

import io.torrentstream.metainfo.Block;
import io.torrentstream.util.Bitfield;

/**
 * What one peer may ask of us: the pieces it was told of, and those it may have although we choke
 * it. Confined to the torrent's loop.
 */
final class Offered {
  /** Null when it knows of all that we have. */
  private Bitfield shown;

  private int lastShown;
  private long sentBytes;

  /** Null for none. */
  private Bitfield fast;

  private long fastBytesLeft;

  /** From now on the peer knows only of pieces that are {@link #show shown} to it (BEP 16). */
  void showSingly(int pieceCount) {
    shown = new Bitfield(pieceCount);
  }

  void show(int piece) {
    shown.set(piece);
    lastShown = piece;
    sentBytes = 0;
  }

  /** A block was sent; returns how much of the piece that was shown last, if it is of that. */
  long onSent(Block block) {
    sentBytes += block.piece() == lastShown ? block.length() : 0;
    return block.piece() == lastShown ? sentBytes : 0;
  }

  /** Whether the peer can know that we have a piece. */
  boolean isKnown(int piece) {
    return shown == null || shown.get(piece);
  }

  /**
   * Lets the peer have some pieces while we choke it (BEP 6).
   *
   * @param bytes of all of them; it gets no more, lest it live on them for ever
   */
  void allowFast(Bitfield pieces, long bytes) {
    fast = pieces;
    fastBytesLeft = bytes;
  }

  /** The peer is a beginner no more. */
  void allowNoneFast() {
    fast = null;
  }

  /** Whether a choked peer may have a block, which then counts as given. */
  boolean takeFast(Block block) {
    if (fast == null || !fast.get(block.piece()) || fastBytesLeft < block.length()) {
      return false;
    }
    fastBytesLeft -= block.length();
    return true;
  }
}
