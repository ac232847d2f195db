package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.interop.TestContent.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that is known only through another is used (BEP 11). */
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

  static Stream<Named<RealClient>> clients() {
    return Stream.of(new Transmission(), new Libtorrent())
        .map(client -> Named.of(client.name(), client));
  }

  private void prepare(RealClient client) throws Exception {
    client.assumeInstalled();
    new Libtorrent().assumeInstalled();
    network = PrivateNetwork.start(workspace);
    running.add(network);
    content = workspace.content(Shape.SINGLE_FILE, MEBIBYTES);
  }

  /** A tsl that says nothing of others dials Transmission, which another tsl knows alone. */
  @Test
  void tslDialsWhomItIsToldOf() throws Exception {
    RealClient client = new Transmission();
    prepare(client);
    start(client, workspace.newFolder("client"));
    String middle = CLIENT + ":" + port;
    List<String> seed = new ArrayList<>(List.of("seed", content.torrent().toString()));
    seed.addAll(List.of("-d", content.folder().toString(), "--bind", SEED));
    seed.addAll(List.of("--port", Integer.toString(port), "--peer", middle));
    seed.addAll(List.of("--no-trackers", "--no-lsd", "--no-pex", "--max-up", "2000"));
    ChildProcess known = run("seed", TslProcess.command(seed.toArray(String[]::new)));
    // Transmission tells a peer at once of whom it has by then, and again after a minute and a
    // half.
    Poll.until(() -> known.stderr().contains("KiB sent"), LIMIT, this::logs);
    Path trace = workspace.newFolder("trace").resolve("messages.log");
    long start = System.nanoTime();
    tsl(
        workspace.newFolder("download"),
        "--peer",
        middle,
        "--max-down",
        "2000",
        "--trace=" + trace);
    Poll.until(
        () -> Files.exists(trace) && Files.readString(trace).contains("[" + SEED + ":"),
        LIMIT,
        this::logs);
    report("tsl told by", client, start);
  }

  /** Tsl dials both, the client knows nobody. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("clients")
  void tslTellsOfWhomItKnows(RealClient client) throws Exception {
    prepare(client);
    Path folder = workspace.newFolder("client");
    ChildProcess told = start(client, folder);
    startSeed();
    long start = System.nanoTime();
    List<String> slow = List.of("--max-up", "2000", "--max-down", "2000");
    List<String> both = List.of("--peer", CLIENT + ":" + port, "--peer", SEED + ":" + port);
    tsl(
        workspace.newFolder("download"),
        Stream.of(slow, both).flatMap(List::stream).toArray(String[]::new));
    awaitContent(folder, told);
    report("tsl tells", client, start);
  }

  private static void report(String what, RealClient client, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    Report.line(String.format("peer exchange, %s %s: %.2f s", what, client.name(), seconds));
  }

  private void awaitContent(Path folder, ChildProcess client) throws Exception {
    Poll.until(
        () -> {
          assertTrue(client.isAlive(), client::log);
          return content.isIn(folder);
        },
        LIMIT,
        this::logs);
  }

  private String logs() {
    StringBuilder logs = new StringBuilder();
    for (AutoCloseable one : running) {
      logs.append('\n').append(one instanceof ChildProcess child ? child.log() : "");
    }
    return logs.toString();
  }

  private void tsl(Path dir, String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("download", content.torrent().toString(), "-d", dir.toString()));
    arguments.addAll(List.of("--bind", TSL, "--port", Integer.toString(port)));
    arguments.addAll(List.of("--no-trackers", "--no-lsd", "-vv"));
    arguments.addAll(List.of(options));
    run("tsl", TslProcess.command(arguments.toArray(String[]::new)));
  }

  private ChildProcess startSeed() throws Exception {
    List<String> command =
        new ArrayList<>(Libtorrent.command(content.torrent(), content.folder(), port));
    command.addAll(List.of("--address", SEED, "--pex"));
    return run("seed", command);
  }

  /** Starts the client that is told, or tells. */
  private ChildProcess start(RealClient client, Path folder) throws Exception {
    Path home = workspace.newFolder(client.name());
    List<String> command =
        new ArrayList<>(client.peerCommand(content.torrent(), folder, CLIENT, port, home));
    if (client instanceof Libtorrent) {
      command.add("--pex");
    }
    return ended(ChildProcess.start(client.name(), home, network.inside(command)));
  }

  private ChildProcess run(String name, List<String> command) throws Exception {
    return ended(network.start(name, workspace, command));
  }

  private ChildProcess ended(ChildProcess started) {
    running.add(0, started);
    return started;
  }
}
