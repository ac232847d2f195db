package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.storage.StorageException.Kind;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full disk is told as such, in time, and never as a bad piece; with room again it goes on. */
class FullDiskTest {
  @TempDir private Path base;

  private SmallDisk smallDisk(int mebibytes) throws IOException {
    return new SmallDisk(base.resolve("small"), mebibytes);
  }

  private static StorageOptions small(Path dir, StorageOptions.Kind kind, boolean allocate) {
    return new StorageOptions(dir, kind, allocate, false, false);
  }

  @Test
  void aDiskThatIsTooSmallIsToldAtTheStart() throws IOException {
    SampleTorrent large = SampleTorrent.single("x", 1 << 20, 12 << 20);
    try (SmallDisk disk = smallDisk(8)) {
      for (boolean allocate : new boolean[] {false, true}) {
        StorageOptions options = small(disk.path(), StorageOptions.Kind.MMAP, allocate);
        try (DiskFixture fixture = new DiskFixture(large, options)) {
          assertEquals(Kind.DISK_FULL, assertThrows(StorageException.class, fixture::open).kind());
        }
      }
    }
  }

  /** Another program takes the room while we write; then there is room again. */
  @ParameterizedTest
  @EnumSource(StorageOptions.Kind.class)
  void aDiskThatFillsUpEndsInAnErrorAndResumes(StorageOptions.Kind kind) throws IOException {
    SampleTorrent large = SampleTorrent.single("x", 1 << 20, 12 << 20);
    try (SmallDisk disk = smallDisk(16)) {
      StorageOptions options = small(disk.path(), kind, false);
      int before = 0;
      try (DiskFixture fixture = new DiskFixture(large, options)) {
        fixture.open();
        for (; before < 3; before++) {
          fixture.writePiece(before);
        }
        disk.fill();
        for (int p = before; p < 12 && fixture.error() == null; p++) {
          fixture.writePiece(p, fixture.blocks(p));
        }
        StorageException e = fixture.awaitError();
        assertEquals(Kind.DISK_FULL, e.kind(), e.getMessage());
        assertFalse(fixture.hasFailed(), "no peer is to blame");
      }
      assertFalse(Files.exists(large.path(disk.path(), 0)));
      disk.makeRoom();
      try (DiskFixture fixture = new DiskFixture(large, options)) {
        Bitfield have = fixture.open();
        assertTrue(have.count() >= before, have + " kept");
        fixture.writeMissing(have);
        fixture.finish();
      }
      assertArrayEquals(large.fileBytes(0), Files.readAllBytes(large.path(disk.path(), 0)));
    }
  }

  /** What a killed run had of its pieces is not right yet, but its room is taken already. */
  @ParameterizedTest
  @EnumSource(StorageOptions.Kind.class)
  void theRoomOfPiecesThatWereBegunIsNotAskedForTwice(StorageOptions.Kind kind) throws IOException {
    SampleTorrent large = SampleTorrent.single("x", 1 << 20, 7 << 20);
    try (SmallDisk disk = smallDisk(8)) {
      StorageOptions options = small(disk.path(), kind, false);
      try (DiskFixture fixture = new DiskFixture(large, options)) {
        fixture.open();
        for (int p = 0; p < 7; p++) {
          for (int block = 0; block < 60; block++) {
            fixture.writeBlock(p, block);
          }
        }
      }
      try (DiskFixture fixture = new DiskFixture(large, options)) {
        fixture.writeMissing(fixture.open());
        fixture.checkpoint();
        fixture.finish();
      }
      assertArrayEquals(large.fileBytes(0), Files.readAllBytes(large.path(disk.path(), 0)));
    }
  }

  @Test
  void aCheckpointSeesADiskThatFillsUp() throws IOException {
    SampleTorrent large = SampleTorrent.single("x", 1 << 20, 12 << 20);
    try (SmallDisk disk = smallDisk(16)) {
      StorageOptions options = small(disk.path(), StorageOptions.Kind.MMAP, false);
      try (DiskFixture fixture = new DiskFixture(large, options)) {
        fixture.open();
        fixture.writePiece(0);
        disk.fill();
        assertThrows(StorageException.class, fixture::checkpoint);
        assertEquals(Kind.DISK_FULL, fixture.awaitError().kind());
      }
    }
  }

  @Test
  void allocatedRoomCannotBeTakenAway() throws IOException {
    SampleTorrent large = SampleTorrent.single("x", 1 << 20, 10 << 20);
    try (SmallDisk disk = smallDisk(12)) {
      StorageOptions options = small(disk.path(), StorageOptions.Kind.MMAP, true);
      try (DiskFixture fixture = new DiskFixture(large, options)) {
        Bitfield have = fixture.open();
        disk.fill();
        fixture.writeMissing(have);
        fixture.finish();
      }
      assertArrayEquals(large.fileBytes(0), Files.readAllBytes(large.path(disk.path(), 0)));
    }
  }

  @Test
  void aReadOnlyDiskIsAQuestionOfPermission() throws IOException {
    SampleTorrent torrent = SampleTorrent.single("x", 1 << 20, 1 << 20);
    try (SmallDisk disk = smallDisk(4)) {
      disk.makeReadOnly();
      try (DiskFixture fixture = new DiskFixture(torrent, StorageOptions.in(disk.path()))) {
        assertEquals(Kind.PERMISSION, assertThrows(StorageException.class, fixture::open).kind());
      }
    }
  }
}
