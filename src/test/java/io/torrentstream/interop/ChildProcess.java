package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that a test started: it lives in a home folder of its own, which also gets what it
 * prints, and is gone when closed.
 */
final class ChildProcess implements AutoCloseable {
  private static final int TAIL_CHARS = 4_000;

  private final String name;
  private final Process process;
  private final Path out;
  private final Path err;

  private ChildProcess(String name, Process process, Path out, Path err) {
    this.name = name;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts {@code command} in the folder {@code home}, made if absent. */
  static ChildProcess start(String name, Path home, List<String> command) throws IOException {
    Files.createDirectories(home);
    Path out = Files.createTempFile(home, name + "-", ".out");
    Path err = Files.createTempFile(home, name + "-", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    // No program may read or write the developer's own configuration.
    for (String variable :
        List.of("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")) {
      builder.environment().put(variable, home.toString());
    }
    builder.environment().put("TERM", "dumb");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    // Not even an interrupted test run leaves a daemon behind.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildProcess(name, process, out, err);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for the end, at most {@code limit}; a program that is still running then fails the test.
   */
  int await(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
      fail(name + " did not end within " + limit + "\n" + log());
    }
    return process.exitValue();
  }

  /** Waits for the end, but not longer; whether it has ended. */
  boolean endsWithin(Duration limit) throws InterruptedException {
    return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Writes a line to its standard input. */
  void say(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Asks it to end: SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Ends it without a word: SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  String stdout() {
    return read(out);
  }

  String stderr() {
    return read(err);
  }

  /** The end of what it printed, for a failing test's message. */
  String log() {
    return "--- " + name + ", stdout:\n" + tail(stdout()) + "\n--- stderr:\n" + tail(stderr());
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - TAIL_CHARS));
  }

  private static String read(Path file) {
    try {
      // ISO 8859-1: a client may print any bytes, and a log never fails to decode.
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }
}
