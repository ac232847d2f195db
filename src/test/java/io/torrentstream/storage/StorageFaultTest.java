package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.storage.StorageException.Kind;
import io.torrentstream.util.Bitfield;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens behind a download's back: never a success, never a hang, never a lost file. */
class StorageFaultTest {
  @TempDir private Path base;

  private final SampleTorrent torrent = SampleTorrent.single("x", 64 * 1024, 2 << 20);

  private Path dir() throws IOException {
    return Files.createDirectories(base.resolve("dir"));
  }

  private StorageOptions options(StorageOptions.Kind kind) throws IOException {
    return new StorageOptions(dir(), kind, false, false, false);
  }

  private StorageException openFails(SampleTorrent sample) throws IOException {
    try (DiskFixture disk = new DiskFixture(sample, options(StorageOptions.Kind.MMAP))) {
      return assertThrows(StorageException.class, disk::open);
    }
  }

  private static void needsUnix() {
    Assumptions.assumeTrue(File.separatorChar == '/', "needs a POSIX file system");
  }

  /** What other programs do to a file that is being downloaded. */
  enum Meddling {
    DELETE,
    CUT,
    LENGTHEN,
    REPLACE
  }

  private void meddle(Path path, Meddling how) throws IOException {
    switch (how) {
      case DELETE -> Files.delete(path);
      case CUT -> {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.truncate(100_000);
        }
      }
      case LENGTHEN -> Files.write(path, new byte[10], StandardOpenOption.APPEND);
      case REPLACE -> {
        Path other = path.resolveSibling("other");
        Files.copy(path, other);
        Files.delete(path);
        Files.move(other, path);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Meddling.class)
  void aPartThatSomebodyChangedIsNeverComplete(Meddling how) throws IOException {
    needsUnix(); // elsewhere a mapped file cannot be cut or deleted
    for (StorageOptions.Kind kind : StorageOptions.Kind.values()) {
      Path dir = base.resolve(kind.name());
      StorageOptions options = new StorageOptions(dir, kind, false, false, false);
      try (DiskFixture disk = new DiskFixture(torrent, options)) {
        disk.open();
        for (int p = 0; p < 31; p++) {
          disk.writePiece(p);
        }
        meddle(torrent.part(dir, 0), how);
        disk.writePiece(31, disk.blocks(31));
        StorageException e = disk.awaitError();
        assertEquals(Kind.IO, e.kind());
        assertTrue(e.getMessage().contains(torrent.part(dir, 0).toString()), e.getMessage());
      }
      assertFalse(Files.exists(torrent.path(dir, 0)), kind + " must not complete");
      assertTheNextRunEndsRight(options);
    }
  }

  /** Whatever happened: what the last run has left behind must not be believed too much. */
  private void assertTheNextRunEndsRight(StorageOptions options) throws IOException {
    try (DiskFixture disk = new DiskFixture(torrent, options)) {
      disk.writeMissing(disk.open());
      disk.finish();
    }
    assertArrayEquals(
        torrent.fileBytes(0), Files.readAllBytes(torrent.path(options.dir(), 0)), "next run");
  }

  @ParameterizedTest
  @EnumSource(Meddling.class)
  void aCompleteFileThatSomebodyChangedIsNoSuccess(Meddling how) throws IOException {
    needsUnix();
    try (DiskFixture disk = new DiskFixture(torrent, options(StorageOptions.Kind.MMAP))) {
      disk.writeMissing(disk.open());
      while (disk.completedFiles().isEmpty()) {
        disk.checkpoint(); // comes back from the lanes
      }
      disk.checkpoint();
      meddle(torrent.path(dir(), 0), how);
      StorageException e = assertThrows(StorageException.class, disk::finish);
      assertEquals(Kind.IO, e.kind());
      assertEquals(e, disk.awaitError());
    }
    Path resume = dir().resolve(".tsl").resolve(torrent.info().infoHash() + ".resume");
    assertTrue(Files.exists(resume), "what was good is not hashed again");
  }

  /** Its bytes were read from the one before. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFileReplacedWhileItIsHashedIsNotTaken(boolean part) throws Exception {
    needsUnix();
    torrent.writeFile(dir(), 0);
    Path path = part ? torrent.part(dir(), 0) : torrent.path(dir(), 0);
    Files.move(torrent.path(dir(), 0), path);
    AtomicBoolean once = new AtomicBoolean();
    Opening.Monitor replacing =
        new Opening.Monitor() {
          @Override
          public void onChecked(long bytes) {
            if (once.compareAndSet(false, true)) {
              try {
                Path other = path.resolveSibling("other");
                Files.write(other, new byte[2 << 20]);
                Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }

          @Override
          public void onFileCompleted(Path completed) {}

          @Override
          public void onWarning(String oneLine) {}
        };
    OpenTorrent.Request request =
        new OpenTorrent.Request(
            torrent.info(), torrent.allPieces(), null, options(StorageOptions.Kind.MMAP));
    try (DiskLanes lanes = new DiskLanes(1)) {
      Exception e =
          assertThrows(
              ExecutionException.class,
              () -> OpenTorrent.open(request, lanes, replacing).get(60, TimeUnit.SECONDS));
      assertEquals(path + ": was replaced by another file meanwhile", e.getCause().getMessage());
    }
  }

  /** All pieces but one are there, and the file is cut between two writes of that piece. */
  @ParameterizedTest
  @EnumSource(StorageOptions.Kind.class)
  void aFileCutInMidPieceIsAnErrorAndNoCrash(StorageOptions.Kind kind) throws IOException {
    needsUnix();
    try (DiskFixture disk = new DiskFixture(torrent, options(kind))) {
      disk.open();
      disk.writeBlock(20, 0);
      disk.writeBlock(20, 1);
      disk.writePiece(0);
      meddle(torrent.part(dir(), 0), Meddling.CUT);
      disk.writeBlock(20, 2);
      disk.writeBlock(20, 3);
      StorageException e = disk.awaitError();
      assertEquals(Kind.IO, e.kind());
      assertTrue(e.getMessage().contains("its size was changed to 100000"), e.getMessage());
    }
    try (DiskFixture disk = new DiskFixture(torrent, options(kind))) {
      Bitfield have = disk.open();
      assertTrue(have.get(0));
      assertFalse(have.get(20));
      disk.writeMissing(have);
      disk.finish();
    }
    assertArrayEquals(torrent.fileBytes(0), Files.readAllBytes(torrent.path(dir(), 0)));
  }

  @Test
  void aFolderInTheWayIsNamed() throws IOException {
    Files.createDirectory(torrent.path(dir(), 0));
    assertEquals(torrent.path(dir(), 0), openFails(torrent).path());
    Files.delete(torrent.path(dir(), 0));
    Files.createDirectory(torrent.part(dir(), 0));
    assertEquals(torrent.part(dir(), 0), openFails(torrent).path());
  }

  @Test
  void aFileInTheWayOfAFolderIsNamed() throws IOException {
    SampleTorrent folder = SampleTorrent.folder("t", 1000).file("a/b", 10).build();
    Files.createDirectory(dir().resolve("t"));
    Files.write(dir().resolve("t").resolve("a"), new byte[1]);
    assertEquals(dir().resolve("t").resolve("a"), openFails(folder).path());
    assertEquals(1, Files.size(dir().resolve("t").resolve("a")));
  }

  @Test
  void aFileAsTheDownloadDirectoryIsNamed() throws IOException {
    Files.write(base.resolve("file"), new byte[1]);
    StorageOptions options = StorageOptions.in(base.resolve("file"));
    try (DiskFixture disk = new DiskFixture(torrent, options)) {
      StorageException e = assertThrows(StorageException.class, disk::open);
      assertEquals(base.resolve("file"), e.path());
    }
  }

  /** Opening one would wait for somebody at its other end for ever. */
  @Test
  void aFifoIsAnErrorAndNoHang() throws Exception {
    needsUnix();
    for (Path path : new Path[] {torrent.path(dir(), 0), torrent.part(dir(), 0)}) {
      Process mkfifo = new ProcessBuilder("mkfifo", path.toString()).inheritIO().start();
      Assumptions.assumeTrue(mkfifo.waitFor() == 0, "no mkfifo");
      assertEquals(path, openFails(torrent).path());
      Files.delete(path);
    }
  }

  @Test
  void noDataFileIsOpenedThroughALink() throws IOException {
    needsUnix();
    Path outside = Files.write(base.resolve("outside"), new byte[] {1});
    for (Path path : new Path[] {torrent.path(dir(), 0), torrent.part(dir(), 0)}) {
      Files.createSymbolicLink(path, outside);
      assertEquals(path, openFails(torrent).path());
      Files.delete(path);
    }
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(outside));
  }

  @Test
  void aLinkedFolderIsFollowedInsideAndRefusedOutside() throws IOException {
    needsUnix();
    SampleTorrent folder = SampleTorrent.folder("t", 1000).file("a/b/c", 10).build();
    Path outside = Files.createDirectory(base.resolve("outside"));
    Files.createSymbolicLink(dir().resolve("t"), outside);
    StorageException e = openFails(folder);
    assertEquals(Kind.PERMISSION, e.kind());
    try (var files = Files.list(outside)) {
      assertEquals(0, files.count(), "not even a folder is made there");
    }
    Files.delete(dir().resolve("t"));
    Files.createDirectory(dir().resolve("elsewhere"));
    Files.createSymbolicLink(dir().resolve("t"), Path.of("elsewhere"));
    try (DiskFixture disk = new DiskFixture(folder, options(StorageOptions.Kind.MMAP))) {
      disk.writeMissing(disk.open());
      disk.finish();
    }
    Path file = dir().resolve("elsewhere").resolve("a").resolve("b").resolve("c");
    assertArrayEquals(folder.fileBytes(0), Files.readAllBytes(file));
  }

  @Test
  void ourOwnFolderIsNeverALink() throws IOException {
    needsUnix();
    Files.createSymbolicLink(dir().resolve(".tsl"), Files.createDirectory(base.resolve("o")));
    assertEquals(dir().resolve(".tsl"), openFails(torrent).path());
  }

  @Test
  void aFolderThatCannotBeWrittenIsAQuestionOfPermission() throws Exception {
    needsUnix();
    Path readOnly = Files.createDirectory(dir().resolve("ro"));
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
    Assumptions.assumeFalse(Files.isWritable(readOnly), "root may write everywhere");
    try (DiskFixture disk = new DiskFixture(torrent, StorageOptions.in(readOnly))) {
      assertEquals(Kind.PERMISSION, assertThrows(StorageException.class, disk::open).kind());
    }
  }

  @Test
  void theFileThatCannotBeReadIsNamedAndNotAnother() {
    Path asked = Path.of("dir", "x.part");
    IOException denied = new AccessDeniedException(Path.of("dir", "x").toString());

    StorageException e = StorageException.of(asked, denied);

    assertEquals(Path.of("dir", "x"), e.path());
    assertEquals(Path.of("dir", "x") + ": permission denied", e.getMessage());
  }

  /** The disk has room, this user has none: numbers of the disk would only confuse. */
  @Test
  void aQuotaThatIsUsedUpIsToldAsSuch() throws IOException {
    IOException quota = new FileSystemException("x", null, "Disk quota exceeded");

    StorageException e = StorageException.of(Path.of("x"), quota);

    assertEquals(Kind.DISK_FULL, e.kind());
    assertEquals("x: Disk quota exceeded", e.getMessage());
    assertSame(e, DiskSpace.explain(e, dir(), 1000));
  }

  /** Longer than the 4,096 bytes that Linux takes, or the 1,024 of macOS, in names of 255. */
  @Test
  void aPathThatIsTooLongForTheSystemIsNamed() throws IOException {
    needsUnix();
    String deep = "n".repeat(200) + "/";
    SampleTorrent folder = SampleTorrent.folder("t", 1000).file(deep.repeat(30) + "x", 10).build();
    StorageException e = openFails(folder);
    assertEquals(Kind.IO, e.kind());
    assertTrue(e.getMessage().endsWith(": File name too long"), e.getMessage());
    assertTrue(e.getMessage().length() < 1100, "one line of bearable length");
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedBeforeAByteIsFetched() throws IOException {
    SampleTorrent huge = SampleTorrent.single("huge", 1 << 20, 1 << 20);
    long free = dir().toFile().getUsableSpace();
    long more = Long.MAX_VALUE - 1;
    StorageException e = assertThrows(StorageException.class, () -> DiskSpace.require(dir(), more));
    assertEquals(Kind.DISK_FULL, e.kind());
    assertTrue(e.getMessage().contains(more + " bytes needed, "), e.getMessage());
    DiskSpace.require(dir(), Math.min(free / 2, huge.info().length()));
  }
}
