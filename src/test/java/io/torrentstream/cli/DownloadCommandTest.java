package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The contract of {@code download}, with a tracker and a seed on this machine. */
@Timeout(60)
class DownloadCommandTest {
  private static final int LENGTH = 300_000;

  @TempDir Path dir;

  private DemoSwarm swarm;

  @BeforeEach
  void startTracker() throws IOException {
    swarm = new DemoSwarm(1);
  }

  @AfterEach
  void stopSwarm() {
    swarm.close();
  }

  private TestTorrent seed(TestTorrent torrent) throws Exception {
    swarm.addSeed(torrent.metainfo(), torrent.seedDir(), 0);
    swarm.awaitSeeds();
    return torrent;
  }

  /** With a tracker that is there and a port that is free. */
  private Program.Result download(Program program, String... args) {
    List<String> all = new ArrayList<>(List.of("download", "--tracker", swarm.announceUrl()));
    all.addAll(List.of("--port", "0", "--bind", "127.0.0.1"));
    all.addAll(Arrays.asList(args));
    return program.run(all.toArray(new String[0]));
  }

  private Program.Result download(String... args) {
    return download(new Program(dir), args);
  }

  @Test
  void thePathAloneGoesToStdout() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result = download(torrent.file().toString(), "-d", "out");

    Path path = dir.resolve("out").resolve("one.bin");
    assertEquals(0, result.exit(), result.err());
    assertEquals(path.toAbsolutePath() + System.lineSeparator(), result.out());
    assertArrayEquals(
        Files.readAllBytes(torrent.seedDir().resolve("one.bin")), Files.readAllBytes(path));
    assertTrue(result.err().contains("one.bin: 293.0 KiB, 1 file, 19 pieces"), result.err());
    assertTrue(result.err().contains("293.0 KiB verified in "), result.err());
  }

  @Test
  void completeDataIsHashedAndNotFetchedAgain() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);

    Program.Result result =
        download(torrent.file().toString(), "-d", torrent.seedDir().toString(), "--no-trackers");

    assertEquals(0, result.exit(), result.err());
    assertTrue(result.err().contains("all of it was there"), result.err());
  }

  /** As a server that knows no ranges: what is small comes all the same. */
  @Test
  void aWebServerAloneIsEnough() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/one.bin",
        exchange -> {
          exchange.sendResponseHeaders(200, LENGTH);
          Files.copy(torrent.seedDir().resolve("one.bin"), exchange.getResponseBody());
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      Program.Result result =
          download(torrent.file().toString(), "-d", "out", "--no-trackers", "--web-seed", url);
      assertEquals(0, result.exit(), result.err());
      assertTrue(Files.exists(dir.resolve("out").resolve("one.bin")));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aWebServerOfNoUseIsNamed() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }

    Program.Result result =
        download(
            torrent.file().toString(),
            "--no-trackers",
            "--stall-timeout",
            "1s",
            "--json",
            "--web-seed",
            "http://127.0.0.1:" + port + "/secret/");

    assertEquals(4, result.exit(), result.err());
    String seed = "web seed http://127.0.0.1:" + port + "/...: connection refused";
    List<JsonObject> lines =
        result.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    JsonObject last = lines.get(lines.size() - 1);
    assertEquals("stalled", last.get("reason").getAsString());
    assertEquals("no new data for 1 s, " + seed, last.get("message").getAsString());
    assertTrue(result.out().contains(seed + "; it is asked again later"), result.out());
  }

  @Test
  void theTorrentMayComeFromStdin() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));
    Program program = new Program(dir).stdin(Files.readAllBytes(torrent.file()));

    Program.Result result = download(program, "-", "-d", "out");

    assertEquals(0, result.exit(), result.err());
    assertTrue(Files.exists(dir.resolve("out").resolve("one.bin")));
  }

  @Test
  void quietSaysNothingButThePath() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result = download(torrent.file().toString(), "-d", "out", "-q");

    assertEquals(0, result.exit(), result.err());
    assertEquals("", result.err());
  }

  @Test
  void optionsComeFromTheEnvironmentToo() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));
    Program program = new Program(dir).env("TSL_DIR", "from-env").env("TSL_QUIET", "true");

    Program.Result result = download(program, torrent.file().toString());

    assertEquals(0, result.exit(), result.err());
    assertTrue(Files.exists(dir.resolve("from-env").resolve("one.bin")));
    assertEquals("", result.err());
  }

  @Test
  void aPeerIsEnough() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result =
        new Program(dir)
            .run(
                "download",
                torrent.file().toString(),
                "--no-trackers",
                "--port=0",
                "--bind=127.0.0.1",
                "--peer=127.0.0.1:" + swarm.seedPort(),
                "--dir=out");

    assertEquals(0, result.exit(), result.err());
  }

  @Test
  void onlyTheChosenFilesAreFetched() throws Exception {
    TestTorrent torrent =
        seed(
            TestTorrent.folder("books")
                .file("a.pdf", 50_000)
                .file("b.txt", 50_000)
                .file("c.txt", 50_000)
                .build(dir));

    Program.Result result = download(torrent.file().toString(), "-d", "out", "--files", "*.pdf");

    Path folder = dir.resolve("out").resolve("books");
    assertEquals(0, result.exit(), result.err());
    assertEquals(folder.toAbsolutePath() + System.lineSeparator(), result.out());
    assertTrue(Files.exists(folder.resolve("a.pdf")));
    assertFalse(Files.exists(folder.resolve("b.txt")), "shares a piece with a.pdf only");
    assertFalse(Files.exists(folder.resolve("c.txt")));
  }

  @Test
  void jsonIsOneObjectALine() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result = download(torrent.file().toString(), "-d", "out", "--json");

    assertEquals(0, result.exit(), result.err());
    List<JsonObject> events =
        result.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    JsonObject start = events.get(0);
    assertEquals("start", start.get("event").getAsString());
    assertEquals("one.bin", start.get("name").getAsString());
    assertEquals(
        torrent.metainfo().info().infoHash().toString(), start.get("infoHash").getAsString());
    assertEquals(LENGTH, start.get("size").getAsLong());
    assertEquals(19, start.get("pieces").getAsInt());
    assertTrue(start.getAsJsonObject("ports").get("tcp").getAsInt() > 0);
    JsonObject complete = events.get(events.size() - 1);
    assertEquals("complete", complete.get("event").getAsString());
    assertEquals(
        dir.resolve("out").resolve("one.bin").toString(), complete.get("path").getAsString());
    assertEquals(LENGTH, complete.get("downloaded").getAsLong());
    assertEquals(0, complete.get("hashFailures").getAsInt());
    assertTrue(events.stream().anyMatch(event -> event.get("event").getAsString().equals("file")));
  }

  @Test
  void jsonNamesTheReasonOfAFailure() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "--json", "--timeout", "1s");

    assertEquals(ExitCode.NETWORK, result.exit(), result.err());
    String last = result.out().lines().reduce((first, second) -> second).orElseThrow();
    JsonObject error = JsonParser.parseString(last).getAsJsonObject();
    assertEquals("error", error.get("event").getAsString());
    assertEquals(4, error.get("code").getAsInt());
    assertEquals("deadline", error.get("reason").getAsString());
  }

  @Test
  void jsonNamesTheReasonBeforeThereIsATorrentToo() {
    Program.Result result = download("nosuch.torrent", "--json");

    assertEquals(ExitCode.INPUT, result.exit());
    JsonObject error = JsonParser.parseString(result.out()).getAsJsonObject();
    assertEquals("error", error.get("event").getAsString());
    assertEquals("invalid-torrent", error.get("reason").getAsString());
    assertEquals("tsl: nosuch.torrent: no such file\n", result.err().replace("\r\n", "\n"));
  }

  @Test
  void noPeersForTheStallTimeoutIsANetworkFailure() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "--stall-timeout", "1s");

    assertEquals(ExitCode.NETWORK, result.exit(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().contains("tsl: no peers found in 1 s"), result.err());
    assertFalse(Files.exists(dir.resolve("out").resolve("one.bin")));
  }

  @Test
  void aFolderThatCannotBeMadeIsAStorageFailure() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);
    Files.writeString(dir.resolve("file"), "in the way");

    Program.Result result = download(torrent.file().toString(), "-d", "file/below");

    assertEquals(ExitCode.STORAGE, result.exit(), result.err());
    assertEquals("", result.out());
  }

  @Test
  void thePortIsWrittenToTheFile() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "--ports-file", "ports.json");

    assertEquals(0, result.exit(), result.err());
    String json = Files.readString(dir.resolve("ports.json"));
    assertTrue(JsonParser.parseString(json).getAsJsonObject().get("tcp").getAsInt() > 0, json);
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result =
        download(torrent.file().toString(), "-p", String.valueOf(swarm.seedPort()));

    assertEquals(ExitCode.USAGE, result.exit(), result.err());
    assertTrue(result.err().contains(String.valueOf(swarm.seedPort())), result.err());
  }

  @Test
  void theTraceShowsMessagesBothWays() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "-q", "--trace=wire.log");

    assertEquals(0, result.exit(), result.err());
    String trace = Files.readString(dir.resolve("wire.log"));
    assertTrue(trace.contains("-> request piece="), trace);
    assertTrue(trace.contains("<- piece piece="), trace);
    assertEquals("", result.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theHookGetsThePathAsOneArgumentWhateverItsName() throws Exception {
    String hostile = "$(touch pwned) ; 'a b'";
    TestTorrent torrent = seed(TestTorrent.single(dir, hostile, LENGTH));
    Path script = dir.resolve("hook.sh");
    Files.writeString(
        script, "#!/bin/sh\nprintf '%s|%s|%s' \"$1\" \"$2\" \"$TSL_PATH\" > hooked\necho said\n");
    script.toFile().setExecutable(true);

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "--on-complete", script + " 'first word'");

    Path path = dir.resolve("out").resolve(torrent.metainfo().info().name());
    assertEquals(0, result.exit(), result.err());
    assertEquals(
        "first word|" + path + "|" + path,
        Files.readString(dir.resolve("hooked"), StandardCharsets.UTF_8));
    assertFalse(Files.exists(dir.resolve("pwned")));
    assertEquals(path + "\n", result.out(), "what the hook prints is no result");
    assertTrue(result.err().contains("said"), result.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFailingHookIsTheRunsFailure() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "--on-complete", "sh -c 'exit 3'");

    assertEquals(ExitCode.HOOK, result.exit(), result.err());
    assertTrue(result.err().contains("exit code: 3 (expected: 0)"), result.err());
    assertTrue(Files.exists(dir.resolve("out").resolve("one.bin")));
  }

  @Test
  void seedingEndsWithItsTime() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));
    long begin = System.nanoTime();

    Program.Result result = download(torrent.file().toString(), "-d", "out", "--seed-time", "2s");

    assertEquals(0, result.exit(), result.err());
    assertTrue(System.nanoTime() - begin >= 2_000_000_000L);
  }

  /** Exit 0 says that the file is there, however long ago it was complete. */
  @Test
  @DisabledOnOs(OS.WINDOWS) // where a file in use cannot be deleted
  void aFileThatIsLostWhileItIsSeededIsNoSuccess() throws Exception {
    TestTorrent torrent = seed(TestTorrent.single(dir, "one.bin", LENGTH));
    Path file = dir.resolve("out").resolve("one.bin");
    Thread deleter =
        new Thread(
            () -> {
              awaitFile(dir.resolve("complete"));
              assertTrue(file.toFile().delete());
            });
    deleter.start();

    Program.Result result =
        download(
            torrent.file().toString(),
            "-d",
            "out",
            "--seed-time",
            "2s",
            "--on-complete",
            "touch " + dir.resolve("complete"));

    deleter.join();
    assertEquals(ExitCode.STORAGE, result.exit(), result.err());
    assertTrue(result.err().contains("one.bin: no such file or folder"), result.err());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSignalStopsTheRunAndItResumes() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", LENGTH);
    Thread terminator =
        new Thread(
            () -> {
              awaitFile(dir.resolve("ports.json"));
              sun.misc.Signal.raise(new sun.misc.Signal("TERM"));
            });
    terminator.start();

    Program.Result result =
        download(torrent.file().toString(), "-d", "out", "--ports-file", "ports.json");

    terminator.join();
    assertEquals(ExitCode.TERMINATED, result.exit(), result.err());
    assertTrue(result.err().contains("tsl: interrupted"), result.err());
    seed(torrent);
    assertEquals(0, download(torrent.file().toString(), "-d", "out").exit());
  }

  private static void awaitFile(Path file) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(file) && System.nanoTime() - deadline < 0) {
      Thread.onSpinWait();
    }
  }
}
