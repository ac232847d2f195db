package io.torrentstream.picker;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Decides which block to request next from which peer, and knows the state of every piece:
 *
 * <pre>
 *              pick                last block received          onVerified
 *   WANTED ----------> DOWNLOADING --------------------> VERIFYING ---------> HAVE
 *     ^  ^                  |                                |
 *     |  +------------------+   nothing received or asked    |
 *     +------------------------------------------------------+   onFailed
 * </pre>
 *
 * and UNWANTED for what the user did not choose. The states of a block, OPEN, REQUESTED, RECEIVED,
 * are those of {@link DownloadingPiece}. What picking weighs, in this order:
 *
 * <ol>
 *   <li>started pieces before new ones, so that few are incomplete ({@link Claim} says whose);
 *   <li>among new pieces the rarest, or the first ({@link PickOrder}); for a snubbed source the
 *       commonest, where it holds up nobody;
 *   <li>with nothing OPEN left, blocks that slower others are asked for ({@link Endgame});
 *   <li>a source on parole (it had a part in a piece with a wrong hash) shares no piece with
 *       others, so that the next wrong hash has one culprit.
 * </ol>
 *
 * <p>Confined to the torrent's loop. Numbers from peers are checked by the caller before they get
 * here, except where a method says otherwise. Callbacks must not call the picker.
 */
public final class PiecePicker {
  private final PieceLayout layout;
  private final PickOrder order;
  private final Bitfield have;
  private final Bitfield missing; // wanted and not HAVE
  private final Availability availability; // and the pieces in state WANTED
  private final DownloadingPiece[] started; // by piece: DOWNLOADING or VERIFYING
  private final Downloads downloading; // those of them that are not VERIFYING
  private final Holders holders;

  /**
   * @param have what is verified already; copied
   * @param wanted what is to be downloaded in the end, for instance {@link PieceLayout#piecesOf}
   */
  public PiecePicker(
      PieceLayout layout, Bitfield have, Bitfield wanted, PickOrder order, RandomGenerator random) {
    this.layout = layout;
    this.order = order;
    this.have = have.copy();
    this.missing = new Bitfield(layout.pieceCount());
    this.availability = new Availability(layout.pieceCount(), random);
    this.holders = new Holders(availability);
    this.downloading = new Downloads(layout, order);
    this.started = new DownloadingPiece[layout.pieceCount()];
    for (int piece = wanted.nextSet(0); piece >= 0; piece = wanted.nextSet(piece + 1)) {
      if (!have.get(piece)) {
        missing.set(piece);
        availability.add(piece);
      }
    }
  }

  // ---- what peers have

  /** A peer told what it has (bitfield, have all, have none). Once for each, before any pick. */
  public void onPeerPieces(Source source) {
    holders.add(source);
  }

  /** A peer got a piece: adds it to {@link Source#pieces}; nothing happens when it is there. */
  public void onPeerHave(Source source, int piece) {
    holders.addPiece(source, piece);
  }

  /** A peer lost a piece (BEP 54): removes it from {@link Source#pieces}. */
  public void onPeerDontHave(Source source, int piece) {
    holders.removePiece(source, piece);
  }

  /** A peer is gone: what it had is no longer available, what it was asked for is OPEN again. */
  public void onSourceGone(Source source) {
    if (holders.remove(source)) {
      downloading.releaseAll(source, this::settle);
    }
  }

  // ---- picking

  /** Whether a peer with these pieces has any that we want and lack. */
  public boolean isInteresting(Bitfield pieces) {
    return missing.nextCommon(pieces, 0) >= 0;
  }

  /** Whether a piece is wanted and not verified yet: a peer that gets it becomes interesting. */
  public boolean isMissing(int piece) {
    return missing.get(piece);
  }

  /**
   * Picks up to {@code count} blocks and marks them REQUESTED from a source.
   *
   * @param out gets each block; must not call the picker
   * @return how many were picked
   */
  public int pick(Source source, int count, Consumer<Block> out) {
    int left = count;
    while (left > 0) {
      DownloadingPiece piece = next(source);
      if (piece == null) {
        return count - left + downloading.pickAsked(source, left, isEndgame(), out);
      }
      left -= downloading.take(piece, source, left, out);
    }
    return Math.max(0, count);
  }

  /**
   * Like {@link #pick} but whole pieces that lie next to each other, for a source that sends a long
   * range as easily as a block (BEP 19): the rest of a piece that it has begun; or else as many
   * startable pieces around the best one as the count allows, at least that one; or else a piece
   * that others are slow with.
   */
  public int pickRun(Source source, int count, Consumer<Block> out) {
    DownloadingPiece own = downloading.own(source);
    if (own != null) {
      return downloading.take(own, source, own.blockCount(), out);
    }
    int first = startable(source);
    if (first < 0) {
      return pick(source, layout.blockCount(0), out);
    }
    int pieces = Math.max(1, count / layout.blockCount(0));
    // Windows that do not overlap leave no small gaps between runs.
    int begin = order == PickOrder.SEQUENTIAL ? first : first - first % pieces;
    int from = availability.runBegin(source.pieces(), first, begin);
    return startRun(source, from, begin + pieces, out);
  }

  /** For a source that sends in order: what it can begin, or go on with, from a piece on; or -1. */
  public int next(Source source, int from) {
    DownloadingPiece own = downloading.own(source);
    return own != null && own.index() >= from
        ? own.index()
        : availability.first(source.pieces(), from);
  }

  /** Like {@link #pickRun} but from {@code piece} on, which is what {@link #next} has found. */
  public int pickRunAt(int piece, Source source, int count, Consumer<Block> out) {
    if (started[piece] != null) {
      return downloading.take(started[piece], source, layout.blockCount(piece), out);
    }
    return startRun(source, piece, piece + Math.max(1, count / layout.blockCount(0)), out);
  }

  private int startRun(Source source, int from, int end, Consumer<Block> out) {
    int picked = 0;
    for (int piece = from;
        piece < Math.min(end, started.length)
            && availability.isStartable(piece)
            && source.pieces().get(piece);
        piece++) {
      picked += downloading.take(start(piece, source), source, layout.blockCount(piece), out);
    }
    return picked;
  }

  /**
   * Like {@link #pick} but only OPEN blocks of the given pieces, the first ones first: those the
   * peer suggested, or those it allows while it chokes us (BEP 6). Unknown, unwanted and verified
   * ones are passed over.
   */
  public int pickAmong(Source source, int[] pieces, int count, Consumer<Block> out) {
    int left = count;
    for (int i = 0; i < pieces.length && left > 0; i++) {
      if (!layout.isPiece(pieces[i]) || !source.pieces().get(pieces[i])) {
        continue;
      }
      DownloadingPiece piece = started[pieces[i]];
      if (piece == null && availability.isStartable(pieces[i])) {
        piece = start(pieces[i], source);
      }
      if (piece != null
          && piece.openCount() > 0
          && downloading.claim(source, piece) != Claim.NONE) {
        left -= downloading.take(piece, source, left, out);
      }
    }
    return count - left;
  }

  /** The piece whose OPEN blocks a source should be asked for now, or null. */
  private DownloadingPiece next(Source source) {
    DownloadingPiece best = downloading.best(source);
    Claim last = Claim.lastBeforeStarting(source, layout.pieceLength());
    if (best != null && downloading.claim(source, best).compareTo(last) <= 0) {
      return best;
    }
    int piece = startable(source);
    return piece >= 0 ? start(piece, source) : best;
  }

  /** The piece to start next with a source, or -1. */
  private int startable(Source source) {
    if (source.isSnubbed()) {
      return availability.commonest(source.pieces());
    }
    return order == PickOrder.SEQUENTIAL
        ? availability.first(source.pieces(), 0)
        : availability.rarest(source.pieces());
  }

  /** Whether every block that is missing, and that anybody has, is REQUESTED (or reserved). */
  public boolean isEndgame() {
    return !availability.hasStartable() && downloading.isAllRequested(availability);
  }

  // ---- what becomes of blocks

  /**
   * A source sent a block. The caller has matched it to a request it sent to this source; when the
   * request was given up since ({@link #onAbandoned}), the block is still welcome if nobody else
   * sent it.
   */
  public Receipt onBlock(Source source, Block block) {
    if (!isWelcome(source, block)) {
      return Receipt.UNWANTED;
    }
    DownloadingPiece piece = started[block.piece()];
    if (piece == null) {
      piece = start(block.piece(), source);
    }
    piece.receive(number(block), source);
    settle(piece);
    return piece.isReceived() ? Receipt.PIECE_RECEIVED : Receipt.ACCEPTED;
  }

  private boolean isWelcome(Source source, Block block) {
    if (!layout.isBlock(block.piece(), block.begin(), block.length())) {
      return false;
    }
    DownloadingPiece piece = started[block.piece()];
    if (piece == null) {
      return availability.isStartable(block.piece()) && !source.onParole();
    }
    if (piece.isAsked(number(block), source)) {
      return true;
    }
    // Late: not where it would mix a source on parole with others.
    return piece.state(number(block)) != DownloadingPiece.BlockState.RECEIVED
        && !source.onParole()
        && !piece.isTrial();
  }

  /**
   * After {@link #onBlock}: who else was asked; they are forgotten now, and to be sent a cancel.
   */
  public List<Source> takeOtherRequesters(Block block, Source except) {
    DownloadingPiece piece = started[block.piece()];
    return piece == null ? List.of() : piece.takeOthers(number(block), except);
  }

  /**
   * A source will not send a block it was asked for, or not in time: rejected, choked, timed out.
   * The block is OPEN again when nobody else is asked for it. To be called for all requests of a
   * source that becomes snubbed.
   */
  public void onAbandoned(Source source, Block block) {
    DownloadingPiece piece = started[block.piece()];
    if (piece != null && !piece.isReceived()) {
      piece.release(number(block), source);
      settle(piece);
    }
  }

  /** The hash of a VERIFYING piece was right; returns the distinct sources of its blocks. */
  public Set<Source> onVerified(int piece) {
    Set<Source> contributors = endVerifying(piece).contributors();
    missing.clear(piece);
    have.set(piece);
    return contributors;
  }

  /** The hash of a VERIFYING piece was wrong; returns who sent each of its blocks. */
  public List<Source> onFailed(int piece) {
    List<Source> senders = endVerifying(piece).senders();
    availability.add(piece);
    return senders;
  }

  private DownloadingPiece endVerifying(int index) {
    if (state(index) != PieceState.VERIFYING) {
      throw new IllegalStateException("piece " + index + ": " + state(index));
    }
    DownloadingPiece piece = started[index];
    started[index] = null;
    return piece;
  }

  /** Everything wanted is verified. */
  public boolean isComplete() {
    return missing.isEmpty();
  }

  /** What is verified; not to be changed. */
  public Bitfield have() {
    return have;
  }

  public PieceState state(int piece) {
    if (have.get(piece)) {
      return PieceState.HAVE;
    }
    if (started[piece] != null) {
      return started[piece].isReceived() ? PieceState.VERIFYING : PieceState.DOWNLOADING;
    }
    return missing.get(piece) ? PieceState.WANTED : PieceState.UNWANTED;
  }

  /** How many of the peers have a piece. */
  public int availability(int piece) {
    return availability.of(piece);
  }

  private DownloadingPiece start(int index, Source source) {
    availability.remove(index);
    DownloadingPiece piece = new DownloadingPiece(index, layout.blockCount(index), source);
    started[index] = piece;
    downloading.place(piece);
    return piece;
  }

  /** After blocks of a DOWNLOADING piece changed. */
  private void settle(DownloadingPiece piece) {
    if (piece.isUntouched()) {
      downloading.remove(piece);
      started[piece.index()] = null;
      availability.add(piece.index());
    } else {
      downloading.place(piece);
    }
  }

  private static int number(Block block) {
    return block.begin() / PieceLayout.BLOCK_LENGTH;
  }

  /** For tests: throws {@link IllegalStateException} when what is kept twice does not agree. */
  void checkInvariants() {
    availability.checkInvariants();
    int inLists = 0;
    for (int piece = 0; piece < started.length; piece++) {
      PieceState state = state(piece);
      DownloadingPiece download = started[piece];
      require(availability.isStartable(piece) == (state == PieceState.WANTED), piece);
      require(!(have.get(piece) && missing.get(piece)), piece);
      require(download == null || missing.get(piece), piece);
      require(availability.of(piece) == holders.count(piece), piece);
      if (download != null) {
        download.checkInvariants();
        require(!download.isUntouched(), piece);
        require(downloading.isPlaced(download), piece);
        inLists += state == PieceState.DOWNLOADING ? 1 : 0;
      }
    }
    require(inLists == downloading.size(), inLists);
  }

  private static void require(boolean condition, int piece) {
    if (!condition) {
      throw new IllegalStateException("piece " + piece + ": inconsistent");
    }
  }
}
