package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.interop.TestContent.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code tsl tracker} brings peers together that know of each other from nowhere else. */
@ExtendWith(Workspace.Provider.class)
class TrackerCommandIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);
  private static final int MEBIBYTES = 3;

  private final Workspace workspace;
  private final List<AutoCloseable> running = new ArrayList<>();

  TrackerCommandIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @AfterEach
  void endAll() throws Exception {
    for (AutoCloseable one : running) {
      one.close();
    }
  }

  private <T extends AutoCloseable> T ended(T started) {
    running.add(0, started);
    return started;
  }

  static Stream<Named<RealClient>> clients() {
    return Stream.of(new Transmission(), new Aria2(), new Libtorrent(), new RTorrent())
        .map(client -> Named.of(client.name(), client));
  }

  /** The seed and one leecher announce over HTTP, the other leecher over UDP. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("clients")
  void threePeersOf(RealClient client) throws Exception {
    client.assumeInstalled();
    PrivateNetwork network = ended(PrivateNetwork.start(workspace));
    String address = PrivateNetwork.address(1);
    ChildProcess tracker =
        ended(
            network.start(
                "tsl",
                workspace,
                TslProcess.command("tracker", "--http", "0", "--udp", "0", "--bind", address)));
    List<String> urls = urls(tracker);
    TestContent content = workspace.content(Shape.SINGLE_FILE, MEBIBYTES);
    TestContent overHttp = announcingTo(content, urls.get(0));
    TestContent overUdp = announcingTo(content, urls.get(1));
    long start = System.nanoTime();

    startPeer(network, client, overHttp, content.folder(), 2);
    awaitPeers(network, overHttp, urls, 1);
    Path first = workspace.newFolder("leecher");
    Path second = workspace.newFolder("leecher");
    startPeer(network, client, overUdp, first, 3);
    startPeer(network, client, overHttp, second, 4);
    Poll.until(() -> isComplete(content, first) && isComplete(content, second), LIMIT, this::logs);
    Report.line(
        String.format(
            "tsl tracker, 3 peers of %-20s complete after %.2f s",
            client.name(), (System.nanoTime() - start) / 1e9));
    awaitPeers(network, overHttp, urls, 3);
    tracker.terminate();
    assertEquals(143, tracker.await(END_LIMIT), tracker::log);
    assertEquals("", tracker.stderr());
  }

  private static boolean isComplete(TestContent content, Path folder) throws IOException {
    Path file = folder.resolve(content.info().name());
    return Files.exists(file) && Files.mismatch(content.root(), file) == -1;
  }

  private void startPeer(
      PrivateNetwork network, RealClient client, TestContent content, Path folder, int number)
      throws Exception {
    Path home = workspace.newFolder(client.name());
    String address = PrivateNetwork.address(number);
    List<String> command =
        client.peerCommand(content.torrent(), folder, address, Workspace.freePort(), home);
    ended(ChildProcess.start(client.name(), home, network.inside(command)));
  }

  /**
   * Asks with {@code tsl peers --scrape}, over both protocols, until both know so many peers. Who
   * of them is a seed is not told: rtorrent announces that it is complete at its leisure.
   */
  private void awaitPeers(PrivateNetwork network, TestContent content, List<String> urls, int count)
      throws Exception {
    List<String> command =
        TslProcess.command(
            "peers",
            "--scrape",
            "--no-dht",
            content.torrent().toString(),
            "--tracker",
            urls.get(0),
            "--tracker",
            urls.get(1));
    List<String> seen = new ArrayList<>();
    Poll.until(
        () -> {
          try (ChildProcess peers = network.start("tsl-peers", workspace, command)) {
            peers.await(LIMIT);
            seen.clear();
            peers.stdout().lines().forEach(seen::add);
          }
          return seen.size() == 2 && seen.stream().allMatch(line -> peers(line) == count);
        },
        LIMIT,
        () -> "expected " + count + " peers, the last answer: " + seen + logs());
  }

  private static int peers(String line) {
    Matcher numbers = Pattern.compile(" seeders (\\d+), leechers (\\d+)").matcher(line);
    return numbers.find()
        ? Integer.parseInt(numbers.group(1)) + Integer.parseInt(numbers.group(2))
        : -1;
  }

  private String logs() {
    StringBuilder logs = new StringBuilder();
    for (AutoCloseable one : running) {
      logs.append('\n').append(one instanceof ChildProcess child ? child.log() : "");
    }
    return logs.toString();
  }

  private List<String> urls(ChildProcess tracker) throws Exception {
    Poll.until(
        () -> {
          assertTrue(tracker.isAlive(), tracker::log);
          return tracker.stdout().lines().count() == 2;
        },
        LIMIT,
        tracker::log);
    return tracker.stdout().lines().toList();
  }

  private TestContent announcingTo(TestContent content, String url) throws Exception {
    return content.withTrackers(workspace.newFolder("torrent"), List.of(url));
  }

  /** tsl itself, on loopback, with the torrent's folder as the list of what is allowed. */
  @Test
  void tslDownloadsThroughIt() throws Exception {
    TestContent content = workspace.content(Shape.SINGLE_FILE, MEBIBYTES);
    Path folder = workspace.newFolder("allowed");
    Files.copy(content.torrent(), folder.resolve("content.torrent"));
    ChildProcess tracker =
        ended(
            ChildProcess.start(
                "tsl",
                workspace.newFolder("tsl"),
                TslProcess.command(
                    "tracker",
                    "--http",
                    "0",
                    "--udp",
                    "0",
                    "--bind",
                    "127.0.0.1",
                    "--allow",
                    folder.toString())));
    List<String> urls = urls(tracker);
    TestContent announcing = announcingTo(content, urls.get(0));
    try (LibtorrentPeer seed = LibtorrentPeer.start(announcing, content.folder(), workspace)) {
      for (String url : urls) {
        Path dir = workspace.newFolder("download");
        try (TslProcess tsl = TslProcess.download(workspace, announcingTo(content, url), dir)) {
          Report.cell(
              "tsl tracker, " + url.substring(0, 4), content, tsl.assertDownloads(content, dir));
        }
      }
      try (TslProcess peers =
          TslProcess.start(
              workspace,
              "peers",
              "--no-dht",
              announcing.torrent().toString(),
              "--tracker",
              urls.get(1))) {
        peers.assertExit(0);
        List<String> lines = peers.stdout().lines().toList();
        assertTrue(lines.get(0).startsWith(urls.get(0) + " seeders 1, "), peers::stdout);
        assertTrue(lines.get(1).startsWith(urls.get(1) + " seeders 1, "), peers::stdout);
        assertEquals(List.of(seed.address()), lines.subList(2, lines.size()));
      }
    }
  }
}
