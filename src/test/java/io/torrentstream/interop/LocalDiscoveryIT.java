package io.torrentstream.interop;

import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two machines in a network of their own, with no tracker and no address, find each other. */
@ExtendWith(Workspace.Provider.class)
class LocalDiscoveryIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int MEBIBYTES = 3;

  private final Workspace workspace;
  private final List<AutoCloseable> running = new ArrayList<>();
  private PrivateLan lan;
  private TestContent content;

  LocalDiscoveryIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @AfterEach
  void endAll() throws Exception {
    for (AutoCloseable one : running) {
      one.close();
    }
  }

  static Stream<Named<RealClient>> clients() {
    return Stream.of(new Transmission(), new Libtorrent())
        .map(client -> Named.of(client.name(), client));
  }

  private void prepare(RealClient client) throws Exception {
    client.assumeInstalled();
    lan = PrivateLan.start(workspace);
    running.add(lan);
    content = workspace.content(Shape.SINGLE_FILE, MEBIBYTES);
  }

  /** The seed has called out before tsl is there to hear; it hears tsl. */
  @ParameterizedTest
  @MethodSource("clients")
  void hearsTsl(RealClient client) throws Exception {
    prepare(client);
    ChildProcess seed = seed(client);
    Poll.until(() -> isSeeding(seed, client), LIMIT, seed::log);
    Path dir = workspace.newFolder("download");
    long start = System.nanoTime();
    ChildProcess tsl = tsl(dir);
    awaitContent(dir, tsl, seed);
    report(client.name() + " hears tsl", start);
  }

  /** Tsl has called out before the seed is there to hear; it hears the seed. */
  @ParameterizedTest
  @MethodSource("clients")
  void isHeardByTsl(RealClient client) throws Exception {
    prepare(client);
    Path dir = workspace.newFolder("download");
    ChildProcess tsl = tsl(dir);
    Poll.until(() -> tsl.stderr().contains("local discovery: announced"), LIMIT, tsl::log);
    long start = System.nanoTime();
    awaitContent(dir, tsl, seed(client));
    report("tsl hears " + client.name(), start);
  }

  private static void report(String who, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    Report.line(String.format("local discovery, %s: %.2f s", who, seconds));
  }

  private void awaitContent(Path dir, ChildProcess tsl, ChildProcess seed) throws Exception {
    Poll.until(() -> content.isIn(dir), LIMIT, () -> tsl.log() + "\n" + seed.log());
  }

  private static boolean isSeeding(ChildProcess seed, RealClient client) {
    return client instanceof Libtorrent
        ? seed.stdout().contains("pieces=3 ")
        : (seed.stdout() + seed.stderr()).contains("Queued for verification");
  }

  private ChildProcess tsl(Path dir) throws Exception {
    List<String> command =
        TslProcess.command(
            "download",
            content.torrent().toString(),
            "-d",
            dir.toString(),
            "--no-trackers",
            "--no-pex",
            "-vv");
    return ended(lan.start(1, "tsl", workspace.newFolder("tsl"), command));
  }

  private ChildProcess seed(RealClient client) throws Exception {
    Path home = workspace.newFolder(client.name());
    List<String> command =
        new ArrayList<>(
            client.peerCommand(
                content.torrent(),
                content.folder(),
                PrivateLan.address(2),
                Workspace.freePort(),
                home));
    Collections.replaceAll(command, "--no-lpd", "--lpd");
    if (client instanceof Libtorrent) {
      command.add("--lsd");
    }
    return ended(lan.start(2, client.name(), home, command));
  }

  private ChildProcess ended(ChildProcess started) {
    running.add(0, started);
    return started;
  }
}
