package io.torrentstream.picker;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import java.util.function.Consumer;

/**
 * The DOWNLOADING pieces, and which of their blocks a source is asked for. Those with an OPEN block
 * are few, about one a source, and looked through on each pick; those without may be thousands (a
 * fast peer's whole queue when pieces are small) and are looked at in endgame only.
 */
final class Downloads {
  private final PieceLayout layout;
  private final PickOrder order;
  private final PieceList open = new PieceList();
  private final PieceList busy = new PieceList();

  Downloads(PieceLayout layout, PickOrder order) {
    this.layout = layout;
    this.order = order;
  }

  int size() {
    return open.size() + busy.size();
  }

  /** Puts a piece where its blocks say: open, busy, or nowhere when all are received. */
  void place(DownloadingPiece piece) {
    PieceList.move(piece, listFor(piece));
  }

  void remove(DownloadingPiece piece) {
    PieceList.move(piece, null);
  }

  boolean isPlaced(DownloadingPiece piece) {
    PieceList list = listFor(piece);
    return piece.list == list && (list == null || list.get(piece.slot) == piece);
  }

  private PieceList listFor(DownloadingPiece piece) {
    if (piece.openCount() > 0) {
      return open;
    }
    return piece.isReceived() ? null : busy;
  }

  /** A source is gone; {@code changed} gets each piece and may place or remove it. */
  void releaseAll(Source source, Consumer<DownloadingPiece> changed) {
    // Open ones first, because busy ones may become open.
    releaseAll(open, source, changed);
    releaseAll(busy, source, changed);
  }

  private static void releaseAll(
      PieceList list, Source source, Consumer<DownloadingPiece> changed) {
    for (int i = list.size() - 1; i >= 0; i--) { // backwards, because pieces may be taken out
      DownloadingPiece piece = list.get(i);
      piece.releaseAll(source);
      changed.accept(piece);
    }
  }

  /** Whether all is REQUESTED but what nobody has, or only a source on parole may send. */
  boolean isAllRequested(Availability availability) {
    for (int i = 0; i < open.size(); i++) {
      DownloadingPiece piece = open.get(i);
      if (!piece.isTrial() && availability.of(piece.index()) > 0) {
        return false;
      }
    }
    return size() > 0;
  }

  /**
   * The started piece with the best claim; among equals the first or the one nearest its end. The
   * search ends at a piece of the source's own, of which there is seldom a second.
   */
  DownloadingPiece best(Source source) {
    DownloadingPiece best = null;
    Claim bestClaim = Claim.NONE;
    for (int i = 0; i < open.size() && bestClaim != Claim.OWN; i++) {
      DownloadingPiece piece = open.get(i);
      if (!source.pieces().get(piece.index())) {
        continue;
      }
      Claim claim = claim(source, piece);
      int better = claim.compareTo(bestClaim);
      if (better < 0 || better == 0 && best != null && urgency(piece) < urgency(best)) {
        best = piece;
        bestClaim = claim;
      }
    }
    return best;
  }

  /** A piece that a source has begun and is not asked for all of, or null. */
  DownloadingPiece own(Source source) {
    DownloadingPiece best = best(source);
    return best != null && claim(source, best) == Claim.OWN ? best : null;
  }

  private int urgency(DownloadingPiece piece) {
    return order == PickOrder.SEQUENTIAL ? piece.index() : piece.openCount();
  }

  Claim claim(Source source, DownloadingPiece piece) {
    return Claim.of(source, piece, layout.pieceLength());
  }

  /** Asks a source for OPEN blocks of a piece, from the first on. */
  int take(DownloadingPiece piece, Source source, int most, Consumer<Block> out) {
    if (claim(source, piece) == Claim.FREE) {
      if (piece.isTrial()) {
        piece.startOver(source);
      } else {
        piece.adopt(source);
      }
    }
    int taken = 0;
    for (int b = piece.nextOpen(0); b >= 0 && taken < most; b = piece.nextOpen(b + 1)) {
      piece.ask(b, source);
      taken++;
      out.accept(layout.block(piece.index(), b));
    }
    place(piece);
    return taken;
  }

  /** Picks blocks that others are asked for; those that fewest are asked for come first. */
  int pickAsked(Source source, int count, boolean endgame, Consumer<Block> out) {
    Endgame rule = new Endgame(source, endgame, !isAsked(open, source) && !isAsked(busy, source));
    int left = count;
    for (int live = 0; live <= Endgame.MANY && left > 0; live++) {
      left -= pickAsked(busy, rule, live, source, left, out);
      left -= pickAsked(open, rule, live, source, left, out);
    }
    return count - left;
  }

  /** The newest pieces and last blocks first: those are the last that others will send. */
  private int pickAsked(
      PieceList list, Endgame rule, int live, Source source, int most, Consumer<Block> out) {
    int left = most;
    for (int i = list.size() - 1; i >= 0 && left > 0; i--) {
      DownloadingPiece piece = list.get(i);
      if (!source.pieces().get(piece.index())) {
        continue;
      }
      if (rule.mustNotMix(piece)) {
        if (rule.wantsAnew(piece)) {
          piece.startOver(source);
          left -= take(piece, source, left, out);
        }
        continue;
      }
      for (int b = Endgame.last(piece); b >= 0 && left > 0; b = piece.previousRequested(b - 1)) {
        if (rule.wants(piece, b, live)) {
          piece.ask(b, source);
          left--;
          out.accept(layout.block(piece.index(), b));
        }
      }
    }
    return most - left;
  }

  private static boolean isAsked(PieceList list, Source source) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).isAsked(source)) {
        return true;
      }
    }
    return false;
  }
}
