package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path dir;

  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("x.torrent");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> names = Files.list(dir)) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    }
  }

  private void assertRefused(String expected, Path path, boolean replace) {
    StorageException refused =
        assertThrows(StorageException.class, () -> AtomicFile.prepare(path, replace));
    assertTrue(refused.getMessage().endsWith(expected), refused.getMessage());
  }

  @Test
  void writesTheFileAndNothingElse() throws IOException {
    AtomicFile.prepare(file, false).write(new byte[] {1, 2});
    assertEquals(List.of("x.torrent"), names());
    assertEquals(2, Files.size(file));
  }

  @Test
  void preparingWritesNothing() throws IOException {
    AtomicFile.prepare(file, true);
    assertEquals(List.of(), names());
  }

  @Test
  void replacesOnlyWhenTold() throws IOException {
    Files.writeString(file, "old");
    assertRefused(": exists already (expected: no such file)", file, false);
    AtomicFile.prepare(file, true).write(new byte[] {1});
    assertEquals(1, Files.size(file));
  }

  @Test
  void aFileThatCameLaterIsNotReplaced() throws IOException {
    AtomicFile prepared = AtomicFile.prepare(file, false);
    Files.writeString(file, "somebody's");
    StorageException refused =
        assertThrows(StorageException.class, () -> prepared.write(new byte[] {1}));
    assertTrue(refused.getMessage().endsWith("already"), refused.getMessage());
    assertEquals("somebody's", Files.readString(file));
    assertEquals(List.of("x.torrent"), names());
  }

  @Test
  void onlyARegularFileIsEverReplaced() throws IOException {
    Files.createDirectory(file);
    assertRefused(": is in the way (expected: no such file, or a regular one)", file, true);
  }

  @Test
  void aLinkIsNotReplaced() throws IOException {
    try {
      Files.createSymbolicLink(file, dir.resolve("target"));
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no symbolic links here: " + e);
    }
    assertRefused(": is in the way (expected: no such file, or a regular one)", file, true);
  }

  @Test
  void itsFolderHasToBeThere() throws IOException {
    assertRefused(": no such file or folder", dir.resolve("none").resolve("x"), false);
    Files.writeString(file, "no folder");
    assertRefused(": is no folder (expected: one for the file)", file.resolve("x"), false);
    assertRefused("(expected: no such file, or a regular one)", dir.getRoot(), false);
  }
}
