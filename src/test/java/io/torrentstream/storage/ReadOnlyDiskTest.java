package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download into a folder where nothing can be written. */
class ReadOnlyDiskTest {
  @TempDir private Path base;

  private final SampleTorrent torrent =
      SampleTorrent.folder("t", 32 * 1024)
          .file("a", 3 * 32 * 1024) // pieces of its own
          .file("sub/b", 5_000)
          .file("c", 2_000)
          .build();

  private void writeAll(SmallDisk disk) throws IOException {
    for (int file = 0; file < 3; file++) {
      torrent.writeFile(disk.path(), file);
    }
  }

  private DiskFixture fixture(SmallDisk disk) {
    return fixture(disk, null);
  }

  private DiskFixture fixture(SmallDisk disk, BitSet wanted) {
    return new DiskFixture(
        torrent,
        new StorageOptions(disk.path(), StorageOptions.Kind.MMAP, false, false, false),
        wanted);
  }

  @Test
  void whatIsAllThereIsAllRight() throws IOException {
    try (SmallDisk disk = new SmallDisk(base.resolve("small"), 1)) {
      writeAll(disk);
      disk.makeReadOnly();
      try (DiskFixture fixture = fixture(disk)) {
        assertTrue(fixture.open().isFull());
        assertEquals(disk.path().resolve("t"), fixture.finish());
      }
    }
  }

  @Test
  void whatIsWantedIsEnough() throws IOException {
    BitSet wanted = new BitSet();
    wanted.set(0);
    try (SmallDisk disk = new SmallDisk(base.resolve("small"), 1)) {
      torrent.writeFile(disk.path(), 0);
      disk.makeReadOnly();
      try (DiskFixture fixture = fixture(disk, wanted)) {
        assertEquals(3, fixture.open().count());
        assertEquals(List.of(), fixture.warnings(), "nobody asked for the other");
        assertEquals(disk.path().resolve("t"), fixture.finish());
      }
    }
  }

  @Test
  void aFileThatIsNotWantedHelpsToTellThatOneIsRight() throws IOException {
    BitSet wanted = new BitSet();
    wanted.set(1);
    try (SmallDisk disk = new SmallDisk(base.resolve("small"), 1)) {
      writeAll(disk);
      disk.makeReadOnly();
      try (DiskFixture fixture = fixture(disk, wanted)) {
        assertTrue(fixture.open().get(3), "where they share a piece");
        assertEquals(disk.path().resolve("t"), fixture.finish());
      }
    }
  }

  @Test
  void elseItCannotBeWritten() throws IOException {
    try (SmallDisk disk = new SmallDisk(base.resolve("small"), 1)) {
      writeAll(disk);
      byte[] wrong = torrent.fileBytes(1);
      wrong[7] ^= 1;
      Files.write(torrent.path(disk.path(), 1), wrong);
      disk.makeReadOnly();
      try (DiskFixture fixture = fixture(disk)) {
        assertEquals(Kind.PERMISSION, assertThrows(StorageException.class, fixture::open).kind());
      }
    }
  }
}
