package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.torrentstream.interop.TestContent.Shape;
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

/** From a magnet link alone: every client as the one seed of tsl, and tsl as that of each. */
@ExtendWith(Workspace.Provider.class)
class MagnetIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final String NO_TRACKER = "http%3A%2F%2F127.0.0.1%3A1%2Fannounce";

  private final Workspace workspace;
  private TestContent content;
  private String link;
  private Path dir;

  MagnetIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void prepare() throws Exception {
    content = workspace.content(Shape.SMALL_PIECES, 32); // 40 KB of metadata: three pieces
    // Nobody listens there; rtorrent does not load a link that names no tracker.
    link = "magnet:?xt=urn:btih:" + content.info().infoHash() + "&tr=" + NO_TRACKER;
    dir = workspace.newFolder("magnet");
  }

  static Stream<Named<RealClient>> clients() {
    return RealClient.all().stream().map(client -> Named.of(client.name(), client));
  }

  @ParameterizedTest
  @MethodSource("clients")
  void downloadsFrom(RealClient client) throws Exception {
    try (Seed seed = Seed.start(client, content, workspace);
        TslProcess tsl = start("download", link, "-d", dir.toString(), "--peer", seed.address())) {
      Report.cell(client.name() + ", magnet", content, tsl.assertDownloads(content, dir));
    }
    Workspace.deleteTree(dir);
  }

  @ParameterizedTest
  @MethodSource("clients")
  void serves(RealClient client) throws Exception {
    client.assumeInstalled();
    int port = Workspace.freePort();
    Path home = workspace.newFolder(client.name());
    try (TslProcess tsl = TslProcess.seed(workspace, content, "--peer", "127.0.0.1:" + port)) {
      tsl.awaitSeeding();
      long start = System.nanoTime();
      try (ChildProcess leech =
          ChildProcess.start(
              client.name(), home, client.magnetCommand(link, dir, port, home, tsl.port()))) {
        Poll.until(
            () -> {
              if (!leech.isAlive()) {
                fail("ended instead of downloading\n" + leech.log());
              }
              return content.isIn(dir);
            },
            LIMIT,
            () -> client.name() + " has all\n" + leech.log() + "\n" + tsl.log());
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Report.cell(client.name() + " by magnet", content, took);
    }
    Workspace.deleteTree(dir);
  }

  /** With the metadata of a client that is not tsl, and no byte of the data. */
  @Test
  void makesATorrentOfALink() throws Exception {
    Path file = dir.resolve("made.torrent");
    try (Seed seed = Seed.start(new Libtorrent(), content, workspace);
        TslProcess magnet = start("magnet", link, "-o", file.toString(), "--peer", seed.address());
        TslProcess info = start("info", link, "--fetch", "--json", "--peer", seed.address())) {
      magnet.assertExit(0);
      assertEquals(List.of(file.toString()), magnet.stdout().lines().toList());
      Metainfo made = Metainfo.parse(Files.readAllBytes(file));
      assertArrayEquals(content.info().raw(), made.info().raw());
      assertEquals(List.of(List.of("http://127.0.0.1:1/announce")), made.trackers());
      info.assertExit(0);
      String name = "\"name\":\"" + content.info().name() + "\"";
      assertEquals(true, info.stdout().contains(name), info.stdout());
    }
  }

  private TslProcess start(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--no-trackers", "--bind", "127.0.0.1"));
    all.addAll(List.of("--port", Integer.toString(Workspace.freePort())));
    return TslProcess.start(workspace, all.toArray(String[]::new));
  }
}
