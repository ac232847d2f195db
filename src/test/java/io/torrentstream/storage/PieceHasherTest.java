package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.storage.PieceHasher.Outcome;
import io.torrentstream.storage.TorrentStorage.Unflushed;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PieceHasherTest {
  private static final int BLOCK = 16 * 1024;

  private final SampleTorrent torrent = SampleTorrent.single("x", 8 * BLOCK, 20 * BLOCK + 5);
  private final MemoryStorage memory = new MemoryStorage();
  private final PieceHasher hasher = new PieceHasher(torrent.info(), memory, 1);

  /** The whole torrent in an array. */
  private final class MemoryStorage implements TorrentStorage {
    private final byte[] bytes = new byte[41 * BLOCK];
    private final List<String> prepared = new ArrayList<>();
    private int digested;

    @Override
    public void guard(Use use) throws StorageException {
      use.run();
    }

    private int at(int piece, int begin) {
      return (int) torrent.layout().pieceOffset(piece) + begin;
    }

    @Override
    public void prepare(int piece, int begin, int length) {
      Arrays.fill(bytes, at(piece, begin), at(piece, begin) + length, (byte) 0);
      prepared.add(piece + ":" + begin + "+" + length);
    }

    @Override
    public void write(int piece, int begin, ByteBuf block) {
      block.readBytes(bytes, at(piece, begin), block.readableBytes());
    }

    @Override
    public void read(int piece, int begin, int length, ByteBuf into) {
      into.writeBytes(bytes, at(piece, begin), length);
    }

    @Override
    public void digest(int piece, int begin, int length, MessageDigest digest) {
      digest.update(bytes, at(piece, begin), length);
      digested += length;
    }

    @Override
    public List<Unflushed> takeUnflushed() {
      return List.of();
    }

    @Override
    public void close() {}
  }

  private Outcome write(int piece, int block) throws StorageException {
    int begin = block * BLOCK;
    hasher.prepare(piece, begin);
    memory.write(
        piece,
        begin,
        Unpooled.wrappedBuffer(
            torrent.bytes(piece, begin, torrent.layout().blockLength(piece, block))));
    hasher.onWritten(piece, begin);
    return hasher.hash(piece);
  }

  @Test
  void aBlockInOrderIsHashedAtOnce() throws StorageException {
    assertEquals(Outcome.INCOMPLETE, write(0, 0));
    assertEquals(BLOCK, memory.digested);
    write(0, 2);
    assertEquals(BLOCK, memory.digested, "it waits for the one before it");
    write(0, 1);
    assertEquals(3 * BLOCK, memory.digested);
  }

  @Test
  void anyOrderAndAnyMixOfPiecesIsVerified() throws StorageException {
    for (int seed = 0; seed < 50; seed++) {
      PieceHasherTest fresh = new PieceHasherTest();
      List<int[]> blocks = new ArrayList<>();
      for (int p = 0; p < torrent.layout().pieceCount(); p++) {
        for (int b = 0; b < torrent.layout().blockCount(p); b++) {
          blocks.add(new int[] {p, b});
        }
      }
      Collections.shuffle(blocks, new Random(seed));
      int verified = 0;
      for (int[] block : blocks) {
        Outcome outcome = fresh.write(block[0], block[1]);
        assertTrue(outcome != Outcome.FAILED, "seed " + seed);
        verified += outcome == Outcome.VERIFIED ? 1 : 0;
      }
      assertEquals(torrent.layout().pieceCount(), verified, "seed " + seed);
      assertEquals(torrent.info().length(), fresh.memory.digested, "each byte is hashed once");
    }
  }

  @Test
  void aWrongPieceBeginsAgain() throws StorageException {
    for (int b = 0; b < 7; b++) {
      write(1, b);
    }
    memory.bytes[8 * BLOCK + 7 * BLOCK + 3] ^= 1;
    hasher.onWritten(1, 7 * BLOCK);
    assertEquals(Outcome.FAILED, hasher.hash(1));
    assertTrue(hasher.isAwaited(1, 0), "all blocks are needed again");
    Outcome outcome = Outcome.INCOMPLETE;
    for (int b = 7; b >= 0; b--) {
      assertEquals(Outcome.INCOMPLETE, outcome);
      outcome = write(1, b);
    }
    assertEquals(Outcome.VERIFIED, outcome);
  }

  @Test
  void aSecondCopyIsNotAwaited() throws StorageException {
    assertTrue(hasher.isAwaited(2, BLOCK));
    write(2, 1);
    assertFalse(hasher.isAwaited(2, BLOCK));
    assertTrue(hasher.isAwaited(2, 0));
    for (int b : new int[] {0, 2, 3, 4}) {
      write(2, b);
    }
    assertFalse(hasher.isAwaited(2, 0), "verified");
    hasher.setVerified(0);
    assertFalse(hasher.isAwaited(0, 0), "was there from the start");
  }

  @Test
  void eachPartOfAPieceIsPreparedOnceBeforeItsFirstBlock() throws StorageException {
    SampleTorrent large = SampleTorrent.single("x", 40 * BLOCK, 40 * BLOCK + 5);
    MemoryStorage storage = new MemoryStorage();
    PieceHasher hasher = new PieceHasher(large.info(), storage, 1);
    for (int block : new int[] {17, 16, 31, 3, 39}) {
      hasher.prepare(0, block * BLOCK);
      hasher.onWritten(0, block * BLOCK);
    }
    hasher.prepare(1, 0);
    assertEquals(
        List.of(
            "0:" + 16 * BLOCK + "+" + 16 * BLOCK,
            "0:0+" + 16 * BLOCK,
            "0:" + 32 * BLOCK + "+" + 8 * BLOCK,
            "1:0+5"),
        storage.prepared);
  }
}
