package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private static final InfoHash HASH = InfoHash.of(new byte[20]);
  private static final InfoHash OTHER = InfoHash.of("12345678901234567890".getBytes());

  @TempDir private Path dir;

  private static StateDirectory lock(Path dir, InfoHash infoHash) throws StorageException {
    return StateDirectory.lock(dir, infoHash, dir.resolve("name of " + infoHash));
  }

  /** Another tsl: takes the lock, says so, and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      StateDirectory state = lock(Path.of(args[0]), HASH);
      state.writeResume(new byte[] {1});
      System.out.println("locked");
      System.in.read();
      throw new IllegalStateException("killed too late: " + state.resume());
    }
  }

  private Process startHolder() throws IOException {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = holder.inputReader();
    assertEquals("locked", out.readLine());
    return holder;
  }

  @Test
  void anotherProcessIsHeldAwayUntilItsOwnerDies() throws Exception {
    Process holder = startHolder();
    try {
      StorageException e = assertThrows(StorageException.class, () -> lock(dir, HASH));
      assertTrue(e.getMessage().endsWith("another tsl is at work on this torrent here"));
      lock(dir, OTHER).close(true);
    } finally {
      holder.destroyForcibly();
      assertTrue(holder.waitFor(60, TimeUnit.SECONDS));
    }
    StateDirectory state = lock(dir, HASH);
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(state.resume()), "what it left is there");
    state.close(false);
  }

  @Test
  void aSecondLockInTheSameProcessIsRefusedAndHarmless() throws IOException {
    StateDirectory first = lock(dir, HASH);
    assertThrows(StorageException.class, () -> lock(dir, HASH));
    assertThrows(StorageException.class, () -> lock(dir, HASH), "and it stays locked");
    first.close(false);
    lock(dir, HASH).close(false);
  }

  /** Both would write to the same files, each over what the other has verified. */
  @Test
  void anotherTorrentOfTheSameNameIsHeldAwayToo() throws IOException {
    StateDirectory first = StateDirectory.lock(dir, HASH, dir.resolve("Name"));
    StorageException e =
        assertThrows(
            StorageException.class, () -> StateDirectory.lock(dir, OTHER, dir.resolve("name")));
    assertEquals(dir.resolve("name"), e.path());
    assertTrue(e.getMessage().endsWith("another tsl is at work on a torrent of this name here"));
    StateDirectory.lock(dir, OTHER, dir.resolve("another name")).close(false);
    first.close(false);
    StateDirectory.lock(dir, OTHER, dir.resolve("name")).close(false);
  }

  /** Whoever ends last takes the folder away, maybe from under one who begins. */
  @Test
  void runsOnDifferentTorrentsBeginAndEndAsTheyLike() throws Exception {
    ExecutorService others = Executors.newSingleThreadExecutor();
    try {
      Future<?> other = others.submit(() -> beginAndEnd(OTHER));
      beginAndEnd(HASH);
      other.get(60, TimeUnit.SECONDS);
    } finally {
      others.shutdown();
    }
  }

  private Void beginAndEnd(InfoHash infoHash) throws StorageException, IOException {
    for (int i = 0; i < 500; i++) {
      lock(dir, infoHash).close(true);
    }
    return null;
  }

  @Test
  void nothingIsLeftOfAFinishedTorrent() throws IOException {
    StateDirectory state = lock(dir, HASH);
    state.writeResume(new byte[10]);
    Files.write(state.edges(), new byte[5]);
    state.close(true);
    assertFalse(Files.exists(dir.resolve(".tsl")));
  }

  @Test
  void theResumeDataOfAnUnfinishedOneStays() throws IOException {
    StateDirectory state = lock(dir, HASH);
    state.writeResume(new byte[] {1});
    state.writeResume(new byte[] {2});
    state.close(false);
    assertArrayEquals(new byte[] {2}, Files.readAllBytes(state.resume()));
    try (var left = Files.list(dir.resolve(".tsl"))) {
      assertEquals(1, left.count(), "neither lock nor temporary file");
    }
  }

  @Test
  void discardedResumeDataDoesNotComeBack() throws IOException {
    StateDirectory state = lock(dir, HASH);
    state.writeResume(new byte[] {1});
    state.discardResume();
    state.writeResume(new byte[] {2}); // a checkpoint that was under way
    assertFalse(Files.exists(state.resume()));
    state.close(true);
  }

  @Test
  void aCheckpointThatComesTooLateIsNoError() throws IOException {
    StateDirectory state = lock(dir, HASH);
    state.close(true);
    state.writeResume(new byte[] {2});
    assertFalse(Files.exists(dir.resolve(".tsl")));
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Files.write(dir.resolve(".tsl"), new byte[0]);
    StorageException e = assertThrows(StorageException.class, () -> lock(dir, HASH));
    assertEquals(dir.resolve(".tsl"), e.path());
  }
}
