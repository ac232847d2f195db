package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** 4 GiB in a heap of 192 MiB: made, checked, downloaded and shared. */
@ExtendWith(Workspace.Provider.class)
class SmallHeapIT {
  private static final long SIZE = (4L << 30) + 12_345;
  private static final int ISLAND = 3 << 20;

  /** Where there is something else than a hole: on both sides of 2 GiB and 4 GiB, too. */
  private static final long[] ISLANDS = {0, (2L << 30) - ISLAND / 2, (4L << 30) - ISLAND};

  private final Workspace workspace;

  SmallHeapIT(Workspace workspace) {
    this.workspace = workspace;
  }

  private TslProcess tsl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(TslProcess.command(arguments));
    command.add(1, "-Xmx192m");
    return TslProcess.start(workspace, command);
  }

  @Test
  void isEnoughForFourGibibytes() throws Exception {
    Path data = workspace.newFolder("large");
    Path file = data.resolve("large");
    byte[] island = new byte[ISLAND];
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      for (int i = 0; i < ISLANDS.length; i++) {
        new Random(i).nextBytes(island);
        out.seek(ISLANDS[i]);
        out.write(island);
      }
      out.setLength(SIZE);
    }
    String torrent = data.resolve("large.torrent").toString();
    try (TslProcess create = tsl("create", "-q", "-l", "1M", "-o", torrent, file.toString())) {
      create.assertExit(0);
    }
    Path dir = workspace.newFolder("download");
    Path part = dir.resolve("large.part");
    try (RandomAccessFile hole = new RandomAccessFile(part.toFile(), "rw")) {
      hole.setLength(SIZE); // the rest is there already
    }
    int port = Workspace.freePort();
    try (TslProcess seed =
            tsl(
                "seed",
                torrent,
                "--no-trackers",
                "--bind=127.0.0.1",
                "--port=" + port,
                "-d",
                data.toString());
        TslProcess download =
            tsl(
                "download",
                torrent,
                "--no-trackers",
                "--bind=127.0.0.1",
                "--port=0",
                "--peer=127.0.0.1:" + port,
                "--json",
                "-d",
                dir.toString())) {
      download.assertExit(0);
      assertTrue(download.stdout().contains("\"hashFailures\":0"), download::log);
      seed.terminate();
      seed.assertExit(143);
    }
    Path done = dir.resolve("large");
    assertEquals(SIZE, Files.size(done));
    try (RandomAccessFile in = new RandomAccessFile(done.toFile(), "r")) {
      byte[] found = new byte[ISLAND];
      for (int i = 0; i < ISLANDS.length; i++) {
        new Random(i).nextBytes(island);
        in.seek(ISLANDS[i]);
        in.readFully(found);
        assertTrue(Arrays.equals(island, found), "island " + i);
      }
    }
    Files.delete(done);
    Files.delete(file);
  }
}
