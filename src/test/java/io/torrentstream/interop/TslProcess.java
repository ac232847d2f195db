package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The built jar, run with {@code java -jar} as a user runs it. */
final class TslProcess implements AutoCloseable {
  /** More than any download here takes on a slow machine. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final ChildProcess process;
  private final long startNanos;
  private int port;

  private TslProcess(ChildProcess process) {
    this.process = process;
    this.startNanos = System.nanoTime();
  }

  /** Starts any command of tsl. */
  static TslProcess start(Workspace workspace, String... arguments) throws IOException {
    return new TslProcess(
        ChildProcess.start("tsl", workspace.newFolder("tsl"), command(arguments)));
  }

  /** Starts a command line that ends in tsl's; see {@link #command}. */
  static TslProcess start(Workspace workspace, List<String> command) throws IOException {
    return new TslProcess(ChildProcess.start("tsl", workspace.newFolder("tsl"), command));
  }

  /** The command line of any command of tsl. */
  static List<String> command(String... arguments) {
    Path jar = Path.of(System.getProperty("tsl.jar", "target/tsl.jar")).toAbsolutePath();
    assertTrue(Files.exists(jar), () -> jar + " is not built (./mvnw -DskipTests package)");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Starts {@code tsl download} into {@code dir}, on 127.0.0.1 and a port of its own. */
  static TslProcess download(Workspace workspace, TestContent content, Path dir, String... options)
      throws IOException {
    int port = Workspace.freePort();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("download", content.torrent().toString(), "-d", dir.toString()));
    arguments.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port)));
    arguments.addAll(List.of(options));
    TslProcess tsl = start(workspace, arguments.toArray(String[]::new));
    tsl.port = port;
    return tsl;
  }

  /** Starts {@code tsl seed} of a content, on 127.0.0.1 and a port of its own. */
  static TslProcess seed(Workspace workspace, TestContent content, String... options)
      throws IOException {
    int port = Workspace.freePort();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("seed", content.torrent().toString(), "--no-trackers"));
    arguments.addAll(List.of("-d", content.folder().toString()));
    arguments.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port)));
    arguments.addAll(List.of(options));
    TslProcess tsl = start(workspace, arguments.toArray(String[]::new));
    tsl.port = port;
    return tsl;
  }

  /** Waits until a seed has checked its data and says what it shares. */
  void awaitSeeding() throws Exception {
    Poll.until(
        () -> {
          assertTrue(process.isAlive(), () -> "tsl ended\n" + log());
          return stdout().startsWith("magnet:");
        },
        LIMIT,
        () -> "tsl seeds\n" + log());
  }

  long pid() {
    return process.pid();
  }

  /** Where it takes connections from peers. */
  int port() {
    return port;
  }

  /**
   * Waits until tsl tells other peers that it has so many pieces, which is when they are verified.
   */
  void awaitPieces(TestContent content, int atLeast, Duration limit) throws Exception {
    Poll.until(
        () -> {
          assertTrue(process.isAlive(), () -> "tsl ended\n" + log());
          return PeerProbe.pieces(port, content.info().infoHash()) >= atLeast;
        },
        limit,
        () -> "tsl has " + atLeast + " pieces\n" + log());
  }

  /** Waits for the end, checks the exit code, and returns how long the whole run took. */
  Duration assertExit(int code) throws InterruptedException {
    return assertExit(code, LIMIT);
  }

  Duration assertExit(int code, Duration limit) throws InterruptedException {
    int exitCode = process.await(limit);
    Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
    assertEquals(code, exitCode, () -> "exit code\n" + log());
    assertFalse(process.stderr().contains("\tat "), () -> "stack trace\n" + log());
    assertFalse(process.stderr().contains("WARNING: "), () -> "a word of the JVM\n" + log());
    return took;
  }

  /**
   * Waits for a download to end well: exit 0, stdout the one line with the path, and in {@code dir}
   * the content's bytes and no other file.
   *
   * @return how long the whole run took
   */
  Duration assertDownloads(TestContent content, Path dir) throws Exception {
    Duration took = assertExit(0);
    String path = dir.resolve(content.info().name()).toString();
    assertEquals(List.of(path), stdout().lines().toList(), this::log);
    content.assertEqualTo(dir);
    return took;
  }

  /** Waits for the end, but not longer; whether it has ended. */
  boolean endsWithin(Duration limit) throws InterruptedException {
    return process.endsWithin(limit);
  }

  /** SIGTERM. */
  void terminate() {
    process.terminate();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.kill();
  }

  String stdout() {
    return process.stdout();
  }

  String stderr() {
    return process.stderr();
  }

  String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
