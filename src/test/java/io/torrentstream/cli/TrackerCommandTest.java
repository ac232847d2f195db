package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole command, in this process; a signal ends it as it would a process. */
@Timeout(60)
class TrackerCommandTest {
  private static final String HASH = "0123456789abcdef0123456789ABCDEF01234567";
  private static final Path TORRENTS = Path.of("test-torrents").toAbsolutePath();

  /** The info-hash of demo.torrent, as in a query. */
  private static final String DEMO = "%3c%bb%c7%9c%56%81%04%a6%74%69%ea%93%fd%2c%72%c0%3b%b1%ed%77";

  @TempDir private Path dir;

  /** What a test does while the tracker runs. */
  @FunctionalInterface
  private interface Visit {
    void to(String ports) throws Exception;
  }

  private Program.Result tracker(String... options) {
    List<String> args = new ArrayList<>(List.of("tracker", "--bind", "127.0.0.1"));
    args.addAll(List.of(options));
    return new Program(dir).run(args.toArray(String[]::new));
  }

  /** Runs the tracker, visits it when its ports are known, and then ends it. */
  private Program.Result trackerVisitedBy(Visit visit, String signal, String... options)
      throws Exception {
    Path ports = dir.resolve("ports.json");
    CompletableFuture<Void> visited =
        CompletableFuture.runAsync(
            () -> {
              try {
                awaitFile(ports);
                visit.to(Files.readString(ports));
              } catch (Exception e) {
                throw new AssertionError(e);
              } finally {
                sun.misc.Signal.raise(new sun.misc.Signal(signal));
              }
            });
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--ports-file", "ports.json"));
    Program.Result result = tracker(all.toArray(String[]::new));
    visited.get(30, TimeUnit.SECONDS);
    return result;
  }

  private static void awaitFile(Path file) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(file) && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
  }

  private static int port(String ports, String protocol) {
    Matcher matcher = Pattern.compile("\"" + protocol + "\":(\\d+)").matcher(ports);
    assertTrue(matcher.find(), ports);
    return Integer.parseInt(matcher.group(1));
  }

  private static String get(String ports, String target) throws IOException {
    String url = "http://127.0.0.1:" + port(ports, "http") + target;
    try (InputStream in = URI.create(url).toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static String announce(String ports, String infoHash) throws IOException {
    return get(
        ports, "/announce?info_hash=" + infoHash + "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1&left=0");
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  @DisabledOnOs(OS.WINDOWS)
  void servesUntilASignal(String signal, int exit) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();

    Program.Result result =
        trackerVisitedBy(
            ports -> {
              assertTrue(announce(ports, DEMO).contains("8:completei1e"));
              assertTrue(get(ports, "/stats").contains("\"peers\":1,\"seeders\":1"));
              seen.complete(ports);
            },
            signal,
            "--http",
            "0",
            "--udp",
            "0");

    assertEquals(exit, result.exit(), result.err());
    assertEquals("", result.err());
    String ports = seen.get(1, TimeUnit.SECONDS);
    assertEquals(
        List.of(
            "http://127.0.0.1:" + port(ports, "http") + "/announce",
            "udp://127.0.0.1:" + port(ports, "udp") + "/announce"),
        result.out().lines().toList());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void servesOnlyTheProtocolThatIsNamed() throws Exception {
    Program.Result http =
        trackerVisitedBy(ports -> assertFalse(ports.contains("udp"), ports), "TERM", "--http", "0");

    assertEquals(1, http.out().lines().count(), http.out());
    assertTrue(http.out().startsWith("http://127.0.0.1:"), http.out());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void tracksOnlyWhatIsAllowed() throws Exception {
    Program.Result result =
        trackerVisitedBy(
            ports -> {
              assertTrue(announce(ports, DEMO).contains("8:completei1e"));
              assertTrue(announce(ports, "aaaaaaaaaaaaaaaaaaaa").contains("failure reason"));
              assertTrue(
                  announce(ports, "%01%23Eg%89%ab%cd%ef%01%23Eg%89%ab%cd%ef%01%23Eg")
                      .contains("8:completei1e"));
            },
            "TERM",
            "--http",
            "0",
            "--allow",
            TORRENTS.toString(),
            "--allow",
            HASH);

    assertEquals(143, result.exit(), result.err());
    // The folder has malformed torrents, too: each is named in one line.
    assertTrue(result.err().lines().count() > 10, result.err());
    result
        .err()
        .lines()
        .forEach(line -> assertTrue(line.matches("tsl: .*\\.torrent: .*; not allowed"), line));
  }

  @Test
  void portsInUseAreNamed() throws Exception {
    try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Program.Result http = tracker("--http", Integer.toString(tcp.getLocalPort()));
      assertEquals(ExitCode.USAGE, http.exit());
      assertEquals("", http.out());
      assertEquals(
          "tsl: HTTP port: " + tcp.getLocalPort() + " (expected: one that is free)",
          http.err().strip());

      Program.Result both = tracker("--http", "0", "--udp", Integer.toString(udp.getLocalPort()));
      assertEquals(ExitCode.USAGE, both.exit());
      assertEquals("", both.out());
      assertEquals(
          "tsl: UDP port: " + udp.getLocalPort() + " (expected: one that is free)",
          both.err().strip());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--http=x        | tsl: --http: x (expected: a port 1..65535, or 0 for any free port)",
        "--udp=65536     | tsl: --udp: 65536 (expected: a port 1..65535, or 0 for any free port)",
        "--interval=9    | tsl: --interval: 9 s (expected: 10 seconds to a day)",
        "--interval=2d   | tsl: --interval: 172800 s (expected: 10 seconds to a day)",
        "--max-rate=-1   | tsl: --max-rate: -1 (expected: a number 0..999999; 0 for no limit)",
        "--allow=nowhere | tsl: --allow: nowhere (expected: a folder, or an info-hash of 40 digits)",
        "--bind=192.0.2.1 | tsl: --bind: 192.0.2.1 (expected: an address of this machine)"
      })
  void badValuesAreNamed(String option, String message) {
    Program.Result result = tracker(option, "--http=0");

    assertEquals(ExitCode.USAGE, result.exit());
    assertEquals("", result.out());
    assertEquals(message, result.err().lines().findFirst().orElse(""));
  }

  @Test
  void aPortsFileThatCannotBeWrittenEndsIt() {
    Program.Result result = tracker("--http=0", "--ports-file=no/such/folder");

    assertEquals(ExitCode.STORAGE, result.exit());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("tsl: --ports-file: "), result.err());
  }
}
