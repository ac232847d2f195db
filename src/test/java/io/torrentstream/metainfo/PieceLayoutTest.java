package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PieceLayoutTest {
  private static final int BLOCK = PieceLayout.BLOCK_LENGTH;

  @Test
  void cutsPiecesAndBlocks() {
    PieceLayout layout = new PieceLayout(40_000, new long[] {100_000});

    assertEquals(100_000, layout.length());
    assertEquals(3, layout.pieceCount());
    assertEquals(40_000, layout.pieceLength(1));
    assertEquals(20_000, layout.pieceLength(2));
    assertEquals(80_000, layout.pieceOffset(2));
    assertEquals(3, layout.blockCount(0));
    assertEquals(40_000 - 2 * BLOCK, layout.blockLength(0, 2));
    assertEquals(2, layout.blockCount(2));
    assertEquals(20_000 - BLOCK, layout.blockLength(2, 1));
  }

  @Test
  void aFullLastPieceIsNoShortOne() {
    PieceLayout layout = new PieceLayout(BLOCK, new long[] {3L * BLOCK});
    assertEquals(3, layout.pieceCount());
    assertEquals(BLOCK, layout.pieceLength(2));
  }

  @Test
  void countsBeyondFourGibibytes() {
    PieceLayout layout = new PieceLayout(64 << 20, new long[] {1L << 40, 5});
    assertEquals(16385, layout.pieceCount());
    assertEquals(1L << 40, layout.pieceOffset(16384));
    assertEquals(5, layout.pieceLength(16384));
    assertEquals(16383, layout.lastPiece(0));
    assertEquals(16384, layout.firstPiece(1));
  }

  @Test
  void itsBlocksAreBlocks() {
    PieceLayout layout = new PieceLayout(40_000, new long[] {100_000});
    assertEquals(new Block(0, 2 * BLOCK, 40_000 - 2 * BLOCK), layout.block(0, 2));
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      for (int i = 0; i < layout.blockCount(piece); i++) {
        Block block = layout.block(piece, i);
        assertTrue(layout.isBlock(block.piece(), block.begin(), block.length()));
      }
    }
  }

  @Test
  void onlyItsOwnBlocksAreBlocks() {
    PieceLayout layout = new PieceLayout(40_000, new long[] {100_000});

    assertTrue(layout.isBlock(0, 0, BLOCK));
    assertTrue(layout.isBlock(0, 2 * BLOCK, 40_000 - 2 * BLOCK));
    assertTrue(layout.isBlock(2, BLOCK, 20_000 - BLOCK));
    assertFalse(layout.isBlock(2, BLOCK, BLOCK));
    assertFalse(layout.isBlock(0, 1, BLOCK));
    assertFalse(layout.isBlock(0, 0, BLOCK - 1));
    assertFalse(layout.isBlock(3, 0, BLOCK));
    assertFalse(layout.isBlock(-1, 0, BLOCK));
  }

  @Test
  void numbersTheBlocksOfAPiece() {
    PieceLayout layout = new PieceLayout(40_000, new long[] {100_000});
    assertEquals(new Block(0, 0, BLOCK), layout.block(0, 0));
    assertEquals(new Block(2, BLOCK, 20_000 - BLOCK), layout.block(2, 1));
  }

  @Test
  void findsThePiecesOfFiles() {
    PieceLayout layout = new PieceLayout(100, new long[] {250, 0, 49, 1, 100, 30});
    int[][] expected = {{0, 1, 2}, {}, {2}, {2}, {3}, {4}};
    for (int file = 0; file < expected.length; file++) {
      assertEquals(bits(expected[file]), bits(layout.piecesOf(bits(file))), "file " + file);
    }
    assertEquals(bits(2, 3), bits(layout.piecesOf(bits(1, 2, 3, 4))));
    assertEquals(bits(), bits(layout.piecesOf(new BitSet())));
    assertTrue(layout.piecesOf(null).isFull());
  }

  private static BitSet bits(int... indices) {
    BitSet bits = new BitSet();
    Arrays.stream(indices).forEach(bits::set);
    return bits;
  }

  private static BitSet bits(Bitfield field) {
    BitSet bits = new BitSet();
    for (int i = field.nextSet(0); i >= 0; i = field.nextSet(i + 1)) {
      bits.set(i);
    }
    return bits;
  }

  @Test
  void noNumberFromAPeerGetsPastARange() {
    PieceLayout layout = new PieceLayout(40_000, new long[] {100_000});
    int[] numbers = {
      Integer.MIN_VALUE,
      Integer.MIN_VALUE + 1,
      -40_000,
      -1,
      0,
      1,
      2,
      3,
      19_999,
      20_000,
      20_001,
      39_999,
      40_000,
      40_001,
      Integer.MAX_VALUE - 1,
      Integer.MAX_VALUE
    };
    for (int piece : numbers) {
      for (int begin : numbers) {
        for (int length : numbers) {
          long end = piece * 40_000L + begin + length;
          boolean inside =
              piece >= 0
                  && begin >= 0
                  && length > 0
                  && (long) begin + length <= 40_000
                  && end <= 100_000;
          assertEquals(
              inside, layout.isRange(piece, begin, length), piece + " " + begin + " " + length);
        }
      }
    }
  }

  @Test
  void emptyFilesHaveNoPieces() {
    PieceLayout layout = new PieceLayout(10, new long[] {0, 25, 0, 5, 0});
    assertEquals(5, layout.fileCount());
    assertEquals(25, layout.fileLength(1));
    assertEquals(0, layout.firstPiece(0));
    assertEquals(-1, layout.lastPiece(0));
    assertEquals(2, layout.lastPiece(1));
    assertEquals(2, layout.firstPiece(2));
    assertEquals(1, layout.lastPiece(2));
    assertEquals(2, layout.firstPiece(3));
    assertEquals(2, layout.lastPiece(3));
    assertEquals(3, layout.firstPiece(4));
    assertEquals(2, layout.lastPiece(4));
  }

  @Test
  void nothingHasNoPieces() {
    PieceLayout layout = new PieceLayout(16384, new long[] {0, 0});
    assertEquals(0, layout.pieceCount());
    assertFalse(layout.isPiece(0));
  }

  /** Compared with a torrent so small that every byte can be listed. */
  @Test
  void slicesAreTheBytesOfTheFiles() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      long[] lengths = new long[1 + random.nextInt(8)];
      List<String> bytes = new ArrayList<>();
      for (int file = 0; file < lengths.length; file++) {
        lengths[file] = random.nextInt(3) == 0 ? 0 : random.nextInt(20);
        for (int i = 0; i < lengths[file]; i++) {
          bytes.add(file + ":" + i);
        }
      }
      PieceLayout layout = new PieceLayout(1 + random.nextInt(12), lengths);
      String where = "seed " + seed + ", " + Arrays.toString(lengths);
      assertEquals(bytes.size(), layout.length(), where);
      checkPiecesOfFiles(layout, bytes, random, where);
      List<String> all = new ArrayList<>();
      for (int piece = 0; piece < layout.pieceCount(); piece++) {
        all.addAll(slices(layout, piece, 0, layout.pieceLength(piece)));
        int begin = random.nextInt(layout.pieceLength(piece));
        int length = 1 + random.nextInt(layout.pieceLength(piece) - begin);
        int from = (int) layout.pieceOffset(piece) + begin;
        assertEquals(
            bytes.subList(from, from + length), slices(layout, piece, begin, length), where);
      }
      assertEquals(bytes, all, where);
    }
  }

  private static void checkPiecesOfFiles(
      PieceLayout layout, List<String> bytes, Random random, String where) {
    BitSet files = BitSet.valueOf(new long[] {random.nextInt(1 << layout.fileCount())});
    Bitfield pieces = new Bitfield(layout.pieceCount());
    for (int i = 0; i < bytes.size(); i++) {
      if (files.get(Integer.parseInt(bytes.get(i).split(":")[0]))) {
        pieces.set(i / layout.pieceLength());
      }
    }
    assertEquals(pieces, layout.piecesOf(files), where);
    assertTrue(layout.piecesOf(null).isFull(), where);
  }

  private static List<String> slices(PieceLayout layout, int piece, int begin, int length) {
    List<String> bytes = new ArrayList<>();
    layout.forEachSlice(
        piece,
        begin,
        length,
        (file, offset, sliceLength) -> {
          assertTrue(sliceLength > 0);
          for (long i = offset; i < offset + sliceLength; i++) {
            bytes.add(file + ":" + i);
          }
        });
    return bytes;
  }
}
