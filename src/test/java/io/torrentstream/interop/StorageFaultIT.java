package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.interop.TestContent.Shape;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong with disks and files under the program as users run it. */
@ExtendWith(Workspace.Provider.class)
@EnabledOnOs(OS.LINUX)
class StorageFaultIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** A user with a full disk is not to wait. */
  private static final Duration SECONDS = Duration.ofSeconds(10);

  /** 16 MiB take 4 s: time to act while data flows. */
  private static final String SLOWLY = Integer.toString(4 << 20);

  /** 16 MiB take longer than any start of another program. */
  private static final String CRAWLING = Integer.toString(512 << 10);

  private static final int STORAGE = 5;

  private final Workspace workspace;
  private TestContent content;
  private Path dir;

  StorageFaultIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void prepare() throws Exception {
    content = workspace.content(Shape.SINGLE_FILE, 16);
    dir = workspace.newFolder("download");
  }

  private LibtorrentPeer seed(String... options) throws Exception {
    return LibtorrentPeer.start(content, content.folder(), workspace, options);
  }

  private TslProcess download(LibtorrentPeer seed, Path into) throws Exception {
    return TslProcess.download(workspace, content, into, "--no-trackers", "--peer", seed.address());
  }

  /** The same under a limit of the shell. */
  private TslProcess downloadUnder(String ulimit, LibtorrentPeer seed) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", ulimit + " && exec \"$@\"", "sh"));
    command.addAll(
        TslProcess.command(
            "download",
            content.torrent().toString(),
            "-d",
            dir.toString(),
            "--bind=127.0.0.1",
            "--port=0",
            "--no-trackers",
            "--peer",
            seed.address()));
    return TslProcess.start(workspace, command);
  }

  private void assertStorageError(TslProcess tsl, String problem) throws Exception {
    tsl.assertExit(STORAGE, SECONDS);
    assertEquals("", tsl.stdout());
    assertTrue(tsl.stderr().lines().anyMatch(l -> l.matches("tsl: .*" + problem + ".*")), tsl::log);
    assertTrue(tsl.stderr().contains("run the same command again: it resumes."), tsl::log);
  }

  @Test
  void aDiskThatIsTooSmallIsToldBeforeAPeerIsAsked() throws Exception {
    try (Mounted disk = Mounted.tmpfs(workspace, 8);
        LibtorrentPeer seed = seed()) {
      try (TslProcess tsl = download(seed, disk.folder())) {
        assertStorageError(tsl, "no space left: \\d+ bytes needed, \\d+ free");
      }
      assertEquals(0, seed.uploaded());
      disk.resize(64);
      try (TslProcess again = download(seed, disk.folder())) {
        again.assertDownloads(content, disk.folder());
      }
    }
  }

  @Test
  void aDiskThatFillsUpKeepsWhatIsVerified() throws Exception {
    try (Mounted disk = Mounted.tmpfs(workspace, 48);
        LibtorrentPeer seed = seed("--up", SLOWLY)) {
      try (TslProcess tsl = download(seed, disk.folder())) {
        tsl.awaitPieces(content, 4, LIMIT);
        disk.fill();
        assertStorageError(tsl, "no space left");
      }
      int kept =
          content.rightPieces(disk.folder().resolve(content.info().name() + ".part")).cardinality();
      assertTrue(kept >= 4, "kept: " + kept);
      disk.makeRoom();
      long before = seed.uploaded();
      try (TslProcess again = download(seed, disk.folder())) {
        again.assertDownloads(content, disk.folder());
      }
      long missing = content.info().length() - (long) (kept - 1) * (1 << 20);
      assertTrue(seed.uploaded() - before <= missing, "what is verified is not fetched again");
    }
  }

  @Test
  void aLimitOnTheSizeOfFilesIsTold() throws Exception {
    try (LibtorrentPeer seed = seed();
        TslProcess tsl = downloadUnder("ulimit -f 8192", seed)) { // 512 bytes each
      assertStorageError(tsl, "File too large");
    }
  }

  @Test
  void fewDescriptorsAreEnoughForManyFiles() throws Exception {
    content = workspace.content(Shape.MANY_FILES, 16);
    try (LibtorrentPeer seed = seed();
        TslProcess tsl = downloadUnder("ulimit -n 64", seed)) {
      tsl.assertDownloads(content, dir);
    }
  }

  @Test
  void aPathThatIsTooLongIsTold() throws Exception {
    String part = File.separator + "d".repeat(200);
    try (LibtorrentPeer seed = seed();
        TslProcess tsl = download(seed, Path.of(dir + part.repeat(30)))) {
      assertStorageError(tsl, "File name too long");
    }
  }

  @Test
  void aSecondRunOnTheSameFolderIsRefusedUntilTheFirstIsDead() throws Exception {
    try (LibtorrentPeer seed = seed("--up", CRAWLING);
        TslProcess first = download(seed, dir)) {
      first.awaitPieces(content, 1, LIMIT);
      try (TslProcess second = download(seed, dir)) {
        assertStorageError(second, "another tsl is at work on this torrent here");
      }
      first.kill();
    }
    try (LibtorrentPeer seed = seed();
        TslProcess third = download(seed, dir)) {
      third.assertDownloads(content, dir);
    }
  }

  /** What somebody else does to the file of a running download. */
  enum Meddling {
    DELETE {
      @Override
      void apply(Path part) throws IOException {
        Files.delete(part);
      }
    },
    MOVE_AWAY {
      @Override
      void apply(Path part) throws IOException {
        Files.move(part, part.resolveSibling("elsewhere"));
      }
    },
    TRUNCATE {
      @Override
      void apply(Path part) throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
          channel.truncate(100_000);
        }
      }
    },
    REPLACE {
      @Override
      void apply(Path part) throws IOException {
        Path copy = Files.copy(part, part.resolveSibling("copy"));
        Files.move(copy, part, StandardCopyOption.REPLACE_EXISTING);
      }
    };

    abstract void apply(Path part) throws IOException;
  }

  /** Exit 0 without the file is the worst that could happen. */
  @ParameterizedTest
  @EnumSource
  void aFileThatSomebodyElseTouchesIsNoSuccess(Meddling meddling) throws Exception {
    Path part = dir.resolve(content.info().name() + ".part");
    try (LibtorrentPeer seed = seed("--up", SLOWLY)) {
      try (TslProcess tsl = download(seed, dir)) {
        tsl.awaitPieces(content, 4, LIMIT);
        meddling.apply(part);
        assertStorageError(tsl, content.info().name());
      }
      assertFalse(Files.exists(dir.resolve(content.info().name())));
      try (TslProcess again = download(seed, dir)) {
        again.assertExit(0);
      }
      assertTrue(content.isIn(dir));
    }
  }
}
