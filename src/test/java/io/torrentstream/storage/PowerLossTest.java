package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.storage.StorageOptions.Kind;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a disk may hold after the power was cut: the next run ends right, whatever it is. */
class PowerLossTest {
  private static final int PIECE = 64 * 1024;
  private static final int FORCED = 5;
  private static final int WRITTEN = 10;

  @TempDir private Path dir;

  private final SampleTorrent torrent = SampleTorrent.single("x", PIECE, 1 << 20);

  private DiskFixture fixture() {
    return new DiskFixture(torrent, new StorageOptions(dir, Kind.MMAP, false, false, false));
  }

  private Path part() {
    return torrent.part(dir, 0);
  }

  private Path resume() {
    return StateDirectory.resume(dir, torrent.info().infoHash().toString());
  }

  /** What the disk lost of a file whose ten pieces the resume data lists. */
  enum Loss {
    /** The file is as it was some time before. */
    OLDER_BYTES(FORCED),
    /** Its size was stored, its bytes were not. */
    ZEROS(0),
    HALF_OF_IT(8),
    ALL_BYTES(0),
    THE_NAME(0);

    private final int left;

    Loss(int left) {
      this.left = left;
    }
  }

  @ParameterizedTest
  @EnumSource
  void resumeDataThatIsNewerThanTheDataIsNotBelieved(Loss loss) throws IOException {
    byte[] older;
    try (DiskFixture disk = fixture()) {
      disk.open();
      writePieces(disk, 0, FORCED);
      disk.checkpoint();
      older = Files.readAllBytes(part());
      writePieces(disk, FORCED, WRITTEN);
    }
    FileTime modified = Files.getLastModifiedTime(part());
    lose(loss, older);
    if (Files.exists(part())) {
      Files.setLastModifiedTime(part(), modified);
    }
    try (DiskFixture disk = fixture()) {
      Bitfield have = disk.open();
      assertEquals(loss.left, have.count());
      disk.writeMissing(have);
      disk.finish();
    }
    assertArrayEquals(torrent.fileBytes(0), Files.readAllBytes(torrent.path(dir, 0)));
  }

  private static void writePieces(DiskFixture disk, int from, int to) {
    for (int piece = from; piece < to; piece++) {
      disk.writePiece(piece);
    }
  }

  private void lose(Loss loss, byte[] older) throws IOException {
    switch (loss) {
      case OLDER_BYTES -> Files.write(part(), older);
      case ZEROS -> Files.write(part(), new byte[1 << 20]);
      case HALF_OF_IT -> Files.write(part(), Arrays.copyOf(Files.readAllBytes(part()), 1 << 19));
      case ALL_BYTES -> Files.write(part(), new byte[0]);
      case THE_NAME -> Files.delete(part());
    }
  }

  /**
   * A checkpoint, then more pieces that are never forced and are lost, in a file that looks just as
   * the resume data says: only the list of forced pieces tells.
   */
  @Test
  void whatWasNotForcedIsNotListed() throws Exception {
    ResumeFile checkpoint;
    try (DiskFixture disk = fixture()) {
      disk.open();
      writePieces(disk, 0, FORCED);
      disk.checkpoint();
      checkpoint = ResumeFile.read(resume(), torrent.info(), 2);
      writePieces(disk, FORCED, WRITTEN);
    }
    assertEquals(FORCED, checkpoint.flushed().count());
    try (FileChannel file = FileChannel.open(part(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate((WRITTEN - FORCED) * PIECE), FORCED * PIECE);
    }
    Stamp[] asItIs = {Stamp.of(part()), null};
    ResumeFile same = new ResumeFile(checkpoint.flushed(), asItIs, List.of());
    Files.write(resume(), same.encode(torrent.info()));
    try (DiskFixture disk = fixture()) {
      Bitfield have = disk.open();
      assertEquals(FORCED, have.count());
      assertTrue(disk.checked() <= (16 - FORCED) * PIECE, "the forced ones are not hashed");
      disk.writeMissing(have);
      disk.finish();
    }
    assertArrayEquals(torrent.fileBytes(0), Files.readAllBytes(torrent.path(dir, 0)));
  }

  /** The rename to its own name was lost, or only half of the new resume data was written. */
  @Test
  void aLostRenameIsDoneAgain() throws IOException {
    try (DiskFixture disk = fixture()) {
      disk.writeMissing(disk.open());
      disk.finish();
    }
    Files.move(torrent.path(dir, 0), part());
    Files.createDirectories(resume().getParent());
    Files.write(resume().resolveSibling(resume().getFileName() + ".tmp"), new byte[] {'d'});
    try (DiskFixture disk = fixture()) {
      assertTrue(disk.open().isFull());
      disk.finish();
    }
    assertArrayEquals(torrent.fileBytes(0), Files.readAllBytes(torrent.path(dir, 0)));
    try (var left = Files.list(dir)) {
      assertEquals(1, left.count(), "no .tsl");
    }
  }
}
