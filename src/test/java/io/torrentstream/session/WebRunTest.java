package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From blocks to parts of files, and from bytes to blocks. */
class WebRunTest {
  private static final int BLOCK = PieceLayout.BLOCK_LENGTH;

  /** Pieces of three blocks; files of 50,000 bytes, none, 48,304 (a pad file, say) and 20,000. */
  private final PieceLayout layout =
      new PieceLayout(3 * BLOCK, new long[] {50_000, 0, 48_304, 20_000});

  private final WebRun run = new WebRun(layout);
  private final List<Block> taken = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @AfterEach
  void end() {
    run.end(block -> {});
  }

  private boolean take(Block block, ByteBuf data) {
    assertEquals(block.length(), data.readableBytes());
    bytes.writeBytes(ByteBufUtil.getBytes(data));
    data.release();
    taken.add(block);
    return true;
  }

  private void addPiece(int piece) {
    for (int block = 0; block < layout.blockCount(piece); block++) {
      run.add(layout.block(piece, block));
    }
  }

  private List<WebRun.Part> parts() {
    List<WebRun.Part> parts = new ArrayList<>();
    for (WebRun.Part part = run.nextPart(); part != null; part = run.nextPart()) {
      parts.add(part);
    }
    return parts;
  }

  @Test
  void neighboursAreOnePartAFile() {
    addPiece(0);
    addPiece(1);
    addPiece(2);
    assertEquals(
        List.of(
            new WebRun.Part(0, 0, 50_000),
            new WebRun.Part(2, 0, 48_304),
            new WebRun.Part(3, 0, 20_000)),
        parts());
  }

  @Test
  void othersAreNot() {
    run.add(layout.block(0, 1));
    run.add(layout.block(0, 2));
    run.add(layout.block(0, 0));
    run.add(layout.block(2, 1));
    assertEquals(
        List.of(
            new WebRun.Part(0, BLOCK, 2 * BLOCK),
            new WebRun.Part(0, 0, BLOCK),
            new WebRun.Part(3, BLOCK, 20_000 - BLOCK)),
        parts());
  }

  @Test
  void cutsBytesIntoBlocksHoweverTheyCome() {
    byte[] content = new byte[(int) layout.length()];
    new Random(1).nextBytes(content);
    for (int most : new int[] {1, 100, BLOCK - 1, BLOCK, BLOCK + 1, 100_000, content.length}) {
      taken.clear();
      bytes.reset();
      for (int piece = 0; piece < layout.pieceCount(); piece++) {
        addPiece(piece);
      }
      int blocks = run.size();
      for (int from = 0; from < content.length; from += most) {
        int to = Math.min(content.length, from + most);
        ByteBuf part = Unpooled.wrappedBuffer(Arrays.copyOfRange(content, from, to));
        assertTrue(run.feed(part, this::take));
        assertFalse(part.isReadable());
        part.release();
      }
      assertEquals(blocks, taken.size());
      assertEquals(0, run.size());
      assertArrayEquals(content, bytes.toByteArray());
      assertEquals(3, parts().size());
    }
  }

  @Test
  void padFilesAreZeros() {
    addPiece(0);
    addPiece(1);
    assertTrue(run.feedZeros(2L * 3 * BLOCK, this::take));
    assertEquals(6, taken.size());
    assertArrayEquals(new byte[6 * BLOCK], bytes.toByteArray());
  }

  @Test
  void endsWhenTheSinkHasEnough() {
    addPiece(0);
    ByteBuf data = Unpooled.wrappedBuffer(new byte[3 * BLOCK]);
    assertFalse(
        run.feed(
            data,
            (block, part) -> {
              part.release();
              return false;
            }));
    assertEquals(2 * BLOCK, data.readableBytes());
    data.release();
    List<Block> missing = new ArrayList<>();
    run.end(missing::add);
    assertEquals(List.of(layout.block(0, 1), layout.block(0, 2)), missing);
    assertNull(run.nextPart());
  }

  @Test
  void anIncompleteBlockIsMissing() {
    addPiece(2);
    ByteBuf data = Unpooled.wrappedBuffer(new byte[BLOCK + 1]);
    assertTrue(run.feed(data, this::take));
    data.release();
    List<Block> missing = new ArrayList<>();
    run.end(missing::add);
    assertEquals(List.of(layout.block(2, 1)), missing);
    assertEquals(0, run.size());
  }
}
