package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.torrentstream.interop.TestContent.Shape;
import io.torrentstream.metainfo.MagnetLink;
import io.torrentstream.metainfo.Metainfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code tsl seed} as the only seed of every client. */
@ExtendWith(Workspace.Provider.class)
class SeedIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int LEECHERS = 10;

  private final Workspace workspace;
  private TestContent content;

  SeedIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void prepare() throws Exception {
    content = workspace.content(Shape.SINGLE_FILE, 64);
  }

  static Stream<Named<RealClient>> clients() {
    return RealClient.all().stream().map(client -> Named.of(client.name(), client));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void serves(RealClient client) throws Exception {
    client.assumeInstalled();
    int port = Workspace.freePort();
    Path home = workspace.newFolder(client.name());
    Path folder = workspace.newFolder("leech");
    try (TslProcess tsl = TslProcess.seed(workspace, content, "--peer", "127.0.0.1:" + port)) {
      tsl.awaitSeeding();
      long start = System.nanoTime();
      try (ChildProcess leech =
          ChildProcess.start(
              client.name(),
              home,
              client.leechCommand(content.torrent(), folder, port, home, tsl.port()))) {
        Poll.until(
            () -> {
              if (!leech.isAlive()) {
                fail("ended instead of downloading\n" + leech.log());
              }
              return content.isIn(folder);
            },
            LIMIT,
            () -> client.name() + " has all\n" + leech.log() + "\n" + tsl.log());
      }
      Report.cell(client.name() + " from tsl", content, since(start));
      assertStops(tsl);
    }
  }

  @Test
  void servesTenAtOnce() throws Exception {
    new Libtorrent().assumeInstalled();
    List<LibtorrentPeer> leechers = new ArrayList<>();
    try (TslProcess tsl = TslProcess.seed(workspace, content)) {
      tsl.awaitSeeding();
      long start = System.nanoTime();
      List<Path> folders = new ArrayList<>();
      for (int i = 0; i < LEECHERS; i++) {
        folders.add(workspace.newFolder("leech"));
        leechers.add(leech(folders.get(i), tsl.port()));
      }
      awaitAll(leechers);
      Report.cell(LEECHERS + " libtorrent from tsl", content, since(start));
      for (Path folder : folders) {
        assertTrue(content.isIn(folder), folder::toString);
        Workspace.deleteTree(folder);
      }
      assertStops(tsl);
    } finally {
      leechers.forEach(LibtorrentPeer::close);
    }
  }

  /** A swarm that passes on what it gets needs the seed for little more than one copy. */
  @Test
  void superSeedsASwarmThatTrades() throws Exception {
    new Libtorrent().assumeInstalled();
    List<LibtorrentPeer> leechers = new ArrayList<>();
    try (TslProcess tsl = TslProcess.seed(workspace, content, "--super-seed", "--json")) {
      awaitPort(tsl);
      int first = port(leechers, tsl.port());
      int second = port(leechers, tsl.port(), first);
      port(leechers, tsl.port(), first, second);
      awaitAll(leechers);
      long copies = 0;
      for (LibtorrentPeer leecher : leechers) {
        copies += leecher.downloaded() - leecher.uploaded();
      }
      double ratio = (double) copies / content.info().length();
      Report.line(String.format("super-seeding to 3 libtorrent: %.2f copies sent", ratio));
      assertTrue(ratio < 2, "copies: " + ratio);
      tsl.terminate();
      tsl.assertExit(143);
    } finally {
      leechers.forEach(LibtorrentPeer::close);
    }
  }

  private static void awaitPort(TslProcess tsl) throws Exception {
    Poll.until(() -> tsl.stdout().contains("\"seeding\""), LIMIT, tsl::log);
  }

  /** Starts a leecher that knows some peers; returns its port. */
  private int port(List<LibtorrentPeer> leechers, int... peers) throws Exception {
    LibtorrentPeer leecher = leech(workspace.newFolder("leech"), peers);
    leechers.add(leecher);
    return Integer.parseInt(leecher.address().split(":")[1]);
  }

  private LibtorrentPeer leech(Path folder, int... peers) throws Exception {
    List<String> options = new ArrayList<>();
    for (int peer : peers) {
      options.addAll(List.of("--peer", Integer.toString(peer)));
    }
    return LibtorrentPeer.start(content, folder, workspace, options.toArray(String[]::new));
  }

  private void awaitAll(List<LibtorrentPeer> leechers) throws Exception {
    int all = content.info().layout().pieceCount();
    for (LibtorrentPeer leecher : leechers) {
      leecher.await("all pieces", LIMIT, () -> leecher.pieces() == all);
    }
  }

  /** It stops when it is told to, and has printed its magnet link and changed nothing. */
  private void assertStops(TslProcess tsl) throws Exception {
    tsl.terminate();
    tsl.assertExit(143);
    Metainfo metainfo = Metainfo.parse(Files.readAllBytes(content.torrent()));
    assertEquals(List.of(MagnetLink.of(metainfo)), tsl.stdout().lines().toList());
    try (Stream<Path> files = Files.list(content.folder())) {
      assertEquals(List.of(content.root()), files.toList());
    }
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
