package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.storage.DataVerifier.FileState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataVerifierTest {
  @TempDir private Path dir;

  private final SampleTorrent torrent =
      SampleTorrent.folder("t", 32 * 1024)
          .file("a", 100_000)
          .file("empty", 0)
          .padding(1000)
          .file("b", 50_000)
          .file("c", 10)
          .build();

  @BeforeEach
  void writeAll() throws IOException {
    for (int file : new int[] {0, 1, 3, 4}) {
      torrent.writeFile(dir, file);
    }
  }

  private DataVerifier.Result verify() throws StorageException {
    return DataVerifier.verify(torrent.info(), dir, bytes -> {});
  }

  private void assertStates(FileState... states) throws StorageException {
    assertEquals(
        List.of(states), verify().files().stream().map(DataVerifier.FileResult::state).toList());
  }

  @Test
  void allIsRight() throws IOException {
    List<Path> before = listing();
    AtomicLong progress = new AtomicLong();
    DataVerifier.Result result =
        DataVerifier.verify(
            torrent.info(), dir, bytes -> progress.accumulateAndGet(bytes, Math::max));
    assertTrue(result.isComplete());
    assertTrue(result.good().isFull());
    assertEquals(torrent.info().length(), progress.get());
    assertStates(FileState.OK, FileState.OK, FileState.OK, FileState.OK);
    assertEquals(before, listing(), "nothing is written");
  }

  private List<Path> listing() throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      return all.sorted().toList();
    }
  }

  @Test
  void aWrongByteIsFound() throws IOException {
    byte[] bytes = torrent.fileBytes(0);
    bytes[40_000] ^= 1;
    Files.write(torrent.path(dir, 0), bytes);
    DataVerifier.Result result = verify();
    assertFalse(result.isComplete());
    assertFalse(result.good().get(1));
    assertEquals(result.good().size() - 1, result.good().count());
    assertStates(FileState.BAD, FileState.OK, FileState.OK, FileState.OK);
  }

  @Test
  void aMissingFileIsNamedAndItsNeighboursCannotBeTold() throws IOException {
    Files.delete(torrent.path(dir, 3));
    assertStates(FileState.PARTIAL, FileState.OK, FileState.MISSING, FileState.PARTIAL);
  }

  @Test
  void aMissingEmptyFileIsNamed() throws IOException {
    Files.delete(torrent.path(dir, 1));
    DataVerifier.Result result = verify();
    assertTrue(result.good().isFull());
    assertFalse(result.isComplete());
    assertStates(FileState.OK, FileState.MISSING, FileState.OK, FileState.OK);
  }

  @Test
  void aPartIsPartialAndItsPiecesCount() throws IOException {
    Files.move(torrent.path(dir, 0), torrent.part(dir, 0));
    DataVerifier.Result result = verify();
    assertTrue(result.good().isFull());
    assertFalse(result.isComplete());
    assertStates(FileState.PARTIAL, FileState.OK, FileState.OK, FileState.OK);
  }

  @Test
  void aShortFileIsPartialAndALongOneBad() throws IOException {
    Files.write(torrent.path(dir, 4), new byte[0]);
    Files.write(torrent.path(dir, 0), new byte[1], StandardOpenOption.APPEND);
    DataVerifier.Result result = verify();
    assertFalse(result.isComplete());
    assertEquals(result.good().size() - 1, result.good().count());
    assertStates(FileState.BAD, FileState.OK, FileState.PARTIAL, FileState.PARTIAL);
  }

  @Test
  void anEmptyDirectoryHasNothing() throws IOException {
    DataVerifier.Result result =
        DataVerifier.verify(torrent.info(), dir.resolve("none"), bytes -> {});
    assertTrue(result.good().isEmpty());
    assertTrue(result.files().stream().allMatch(file -> file.state() == FileState.MISSING));
    assertFalse(Files.exists(dir.resolve("none")));
  }

  @Test
  void aFolderInTheWayIsAnError() throws IOException {
    Files.delete(torrent.path(dir, 0));
    Files.createDirectory(torrent.path(dir, 0));
    assertThrows(StorageException.class, this::verify);
  }
}
