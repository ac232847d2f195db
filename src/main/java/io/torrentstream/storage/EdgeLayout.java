package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import java.util.BitSet;

/**
 * Where the bytes of unwanted files go that share a piece with a wanted one. A piece can only be
 * verified whole, but an unwanted file must not appear on disk; so its first and last bytes lie one
 * after the other in one small file of our own. Immutable.
 */
final class EdgeLayout {
  private static final long NONE = -1;

  private final long[] headAt;
  private final long[] headLength;
  private final long[] tailAt;
  private final long[] tailFrom;
  private final long length;

  /**
   * @param wanted indices of the files that are to be there
   * @param pieces that are fetched
   */
  EdgeLayout(TorrentInfo info, BitSet wanted, Bitfield pieces) {
    PieceLayout layout = info.layout();
    int count = layout.fileCount();
    headAt = new long[count];
    headLength = new long[count];
    tailAt = new long[count];
    tailFrom = new long[count];
    long at = 0;
    for (FileEntry file : info.files()) {
      int i = file.index();
      headAt[i] = NONE;
      tailAt[i] = NONE;
      if (file.length() == 0 || file.padding() || wanted.get(i)) {
        continue;
      }
      int first = layout.firstPiece(i);
      int last = layout.lastPiece(i);
      if (pieces.get(first)) {
        long pieceEnd = layout.pieceOffset(first) + layout.pieceLength(first);
        headAt[i] = at;
        headLength[i] = Math.min(file.length(), pieceEnd - file.offset());
        at += headLength[i];
      }
      if (last > first && pieces.get(last)) {
        tailAt[i] = at;
        tailFrom[i] = layout.pieceOffset(last) - file.offset();
        at += file.length() - tailFrom[i];
      }
    }
    length = at;
  }

  /** The bytes of all edges together. */
  long length() {
    return length;
  }

  /** Where in the edge file a byte of an unwanted file lies. */
  long position(int file, long offset) {
    if (headAt[file] != NONE && offset < headLength[file]) {
      return headAt[file] + offset;
    }
    if (tailAt[file] != NONE && offset >= tailFrom[file]) {
      return tailAt[file] + offset - tailFrom[file];
    }
    throw new IllegalArgumentException("byte " + offset + " of file " + file + " is not wanted");
  }
}
