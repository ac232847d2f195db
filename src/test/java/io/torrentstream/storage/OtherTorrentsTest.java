package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two torrents, one after the other in one folder, whose files have the same names. */
class OtherTorrentsTest {
  private static final int PIECE = 32 * 1024;

  @TempDir private Path dir;

  private final SampleTorrent first = torrent(PIECE, "", 1);

  private static SampleTorrent torrent(int pieceLength, String more, int fill) {
    byte[] data = new byte[4 * PIECE + 5];
    Arrays.fill(data, (byte) fill);
    return SampleTorrent.folder("same", pieceLength).file("data" + more, data).build();
  }

  private DiskFixture disk(SampleTorrent torrent) {
    return new DiskFixture(torrent, StorageOptions.in(dir));
  }

  /** Leaves the first torrent with two of its pieces. */
  private void begin() throws IOException {
    try (DiskFixture disk = disk(first)) {
      disk.open();
      disk.writePiece(0);
      disk.writePiece(3);
    }
  }

  @Test
  void whatAnotherOneHasVerifiedStays() throws IOException {
    begin();
    SampleTorrent second = torrent(PIECE, "", 2);
    try (DiskFixture disk = disk(second)) {
      StorageException refused = assertThrows(StorageException.class, disk::open);
      assertEquals(
          first.part(dir, 0)
              + ": belongs to the unfinished download of another torrent: "
              + first.info().infoHash(),
          refused.getMessage());
    }
    try (DiskFixture disk = disk(first)) {
      assertEquals(2, disk.open().count());
      disk.writePiece(1);
      disk.writePiece(2);
      disk.writePiece(4);
      disk.finish();
    }
    assertArrayEquals(first.fileBytes(0), Files.readAllBytes(first.path(dir, 0)));
  }

  /** As where the same files are shared by two torrents, made with other piece lengths. */
  @Test
  void theSameDataIsTakenOver() throws IOException {
    begin();
    SampleTorrent second = torrent(PIECE / 2, "", 1);
    try (DiskFixture disk = disk(second)) {
      assertEquals(4, disk.open().count());
    }
  }

  @Test
  void otherFilesInTheSameFolderAreNobodysBusiness() throws IOException {
    begin();
    SampleTorrent second = torrent(PIECE, "-2", 2);
    try (DiskFixture disk = disk(second)) {
      disk.writeMissing(disk.open());
      disk.finish();
    }
    assertTrue(Files.exists(first.part(dir, 0)));
  }

  /** What nobody claims is a leftover of something that cannot go on. */
  @Test
  void aFileThatNoTorrentHasIsWrittenTo() throws IOException {
    begin();
    Files.delete(StateDirectory.resume(dir, first.info().infoHash().toString()));
    SampleTorrent second = torrent(PIECE, "", 2);
    try (DiskFixture disk = disk(second)) {
      disk.writeMissing(disk.open());
      disk.finish();
    }
    assertArrayEquals(second.fileBytes(0), Files.readAllBytes(second.path(dir, 0)));
  }
}
