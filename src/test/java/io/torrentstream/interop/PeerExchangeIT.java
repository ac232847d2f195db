package io.torrentstream.interop;

import io.torrentstream.interop.TestContent.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer that is known only through another is used (BEP 11). The one in the middle passes on two
 * kilobytes a second, of three megabytes.
 */
@ExtendWith(Workspace.Provider.class)
class PeerExchangeIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int MEBIBYTES = 3;
  private static final String TSL = PrivateNetwork.address(1);
  private static final String CLIENT = PrivateNetwork.address(2);
  private static final String SEED = PrivateNetwork.address(3);

  private final Workspace workspace;
  private final List<AutoCloseable> running = new ArrayList<>();
  private final int port = freePort();
  private PrivateNetwork network;
  private TestContent content;

  PeerExchangeIT(Workspace workspace) {
    this.workspace = workspace;
  }

  private static int freePort() {
    try {
      return Workspace.freePort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void endAll() throws Exception {
    for (AutoCloseable one : running) {
      one.close();
    }
  }

  /** Each client with what makes it speak ut_pex, and what makes it slow. */
  static Stream<Arguments> clients() {
    return Stream.of(
        Arguments.of(
            Named.of("transmission", new Transmission()), List.of(), List.of("--uplimit", "2")),
        Arguments.of(
            Named.of("libtorrent", new Libtorrent()),
            List.of("--pex"),
            List.of("--down", "2000", "--up", "2000")));
  }

  private void prepare(RealClient client) throws Exception {
    client.assumeInstalled();
    new Libtorrent().assumeInstalled();
    network = PrivateNetwork.start(workspace);
    running.add(network);
    content = workspace.content(Shape.SINGLE_FILE, MEBIBYTES);
  }

  /** The seed dials the client, tsl knows the client alone. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("clients")
  void tslUsesWhomItIsToldOf(RealClient client, List<String> pex, List<String> slow)
      throws Exception {
    prepare(client);
    start(client, workspace.newFolder("client"), CLIENT, pex, slow);
    start(
        new Libtorrent(),
        content.folder(),
        SEED,
        List.of("--pex", "--peer", CLIENT + ":" + port),
        List.of("--up", "300000")); // or the client is a seed too, and leaves, before tsl comes
    Path dir = workspace.newFolder("download");
    long start = System.nanoTime();
    ChildProcess tsl = tsl(dir, "--peer", CLIENT + ":" + port);
    awaitContent(dir, tsl);
    report("tsl told by", client, start);
  }

  /** Tsl dials both, the client knows nobody. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("clients")
  void tslTellsOfWhomItKnows(RealClient client, List<String> pex, List<String> slow)
      throws Exception {
    prepare(client);
    Path folder = workspace.newFolder("client");
    ChildProcess told = start(client, folder, CLIENT, pex, List.of());
    start(new Libtorrent(), content.folder(), SEED, List.of("--pex"), List.of());
    long start = System.nanoTime();
    tsl(
        workspace.newFolder("download"),
        "--max-up",
        "2000",
        "--max-down",
        "2000",
        "--peer",
        CLIENT + ":" + port,
        "--peer",
        SEED + ":" + port);
    awaitContent(folder, told);
    report("tsl tells", client, start);
  }

  private static void report(String what, RealClient client, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    Report.line(String.format("peer exchange, %s %s: %.2f s", what, client.name(), seconds));
  }

  private void awaitContent(Path folder, ChildProcess process) throws Exception {
    Poll.until(() -> content.isIn(folder), LIMIT, process::log);
  }

  private ChildProcess tsl(Path dir, String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("download", content.torrent().toString(), "-d", dir.toString()));
    arguments.addAll(List.of("--bind", TSL, "--port", Integer.toString(port)));
    arguments.addAll(List.of("--no-trackers", "--no-lsd", "-vv"));
    arguments.addAll(List.of(options));
    List<String> command = TslProcess.command(arguments.toArray(String[]::new));
    return ended(network.start("tsl", workspace, command));
  }

  private ChildProcess start(
      RealClient client, Path folder, String address, List<String> pex, List<String> slow)
      throws Exception {
    Path home = workspace.newFolder(client.name());
    List<String> command =
        new ArrayList<>(client.peerCommand(content.torrent(), folder, address, port, home));
    command.addAll(pex);
    command.addAll(slow);
    return ended(ChildProcess.start(client.name(), home, network.inside(command)));
  }

  private ChildProcess ended(ChildProcess started) {
    running.add(0, started);
    return started;
  }
}
