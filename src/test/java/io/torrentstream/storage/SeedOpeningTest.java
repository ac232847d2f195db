package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.storage.StorageOptions.Kind;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aFileThatIsChangedIsReadNoMore(Kind kind) throws IOException {
    try (DiskFixture disk = fixture(kind)) {
      disk.openReadOnly();
      Files.write(torrent.path(dir, 0), new byte[LARGE]);
      disk.startReading(List.of(new Block(0, 0, 10)), 0, bytes -> {});
      StorageException error = disk.awaitError();
      assertTrue(error.getMessage().contains("was changed after it had been checked"));
    }
  }
}
