package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.TorrentInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  private final Path dir = Path.of("some", "dir");

  private static TorrentInfo withPath(List<String> path, boolean padding) {
    TorrentInfo info = SampleTorrent.folder("t", 100).file("a", 1).build().info();
    return new TorrentInfo(
        info.infoHash(),
        "t",
        true,
        info.layout(),
        List.of(new FileEntry(0, path, 1, 0, padding)),
        info.pieceHashes(),
        false,
        info.raw());
  }

  @Test
  void anUnfinishedFileIsCalledPart() throws StorageException {
    FileNames names =
        new FileNames(SampleTorrent.folder("t", 9).file("a/b", 1).build().info(), dir);
    assertEquals(dir.resolve("t").resolve("a").resolve("b"), names.name(0));
    assertEquals(dir.resolve("t").resolve("a").resolve("b.part"), names.part(0));
    assertEquals(dir.resolve("t"), names.top());
    assertEquals(
        dir.resolve("x"), new FileNames(SampleTorrent.single("x", 9, 9).info(), dir).top());
  }

  /** The metainfo reader lets none of these pass; storage does not rely on that. */
  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "/etc", "a/b", "../x", "/", "a/", ".tsl", ".TSL", "nul\0"})
  void whatLeavesTheDirectoryIsRefused(String name) {
    assertThrows(
        StorageException.class, () -> new FileNames(withPath(List.of(name, "x"), false), dir));
  }

  @Test
  void everyPartOfAPathIsLookedAt() {
    assertThrows(
        StorageException.class,
        () -> new FileNames(withPath(List.of("t", "a", "..", "x"), false), dir));
    assertThrows(StorageException.class, () -> new FileNames(withPath(List.of(), false), dir));
  }

  private static SampleTorrent renamed() {
    return SampleTorrent.folder("t", 100)
        .file("README", 10)
        .file("readme.1", 20)
        .originally(1, "readme")
        .file("a_b", 30)
        .originally(2, "sub", "a\\b")
        .file("out", 40)
        .originally(3, "..", "out")
        .build();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void dataThatIsThereMayHaveTheTorrentsOwnNames(@TempDir Path there) throws IOException {
    SampleTorrent torrent = renamed();
    Files.createDirectories(there.resolve("t/sub"));
    Files.write(there.resolve("t/README"), torrent.fileBytes(0));
    Files.write(there.resolve("t/readme"), torrent.fileBytes(1));
    Files.write(there.resolve("t/sub/a\\b"), torrent.fileBytes(2));
    Files.write(there.resolve("out"), torrent.fileBytes(3)); // to where no name leads

    FileNames names = FileNames.ofExisting(torrent.info(), there);
    assertEquals(there.resolve("t/README"), names.name(0));
    assertEquals(there.resolve("t/readme"), names.name(1));
    assertEquals(there.resolve("t/sub/a\\b"), names.name(2));
    assertEquals(there.resolve("t/out"), names.name(3));
    assertEquals(there.resolve("t/readme.1.part"), names.part(1), "where a download puts it");

    Files.write(there.resolve("t/readme.1"), torrent.fileBytes(1));
    assertEquals(
        there.resolve("t/readme.1"),
        FileNames.ofExisting(torrent.info(), there).name(1),
        "as tsl itself has downloaded it");
    assertEquals(there.resolve("t/a_b"), new FileNames(torrent.info(), there).name(2));
  }

  @Test
  void padFilesAreNeverWrittenWhateverTheirName() throws StorageException {
    assertEquals(dir.resolve("t"), new FileNames(withPath(List.of(".."), true), dir).top());
  }

  @Test
  void ourFolderIsOursOnlyAtTheTop() throws StorageException {
    assertEquals(
        dir.resolve("t").resolve(".tsl"),
        new FileNames(withPath(List.of("t", ".tsl"), false), dir).name(0));
  }
}
