package io.torrentstream.storage;

import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.security.MessageDigest;
import java.util.ArrayDeque;

/**
 * Hashes the pieces of one lane while their blocks arrive. Blocks that are next in order are
 * digested at once, while their pages are still in the processor's cache; those that came early
 * wait until those before them are there. So a piece is verified right after its last block, and in
 * the usual case nothing is read twice. Confined to one lane.
 */
final class PieceHasher {
  /** What became of a piece when one more of its blocks was written. */
  enum Outcome {
    INCOMPLETE,
    VERIFIED,
    FAILED
  }

  /** 256 KiB: few system calls, and soon filled by the blocks themselves. */
  private static final int PREPARED_BLOCKS = 16;

  private final TorrentInfo info;
  private final PieceLayout layout;
  private final TorrentStorage storage;
  private final int lanes;

  /** The pieces of this lane: entry i is piece {@code i * lanes + lane}; null when not begun. */
  private final Piece[] pieces;

  private final Bitfield verified;
  private final ArrayDeque<MessageDigest> digests = new ArrayDeque<>();

  /**
   * @param lanes how many there are; this one sees every so manieth piece
   */
  PieceHasher(TorrentInfo info, TorrentStorage storage, int lanes) {
    this.info = info;
    this.layout = info.layout();
    this.storage = storage;
    this.lanes = lanes;
    this.pieces = new Piece[layout.pieceCount() / lanes + 1];
    this.verified = new Bitfield(pieces.length);
  }

  /** Notes that a piece is on disk already; no block of it is awaited. */
  void setVerified(int piece) {
    verified.set(piece / lanes);
  }

  /**
   * Whether a block is still to be written. A second copy (endgame) must not be: its bytes would
   * replace some that have been hashed.
   */
  boolean isAwaited(int piece, int begin) {
    if (verified.get(piece / lanes)) {
      return false;
    }
    Piece state = pieces[piece / lanes];
    return state == null || !state.written.get(begin / PieceLayout.BLOCK_LENGTH);
  }

  /** Prepares the part of a piece that an awaited block lies in, unless some of it is written. */
  void prepare(int piece, int begin) throws StorageException {
    int block = begin / PieceLayout.BLOCK_LENGTH;
    int first = block - block % PREPARED_BLOCKS;
    int end = Math.min(first + PREPARED_BLOCKS, layout.blockCount(piece));
    Piece state = pieces[piece / lanes];
    int written = state == null ? -1 : state.written.nextSet(first);
    if (written < 0 || written >= end) {
      int from = first * PieceLayout.BLOCK_LENGTH;
      int to = Math.min(end * PieceLayout.BLOCK_LENGTH, layout.pieceLength(piece));
      storage.prepare(piece, from, to - from);
    }
  }

  /** Notes that a block was written. */
  void onWritten(int piece, int begin) {
    Piece state = pieces[piece / lanes];
    if (state == null) {
      state = begin(piece);
    }
    state.written.set(begin / PieceLayout.BLOCK_LENGTH);
  }

  /** Hashes what can be hashed of a piece of which blocks were written. */
  Outcome hash(int piece) throws StorageException {
    Piece state = pieces[piece / lanes];
    catchUp(piece, state);
    if (!state.written.isFull()) {
      return Outcome.INCOMPLETE;
    }
    pieces[piece / lanes] = null;
    boolean good = info.isPieceHash(piece, state.digest.digest());
    digests.push(state.digest); // digest() has reset it
    if (good) {
      verified.set(piece / lanes);
    }
    return good ? Outcome.VERIFIED : Outcome.FAILED;
  }

  /** Forgets the blocks of a piece; returns which they were, or null when there are none. */
  Bitfield forget(int piece) {
    Piece state = pieces[piece / lanes];
    if (state == null) {
      return null;
    }
    pieces[piece / lanes] = null;
    state.digest.reset();
    digests.push(state.digest);
    return state.written;
  }

  private Piece begin(int piece) {
    MessageDigest digest = digests.isEmpty() ? Digests.sha1() : digests.pop();
    Piece state = new Piece(new Bitfield(layout.blockCount(piece)), digest);
    pieces[piece / lanes] = state;
    return state;
  }

  private void catchUp(int piece, Piece state) throws StorageException {
    int next = state.written.nextClear(state.hashed);
    int end = next < 0 ? state.written.size() : next;
    if (end > state.hashed) {
      int from = state.hashed * PieceLayout.BLOCK_LENGTH;
      int to = Math.min(end * PieceLayout.BLOCK_LENGTH, layout.pieceLength(piece));
      storage.digest(piece, from, to - from, state.digest);
      state.hashed = end;
    }
  }

  /** A piece of which some blocks are written, the first {@code hashed} of them digested. */
  private static final class Piece {
    private final Bitfield written;
    private final MessageDigest digest;
    private int hashed;

    Piece(Bitfield written, MessageDigest digest) {
      this.written = written;
      this.digest = digest;
    }
  }
}
