package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download into a folder where nothing can be written. */
class ReadOnlyDiskTest {
  @TempDir private Path base;

  private final SampleTorrent torrent =
      SampleTorrent.folder("t", 32 * 1024).file("a", 100_000).file("sub/b", 5_000).build();

  private DiskFixture fixture(SmallDisk disk) {
    return new DiskFixture(
        torrent, new StorageOptions(disk.path(), StorageOptions.Kind.MMAP, false, false, false));
  }

  @Test
  void whatIsAllThereIsAllRight() throws IOException {
    try (SmallDisk disk = new SmallDisk(base.resolve("small"), 1)) {
      torrent.writeFile(disk.path(), 0);
      torrent.writeFile(disk.path(), 1);
      disk.makeReadOnly();
      try (DiskFixture fixture = fixture(disk)) {
        assertTrue(fixture.open().isFull());
        assertEquals(disk.path().resolve("t"), fixture.finish());
      }
    }
  }

  @Test
  void elseItCannotBeWritten() throws IOException {
    try (SmallDisk disk = new SmallDisk(base.resolve("small"), 1)) {
      torrent.writeFile(disk.path(), 0);
      torrent.writeFile(disk.path(), 1);
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
