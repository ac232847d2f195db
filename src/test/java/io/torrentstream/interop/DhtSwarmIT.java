package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Downloads that nothing but a DHT of thirty libtorrent nodes makes possible. */
@ExtendWith(Workspace.Provider.class)
class DhtSwarmIT {
  private static final int NODES = 30;
  private static final Duration LIMIT = Duration.ofSeconds(45);

  private static LibtorrentDht dht;
  private static TestContent content;

  @BeforeAll
  static void start(Workspace workspace) throws Exception {
    dht = LibtorrentDht.start("127.0.11.", NODES, workspace);
    TestContent announcing = workspace.content(TestContent.Shape.SINGLE_FILE, 4);
    content = announcing.withTrackers(workspace.newFolder("trackerless"), List.of());
  }

  @AfterAll
  static void stop() {
    if (dht != null) {
      dht.close();
    }
  }

  /** Not the same for all, and none that the others find first. */
  private static String node(int number) {
    return "127.0.11." + (number + 1) + ":" + dht.address(number).getPort();
  }

  @Test
  void libtorrentFindsWhatTslSeeds(Workspace workspace) throws Exception {
    try (TslProcess seed =
        TslProcess.seed(
            workspace, content, "--bind", "127.0.11.101", "--dht-node", node(5), "-v")) {
      seed.awaitSeeding();
      Path folder = workspace.newFolder("fetched");
      long begin = System.nanoTime();
      try (LibtorrentPeer peer =
          LibtorrentPeer.start(
              content,
              folder,
              workspace,
              "--fetch",
              "--address",
              "127.0.11.102",
              "--dht-node",
              node(20))) {
        peer.await(
            "libtorrent has it all\n" + seed.log(),
            LIMIT,
            () -> peer.pieces() == content.info().layout().pieceCount());
      }
      report("tsl seeds, libtorrent fetches", begin);
    }
  }

  @Test
  void tslFindsWhatLibtorrentSeeds(Workspace workspace) throws Exception {
    Path dir = workspace.newFolder("download");
    String router = node(12);
    try (LibtorrentPeer seed =
        LibtorrentPeer.start(
            content,
            content.folder(),
            workspace,
            "--address",
            "127.0.11.103",
            "--dht-node",
            node(25))) {
      dht.await("libtorrent announces", LIMIT, () -> isKnown("127.0.11.103:"));
      long begin = System.nanoTime();
      try (TslProcess tsl =
          TslProcess.download(
              workspace, content, dir, "--bind", "127.0.11.104", "--dht-node", router)) {
        tsl.assertDownloads(content, dir);
      }
      assertTrue(seed.uploaded() >= content.info().length(), "all of it came from libtorrent");
      report("libtorrent seeds, tsl fetches", begin);
    }
  }

  /** The only node it is told of is not there; the peer says where another is. */
  @Test
  void aPeersNodeIsEnoughToBeginWith(Workspace workspace) throws Exception {
    Path dir = workspace.newFolder("download");
    String address = "127.0.11.105";
    try (LibtorrentPeer seed =
            LibtorrentPeer.start(
                content, content.folder(), workspace, "--address", address, "--dht-node", node(8));
        TslProcess tsl =
            TslProcess.download(
                workspace,
                content,
                dir,
                "--bind",
                "127.0.11.106",
                "--dht-node",
                "127.0.11.250:9",
                "--peer",
                seed.address().replace("127.0.0.1", address),
                "--seed-time",
                "2m",
                "-v")) {
      seed.await("tsl has joined\n" + tsl.log(), LIMIT, () -> tsl.stderr().contains("DHT: joined"));
    }
  }

  private static boolean isKnown(String peer) throws Exception {
    String hash = content.info().infoHash().toString();
    dht.say("get-peers 3 " + hash);
    return dht.hasSaid("peers " + hash, peer);
  }

  private static void report(String what, long begin) {
    double seconds = (System.nanoTime() - begin) / 1e9;
    Report.line(String.format("dht of %d nodes: %s: %.1f s", NODES, what, seconds));
  }
}
