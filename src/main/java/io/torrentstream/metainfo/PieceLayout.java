package io.torrentstream.metainfo;

import io.torrentstream.util.Bitfield;
import java.util.BitSet;

/**
 * All arithmetic between bytes, pieces, blocks and files of one torrent. Immutable. Piece and block
 * numbers from peers are checked here ({@link #isBlock}) and nowhere else.
 *
 * <p>A torrent is one stream of bytes, cut into pieces of equal length (the last may be shorter),
 * each cut into blocks of 16 KiB (the last of a piece may be shorter). The files lie in that stream
 * one after the other.
 */
public final class PieceLayout {
  /** What every client requests at a time (BEP 3: more is refused by most). */
  public static final int BLOCK_LENGTH = 16 * 1024;

  private final long length;
  private final int pieceLength;
  private final int pieceCount;
  private final long[] fileOffsets;
  private final long[] fileLengths;

  /**
   * @param pieceLength of every piece but the last, 1 or more
   * @param fileLengths of all files in order, each 0 or more; their sum needs at most 2^31 - 1
   *     pieces
   */
  public PieceLayout(int pieceLength, long[] fileLengths) {
    this.pieceLength = pieceLength;
    this.fileLengths = fileLengths.clone();
    this.fileOffsets = new long[fileLengths.length];
    long offset = 0;
    for (int i = 0; i < fileLengths.length; i++) {
      fileOffsets[i] = offset;
      offset = Math.addExact(offset, fileLengths[i]);
    }
    this.length = offset;
    this.pieceCount = Math.toIntExact(Math.floorDiv(length + pieceLength - 1, (long) pieceLength));
  }

  /** All bytes, pad files included. */
  public long length() {
    return length;
  }

  public int pieceCount() {
    return pieceCount;
  }

  /** The length of every piece but perhaps the last. */
  public int pieceLength() {
    return pieceLength;
  }

  public int pieceLength(int piece) {
    return (int) Math.min(pieceLength, length - pieceOffset(piece));
  }

  public long pieceOffset(int piece) {
    return (long) piece * pieceLength;
  }

  public int blockCount(int piece) {
    return (pieceLength(piece) + BLOCK_LENGTH - 1) / BLOCK_LENGTH;
  }

  public int blockLength(int piece, int block) {
    return Math.min(BLOCK_LENGTH, pieceLength(piece) - block * BLOCK_LENGTH);
  }

  /** A block by its number within the piece, 0..blockCount - 1. */
  public Block block(int piece, int block) {
    return new Block(piece, block * BLOCK_LENGTH, blockLength(piece, block));
  }

  public boolean isPiece(int piece) {
    return piece >= 0 && piece < pieceCount;
  }

  /** Whether numbers from a peer name bytes inside one piece; no sum here can overflow. */
  public boolean isRange(int piece, int begin, int rangeLength) {
    return isPiece(piece)
        && begin >= 0
        && rangeLength > 0
        && begin <= pieceLength(piece) - rangeLength;
  }

  /** Whether numbers from a peer are exactly one of this layout's blocks. */
  public boolean isBlock(int piece, int begin, int blockLength) {
    return isRange(piece, begin, blockLength)
        && begin % BLOCK_LENGTH == 0
        && blockLength == blockLength(piece, begin / BLOCK_LENGTH);
  }

  public int fileCount() {
    return fileLengths.length;
  }

  public long fileLength(int file) {
    return fileLengths[file];
  }

  /** The first piece with a byte of the file; for an empty file, the piece it would begin in. */
  public int firstPiece(int file) {
    return (int) (fileOffsets[file] / pieceLength);
  }

  /** The last piece with a byte of the file; less than {@link #firstPiece} for an empty file. */
  public int lastPiece(int file) {
    return fileLengths[file] == 0
        ? firstPiece(file) - 1
        : (int) ((fileOffsets[file] + fileLengths[file] - 1) / pieceLength);
  }

  /** The pieces with a byte of the given files; all pieces when {@code files} is null. */
  public Bitfield piecesOf(BitSet files) {
    Bitfield pieces = new Bitfield(pieceCount);
    if (files == null) {
      pieces.setAll();
      return pieces;
    }
    for (int file = files.nextSetBit(0); file >= 0; file = files.nextSetBit(file + 1)) {
      for (int piece = firstPiece(file); piece <= lastPiece(file); piece++) {
        pieces.set(piece);
      }
    }
    return pieces;
  }

  /** Receives one part of a range that lies in one file. */
  @FunctionalInterface
  public interface SliceVisitor<E extends Exception> {
    void slice(int file, long fileOffset, int sliceLength) throws E;
  }

  /**
   * Visits the parts of a range in order, one for each file with a byte in it (empty files have
   * none).
   */
  public <E extends Exception> void forEachSlice(
      int piece, int begin, int rangeLength, SliceVisitor<E> visitor) throws E {
    long position = pieceOffset(piece) + begin;
    long end = position + rangeLength;
    for (int file = fileAt(position); position < end; file++) {
      long inFile = position - fileOffsets[file];
      int sliceLength = (int) Math.min(end - position, fileLengths[file] - inFile);
      if (sliceLength > 0) {
        visitor.slice(file, inFile, sliceLength);
        position += sliceLength;
      }
    }
  }

  /** The last file that begins at or before a position. */
  private int fileAt(long position) {
    int low = 0;
    int high = fileOffsets.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (fileOffsets[middle] <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
