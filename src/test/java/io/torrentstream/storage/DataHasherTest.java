package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataHasherTest {
  private static final int KIB = 1024;

  @TempDir Path dir;

  private final List<Path> files = new ArrayList<>();
  private final ByteArrayOutputStream all = new ByteArrayOutputStream();
  private final Random random = new Random(3);

  private void addFile(int length) throws IOException {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    all.writeBytes(bytes);
    files.add(Files.write(dir.resolve("file-" + files.size()), bytes));
  }

  private PieceLayout layout(int pieceLength) throws IOException {
    long[] lengths = new long[files.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = Files.size(files.get(i));
    }
    return new PieceLayout(pieceLength, lengths);
  }

  private byte[] expected(int pieceLength) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    byte[] bytes = all.toByteArray();
    for (int from = 0; from < bytes.length; from += pieceLength) {
      int to = Math.min(bytes.length, from + pieceLength);
      hashes.writeBytes(Digests.sha1().digest(Arrays.copyOfRange(bytes, from, to)));
    }
    return hashes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 16 * KIB, 100_000, 256 * KIB, 4096 * KIB})
  void hashesPiecesAcrossFiles(int pieceLength) throws IOException {
    for (int length : new int[] {0, 1, 70_000, 0, 0, 200_000, 3, 655_360, 0}) {
      addFile(length);
    }
    assertArrayEquals(
        expected(pieceLength), DataHasher.hash(files, layout(pieceLength), false, hashed -> {}));
  }

  @Test
  void nothingHasNoPieces() throws IOException {
    addFile(0);
    assertEquals(0, DataHasher.hash(files, layout(16 * KIB), false, hashed -> {}).length);
  }

  @Test
  void progressEndsWithAllBytes() throws IOException {
    addFile(100_000);
    Set<Long> told = ConcurrentHashMap.newKeySet();
    DataHasher.hash(files, layout(16 * KIB), false, told::add);
    told.remove(0L); // of a second in which no piece was done
    assertEquals(7, told.size());
    assertEquals(100_000, Collections.max(told));
  }

  @Test
  void progressCanEndIt() throws IOException {
    addFile(100_000);
    PieceLayout layout = layout(16 * KIB);
    CancellationException enough = new CancellationException();
    CancellationException thrown =
        assertThrows(
            CancellationException.class,
            () ->
                DataHasher.hash(
                    files,
                    layout,
                    false,
                    hashed -> {
                      throw enough;
                    }));
    assertSame(enough, thrown);
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void progressCanEndItWhenTheDiskDoesNotAnswer() throws IOException {
    addFile(100_000);
    PieceLayout layout = layout(16 * KIB);
    Thread waiting = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    assertThrows(
        CancellationException.class,
        () ->
            DataHasher.hash(
                files,
                layout,
                false,
                hashed -> {
                  if (Thread.currentThread() == waiting) {
                    throw new CancellationException();
                  }
                  await(ended);
                }));
    ended.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Does something to a file once, when the first piece has been hashed. */
  private StorageException failureWhen(FileAction action) throws IOException {
    addFile(50_000);
    addFile(50_000);
    PieceLayout layout = layout(16 * KIB);
    AtomicBoolean done = new AtomicBoolean();
    return assertThrows(
        StorageException.class,
        () ->
            DataHasher.hash(
                files,
                layout,
                false,
                hashed -> {
                  if (done.compareAndSet(false, true)) {
                    action.run(files.get(0));
                  }
                }));
  }

  private interface FileAction {
    void on(Path file) throws IOException;

    default void run(Path file) {
      try {
        on(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void assertMessage(String expected, StorageException failure) {
    assertEquals(files.get(0) + ": " + expected, failure.getMessage());
    assertEquals(StorageException.Kind.IO, failure.kind());
  }

  @Test
  void aFileThatGrowsIsAnError() throws IOException {
    assertMessage(
        "changed while it was hashed (expected: a file that stays as it is)",
        failureWhen(file -> Files.write(file, new byte[1], StandardOpenOption.APPEND)));
  }

  @Test
  void aFileThatIsCutIsAnError() throws IOException {
    assertMessage(
        "changed while it was hashed (expected: a file that stays as it is)",
        failureWhen(file -> Files.write(file, new byte[7])));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // nobody replaces or removes a file that is open there
  void aFileThatVanishesIsAnError() throws IOException {
    assertMessage(
        "vanished while it was hashed (expected: a file that stays as it is)",
        failureWhen(Files::delete));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // nobody replaces or removes a file that is open there
  void aFileThatIsReplacedIsAnError() throws IOException {
    Path other = Files.write(dir.resolve("other"), new byte[50_000]);
    assertMessage(
        "changed while it was hashed (expected: a file that stays as it is)",
        failureWhen(file -> Files.move(other, file, StandardCopyOption.REPLACE_EXISTING)));
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @EnabledOnOs(OS.LINUX) // which has mkfifo
  void aFileThatBecomesAPipeIsNotWaitedFor() throws IOException {
    addFile(4096 * KIB); // pieces enough that no thread comes to the next file before it is a pipe
    addFile(50_000);
    PieceLayout layout = layout(16 * KIB);
    AtomicBoolean done = new AtomicBoolean();
    StorageException failure =
        assertThrows(
            StorageException.class,
            () ->
                DataHasher.hash(
                    files,
                    layout,
                    false,
                    hashed -> {
                      synchronized (done) {
                        if (done.compareAndSet(false, true)) {
                          becomePipe(files.get(1));
                        }
                      }
                    }));
    assertEquals(
        files.get(1) + ": vanished while it was hashed (expected: a file that stays as it is)",
        failure.getMessage());
  }

  private static void becomePipe(Path file) {
    try {
      Files.delete(file);
      Process mkfifo = new ProcessBuilder("mkfifo", file.toString()).inheritIO().start();
      assertEquals(0, mkfifo.onExit().join().exitValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatChangedSinceItWasFoundIsAnError() throws IOException {
    addFile(5);
    PieceLayout layout = layout(16 * KIB);
    Files.write(files.get(0), new byte[6]);
    StorageException failure =
        assertThrows(
            StorageException.class, () -> DataHasher.hash(files, layout, false, hashed -> {}));
    assertTrue(failure.getMessage().contains("changed while"), failure.getMessage());
  }

  @Test
  void aLinkIsReadOnlyWhenLinksAreFollowed() throws IOException {
    addFile(20_000);
    Path link = dir.resolve("link");
    try {
      Files.createSymbolicLink(link, files.get(0));
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no symbolic links here: " + e);
    }
    PieceLayout layout = layout(16 * KIB);
    assertArrayEquals(
        expected(16 * KIB), DataHasher.hash(List.of(link), layout, true, hashed -> {}));
    assertThrows(
        StorageException.class, () -> DataHasher.hash(List.of(link), layout, false, hashed -> {}));
  }
}
