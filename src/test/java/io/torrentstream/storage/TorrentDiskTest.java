package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.storage.StorageOptions.Kind;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole downloads through {@link TorrentDisk}. */
class TorrentDiskTest {
  @TempDir private Path dir;

  /** Files below and above the size from which they are mapped, empty ones, a pad file. */
  static SampleTorrent mixed() {
    return SampleTorrent.folder("mixed", 64 * 1024)
        .file("a/small", 1000)
        .file("a/empty", 0)
        .file("large", 3 * 1024 * 1024 + 17)
        .padding(5000)
        .file("b/c/tiny", 1)
        .file("last", 200_000)
        .build();
  }

  private StorageOptions options(Kind kind) {
    return new StorageOptions(dir, kind, false, false, false);
  }

  private void assertContent(SampleTorrent torrent) throws IOException {
    for (var file : torrent.info().files()) {
      Path path = torrent.path(dir, file.index());
      if (file.padding()) {
        assertFalse(Files.exists(path), "a pad file is never written");
      } else {
        assertArrayEquals(torrent.fileBytes(file.index()), Files.readAllBytes(path));
      }
    }
  }

  private List<String> listing() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      return all.filter(Files::isRegularFile)
          .map(path -> dir.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void downloadsEverything(Kind kind) throws IOException {
    SampleTorrent torrent = mixed();
    try (DiskFixture disk = new DiskFixture(torrent, options(kind))) {
      Bitfield have = disk.open();
      assertTrue(have.isEmpty());
      disk.writeMissing(have);
      assertEquals(dir.resolve("mixed"), disk.finish());
      assertNull(disk.error());
      assertEquals(0, disk.disk().queuedBytes());
      assertArrayEquals(torrent.bytes(3, 16384, 16384), disk.read(new Block(3, 16384, 16384)));
    }
    assertContent(torrent);
    assertFalse(Files.exists(dir.resolve(".tsl")), "nothing is left over");
    assertEquals(
        List.of("mixed/a/empty", "mixed/a/small", "mixed/b/c/tiny", "mixed/large", "mixed/last"),
        listing());
  }
}
