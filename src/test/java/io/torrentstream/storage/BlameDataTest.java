package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.torrentstream.storage.StorageOptions.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the disk tells and keeps of those who sent wrong data. */
class BlameDataTest {
  private static final int BLOCK = 16 * 1024;

  @TempDir private Path dir;

  private final SampleTorrent torrent = SampleTorrent.single("x", 4 * BLOCK, 9 * BLOCK + 100);

  private StorageOptions options(Kind kind, boolean distrustResume) {
    return new StorageOptions(dir, kind, false, false, distrustResume);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void blocksOfAWrongPieceDifferWhereTheyWereWrong(Kind kind) throws IOException {
    try (DiskFixture disk = new DiskFixture(torrent, options(kind, false))) {
      disk.open();
      disk.writeBlock(2, BLOCK, new byte[100]);
      disk.writeBlock(2, 0);
      assertFalse(disk.awaitPiece(2));
      long[] wrong = disk.digestBlocks(2);
      disk.writePiece(2);
      long[] right = disk.digestBlocks(2);
      assertEquals(2, right.length, "one whole block and the rest of the file");
      assertEquals(right[0], wrong[0]);
      assertNotEquals(right[1], wrong[1]);
    }
  }

  @Test
  void whoIsBannedStaysSoUntilTheTorrentIsComplete() throws IOException {
    InetSocketAddress liar = new InetSocketAddress("192.0.2.1", 0);
    InetSocketAddress other = new InetSocketAddress("2001:db8::1", 0);
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP, false))) {
      disk.open();
      disk.disk().banned().add(liar);
      disk.checkpoint();
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP, true))) {
      disk.open(); // distrusts what it says of pieces
      assertEquals(List.of(liar), disk.disk().banned().all());
      disk.writePiece(0);
      disk.disk().banned().add(other);
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP, false))) {
      disk.writeMissing(disk.open());
      assertEquals(List.of(liar, other), disk.disk().banned().all());
      disk.finish();
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(Kind.MMAP, false))) {
      disk.open();
      assertEquals(List.of(), disk.disk().banned().all());
    }
  }
}
