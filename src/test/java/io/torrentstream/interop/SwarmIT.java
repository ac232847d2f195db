package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Swarms in which no one seed does it all, and one in which nobody has anything. */
@ExtendWith(Workspace.Provider.class)
class SwarmIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Slow enough to act while data flows: 64 MiB take 4 s. */
  private static final String SLOWLY = Integer.toString(16 << 20);

  private final Workspace workspace;
  private TestContent content;
  private Path dir;

  SwarmIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void prepare() throws Exception {
    content = workspace.content(Shape.SINGLE_FILE, 64);
    dir = workspace.newFolder("download");
  }

  @Test
  void twoSeedsHaveOneHalfEach() throws Exception {
    try (LibtorrentPeer even =
            LibtorrentPeer.withPieces(piece -> piece % 2 == 0, content, workspace);
        LibtorrentPeer odd =
            LibtorrentPeer.withPieces(piece -> piece % 2 != 0, content, workspace);
        TslProcess tsl = download(even.address(), odd.address())) {
      Report.cell("two halves", content, tsl.assertDownloads(content, dir));
    }
  }

  @Test
  void oneOfTwoSeedsDiesInTheMiddle() throws Exception {
    try (LibtorrentPeer dying =
            LibtorrentPeer.start(content, content.folder(), workspace, "--up", SLOWLY);
        LibtorrentPeer staying =
            LibtorrentPeer.start(content, content.folder(), workspace, "--up", SLOWLY);
        TslProcess tsl = download(dying.address(), staying.address())) {
      dying.await("uploads", LIMIT, () -> dying.uploaded() > 0);
      dying.kill();
      Report.cell("one seed dies", content, tsl.assertDownloads(content, dir));
    }
  }

  @Test
  void leecherGetsPiecesFromUnfinishedDownload() throws Exception {
    int half = (content.info().layout().pieceCount() + 1) / 2;
    Path theirs = workspace.newFolder("leecher");
    try (LibtorrentPeer seed =
            LibtorrentPeer.withPieces(piece -> piece % 2 == 0, content, workspace);
        TslProcess tsl = download(seed.address())) {
      tsl.awaitPieces(content, 1, LIMIT);
      long start = System.nanoTime();
      String port = Integer.toString(tsl.port());
      try (LibtorrentPeer leecher =
          LibtorrentPeer.start(content, theirs, workspace, "--peer", port)) {
        leecher.await("every second piece", LIMIT, () -> leecher.pieces() == half);
        Report.line(
            String.format(
                "libtorrent got %d pieces of tsl's unfinished download in %.2f s",
                half, (System.nanoTime() - start) / 1e9));
      }
      tsl.terminate();
      tsl.assertExit(143);
    }
  }

  @Test
  void nobodyHasAnything() throws Exception {
    String nobody = "127.0.0.1:" + Workspace.freePort();
    try (TslProcess tsl =
        TslProcess.download(workspace, content, dir, "--peer", nobody, "--stall-timeout", "2s")) {
      Duration took = tsl.assertExit(4, Duration.ofSeconds(30));
      assertEquals("", tsl.stdout(), tsl::log);
      assertTrue(tsl.stderr().lines().anyMatch(line -> line.startsWith("tsl: ")), tsl::log);
      Report.line(String.format("no seed: exit 4 after %.2f s", took.toMillis() / 1e3));
    }
  }

  private TslProcess download(String... peers) throws Exception {
    String[] options = new String[1 + 2 * peers.length];
    options[0] = "--no-trackers";
    for (int i = 0; i < peers.length; i++) {
      options[1 + 2 * i] = "--peer";
      options[2 + 2 * i] = peers[i];
    }
    return TslProcess.download(workspace, content, dir, options);
  }
}
