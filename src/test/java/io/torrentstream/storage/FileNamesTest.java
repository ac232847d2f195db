package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.TorrentInfo;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
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
