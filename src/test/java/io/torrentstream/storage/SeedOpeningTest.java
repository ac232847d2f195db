package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.storage.StorageOptions.Kind;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Data that is only read: what counts as there, and that nothing changes. */
class SeedOpeningTest {
  private static final int PIECE = 32 * 1024;
  private static final int LARGE = 3 << 20; // large enough to be mapped

  @TempDir private Path dir;

  private final SampleTorrent torrent =
      SampleTorrent.folder("t", PIECE)
          .file("large", LARGE)
          .file("empty", 0)
          .file("b", 50_000)
          .padding(2 * PIECE - 50_000)
          .file("c", 10)
          .build();

  @BeforeEach
  void writeAll() throws IOException {
    for (int file : new int[] {0, 1, 2, 4}) {
      torrent.writeFile(dir, file);
    }
  }

  private DiskFixture fixture(Kind kind) {
    return new DiskFixture(torrent, new StorageOptions(dir, kind, false, false, false));
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      List<String> found = new ArrayList<>();
      for (Path path : all.sorted().toList()) {
        found.add(path + " " + Files.getLastModifiedTime(path));
      }
      return found;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everythingCanBeReadAndNothingChanges(Kind kind) throws IOException {
    List<String> before = listing();
    try (DiskFixture disk = fixture(kind)) {
      assertTrue(disk.openReadOnly().isFull());
      assertEquals(dir.resolve("t"), disk.finish());
      for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
        int length = torrent.layout().pieceLength(piece);
        assertArrayEquals(torrent.bytes(piece, 0, length), disk.read(new Block(piece, 0, length)));
      }
      assertEquals(before, listing());
    }
    assertEquals(before, listing());
  }

  @Test
  void aRunThatDownloadsIsNotInTheWay() throws IOException {
    try (DiskFixture disk = fixture(Kind.MMAP);
        DiskFixture other = fixture(Kind.MMAP)) {
      disk.open();
      assertTrue(other.openReadOnly().isFull());
    }
  }

  @Test
  void onlyRightPiecesOfFilesOfTheRightSizeCount() throws IOException {
    byte[] large = torrent.fileBytes(0);
    large[PIECE] ^= 1;
    Files.write(torrent.path(dir, 0), large);
    Files.write(torrent.path(dir, 2), new byte[1], StandardOpenOption.APPEND);
    Files.move(torrent.path(dir, 4), torrent.part(dir, 4));
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      Bitfield have = disk.openReadOnly();
      int pieces = LARGE / PIECE;
      assertFalse(have.get(1));
      assertEquals(pieces - 1, have.count(), have::toString);
      assertEquals(
          List.of("bad: t/large", "bad: t/b: 50001 bytes (expected: 50000)", "partial: t/c"),
          disk.warnings());
    }
  }

  @Test
  void aMissingFileIsNamedAndAnEmptyOneNotNeeded() throws IOException {
    Files.delete(torrent.path(dir, 1));
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      assertTrue(disk.openReadOnly().isFull());
      assertEquals(List.of("missing: t/empty"), disk.warnings());
    }
  }

  @Test
  void ofManyWrongFilesAFewAreNamed() throws IOException {
    SampleTorrent many = SampleTorrent.folder("many", PIECE);
    for (int file = 0; file < 25; file++) {
      many.file("f" + file, 10);
    }
    try (DiskFixture disk =
        new DiskFixture(many.build(), new StorageOptions(dir, Kind.MMAP, false, false, false))) {
      disk.openReadOnly();
      List<String> warnings = disk.warnings();
      assertEquals(21, warnings.size());
      assertEquals("missing: many/f19", warnings.get(19));
      assertEquals("and 5 more of the 25 files of many", warnings.get(20));
    }
  }

  // --- resume data of a download that is not complete

  /** Downloads the large file alone, and leaves resume data. */
  private void downloadLargeFile() throws IOException {
    for (int file : new int[] {0, 1, 2, 4}) {
      Files.delete(torrent.path(dir, file));
    }
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      disk.open();
      for (int piece = 0; piece < LARGE / PIECE; piece++) {
        disk.writePiece(piece);
      }
    }
    assertTrue(Files.exists(torrent.path(dir, 0)));
  }

  @Test
  void whatResumeDataVouchesForIsNotHashed() throws IOException {
    downloadLargeFile();
    List<String> before = listing();
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      assertEquals(LARGE / PIECE, disk.openReadOnly().count());
      assertEquals(0, disk.checked());
      assertArrayEquals(torrent.bytes(3, 0, 10), disk.read(new Block(3, 0, 10)));
    }
    assertEquals(before, listing());
    StorageOptions distrust = new StorageOptions(dir, Kind.MMAP, false, false, true);
    try (DiskFixture disk = new DiskFixture(torrent, distrust)) {
      assertEquals(LARGE / PIECE, disk.openReadOnly().count());
      assertEquals(LARGE, disk.checked());
    }
  }

  @Test
  void aFileThatLooksDifferentNowIsHashed() throws IOException {
    downloadLargeFile();
    flipByte(5);
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      Bitfield have = disk.openReadOnly();
      assertEquals(LARGE / PIECE - 1, have.count());
      assertFalse(have.get(5));
      assertEquals(LARGE, disk.checked());
    }
  }

  @Test
  void damagedResumeDataIsLeftWhereItIsAndNotUsed() throws IOException {
    downloadLargeFile();
    Path resume = StateDirectory.resume(dir, torrent.info().infoHash().toString());
    Files.write(resume, new byte[] {'d'});
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      assertEquals(LARGE / PIECE, disk.openReadOnly().count());
      assertEquals(LARGE, disk.checked());
      String warning = disk.warnings().get(0);
      assertTrue(warning.startsWith("resume data not used, all is checked: "), warning);
    }
    assertArrayEquals(new byte[] {'d'}, Files.readAllBytes(resume));
  }

  // --- files that change while they are read

  private void flipByte(int piece) throws IOException {
    byte[] wrong = {(byte) (torrent.bytes(piece, 100, 1)[0] ^ 1)};
    try (FileChannel large = FileChannel.open(torrent.path(dir, 0), StandardOpenOption.WRITE)) {
      large.write(ByteBuffer.wrap(wrong), (long) piece * PIECE + 100);
    }
  }

  /** Not even at once after the piece was read, when nobody would look again so soon. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void noWrongByteIsHandedOut(Kind kind) throws IOException {
    try (DiskFixture disk = fixture(kind)) {
      disk.openReadOnly();
      assertArrayEquals(torrent.bytes(5, 0, 200), disk.read(new Block(5, 0, 200)));
      flipByte(5);
      List<byte[]> handedOut = new ArrayList<>();
      disk.startReading(List.of(new Block(5, 0, 200)), 0, handedOut::add);
      StorageException error = disk.awaitError();
      assertEquals(
          torrent.path(dir, 0) + ": was changed after it had been checked: piece 5",
          error.getMessage());
      assertEquals(List.of(), handedOut);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFileThatOnlyLooksDifferentGoesOnBeingRead(Kind kind) throws IOException {
    try (DiskFixture disk = fixture(kind)) {
      disk.openReadOnly();
      for (int round = 0; round < 3; round++) {
        for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
          assertArrayEquals(torrent.bytes(piece, 0, 10), disk.read(new Block(piece, 0, 10)));
        }
        Files.setLastModifiedTime(torrent.path(dir, 0), FileTime.fromMillis(round * 1000L));
        Files.setLastModifiedTime(torrent.path(dir, 2), FileTime.fromMillis(round * 1000L));
      }
    }
  }

  /** What other programs do to a file, and what is said of it. */
  enum Meddling {
    DELETE("no such file or folder"),
    CUT("its size was changed to 1000 "),
    REPLACE("was replaced by another file meanwhile");

    private final String told;

    Meddling(String told) {
      this.told = told;
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisabledOnOs(OS.WINDOWS) // where a mapped file cannot be cut or deleted
  void aFileThatIsGoneOrAnotherIsReadNoMore(Meddling how) throws IOException {
    Path large = torrent.path(dir, 0);
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      disk.openReadOnly();
      disk.read(new Block(0, 0, 10));
      switch (how) {
        case DELETE -> Files.delete(large);
        case CUT -> Files.write(large, new byte[1000]);
        case REPLACE -> {
          Path copy = Files.copy(large, dir.resolve("copy"));
          Files.move(copy, large, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      disk.startReading(List.of(new Block(0, 0, 10)), 0, bytes -> {});
      StorageException error = disk.awaitError();
      assertTrue(error.getMessage().startsWith(large + ": " + how.told), error.getMessage());
    }
  }

  // --- symbolic links

  /** As {@code create --follow-symlinks} takes them: the user made them, and they are only read. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisabledOnOs(OS.WINDOWS) // where making one needs a privilege
  void aFileMayBeALink(Kind kind) throws IOException {
    Path elsewhere = Files.createDirectory(dir.resolve("elsewhere")).resolve("data");
    Files.move(torrent.path(dir, 0), elsewhere);
    Files.createSymbolicLink(torrent.path(dir, 0), elsewhere);
    try (DiskFixture disk = fixture(kind)) {
      assertTrue(disk.openReadOnly().isFull());
      assertArrayEquals(torrent.bytes(7, 0, 100), disk.read(new Block(7, 0, 100)));
      flipByte(7);
      disk.startReading(List.of(new Block(7, 0, 200)), 0, bytes -> {});
      assertTrue(disk.awaitError().getMessage().contains("was changed after it had been checked"));
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aLinkThatLeadsElsewhereNowIsReadNoMore() throws IOException {
    Path data = dir.resolve("data");
    Files.move(torrent.path(dir, 0), data);
    Files.createSymbolicLink(torrent.path(dir, 0), data);
    Path secret = Files.write(dir.resolve("secret"), new byte[LARGE]);
    try (DiskFixture disk = fixture(Kind.MMAP)) {
      disk.openReadOnly();
      Files.delete(torrent.path(dir, 0));
      Files.createSymbolicLink(torrent.path(dir, 0), secret);
      disk.startReading(List.of(new Block(7, 0, 200)), 0, bytes -> {});
      assertTrue(disk.awaitError().getMessage().endsWith("was replaced by another file meanwhile"));
    }
  }
}
