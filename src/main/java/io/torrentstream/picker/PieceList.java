package io.torrentstream.picker;

import java.util.ArrayList;
import java.util.List;

/** Started pieces in no order. A piece is in at most one list and knows its place there. */
final class PieceList {
  private final List<DownloadingPiece> pieces = new ArrayList<>();

  int size() {
    return pieces.size();
  }

  DownloadingPiece get(int slot) {
    return pieces.get(slot);
  }

  /** Moves a piece from the list it is in, if any, to {@code target}, or to none when null. */
  static void move(DownloadingPiece piece, PieceList target) {
    if (piece.list == target) {
      return;
    }
    if (piece.list != null) {
      piece.list.remove(piece);
    }
    if (target != null) {
      piece.slot = target.pieces.size();
      target.pieces.add(piece);
    }
    piece.list = target;
  }

  private void remove(DownloadingPiece piece) {
    DownloadingPiece last = pieces.remove(pieces.size() - 1);
    if (last != piece) {
      pieces.set(piece.slot, last);
      last.slot = piece.slot;
    }
  }
}
