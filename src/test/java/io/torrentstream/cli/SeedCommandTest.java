package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@code seed}; what it shares is fetched with {@code download}. */
@Timeout(60)
class SeedCommandTest {
  private static final int LENGTH = 300_000;
  private static final String MAGNET = "magnet:?xt=urn:btih:";

  @TempDir Path dir;

  private TestTorrent torrent;
  private Path ports;

  @BeforeEach
  void prepare() throws Exception {
    torrent = TestTorrent.folder("t").file("a.bin", LENGTH).file("sub/b.bin", 50_000).build(dir);
    ports = dir.resolve("ports.json");
  }

  private Program.Result seed(String... args) {
    List<String> all = new ArrayList<>(List.of("seed", "--no-trackers", "--bind", "127.0.0.1"));
    all.addAll(List.of("--port", "0", "-d", torrent.seedDir().toString()));
    all.addAll(List.of("--ports-file", ports.toString()));
    all.addAll(Arrays.asList(args));
    return new Program(dir).run(all.toArray(new String[0]));
  }

  /** The same in the background. */
  private CompletableFuture<Program.Result> startSeed(String... args) {
    return CompletableFuture.supplyAsync(() -> seed(args));
  }

  /** Fetches from the running seed, which may still be checking its data. */
  private Program.Result download(TestTorrent wanted, Path into, String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("download", wanted.file().toString()));
    all.addAll(List.of("--no-trackers", "--bind", "127.0.0.1", "--port", "0"));
    all.addAll(List.of("-d", into.toString(), "--peer", "127.0.0.1:" + port()));
    all.addAll(Arrays.asList(args));
    return new Program(dir).run(all.toArray(new String[0]));
  }

  private int port() throws Exception {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!Files.exists(ports)) {
      assertTrue(System.nanoTime() < limit, "no ports file");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    return JsonParser.parseString(Files.readString(ports)).getAsJsonObject().get("tcp").getAsInt();
  }

  private static List<String> listing(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<String> found = new ArrayList<>();
      for (Path path : all.sorted().toList()) {
        found.add(path + " " + Files.getLastModifiedTime(path));
      }
      return found;
    }
  }

  private static void assertSame(TestTorrent expected, Path actual, String... files)
      throws IOException {
    for (String file : files) {
      assertArrayEquals(
          Files.readAllBytes(expected.seedDir().resolve(file)),
          Files.readAllBytes(actual.resolve(file)),
          file);
    }
  }

  @Test
  void sharesUntilTheRatioIsReachedAndLeavesTheDataAlone() throws Exception {
    List<String> before = listing(torrent.seedDir());
    CompletableFuture<Program.Result> seed =
        startSeed(torrent.file().toString(), "--seed-ratio", "1");

    Program.Result download = download(torrent, dir.resolve("out"));

    assertEquals(0, download.exit(), download.err());
    assertSame(torrent, dir.resolve("out"), "t/a.bin", "t/sub/b.bin");
    Program.Result result = seed.get();
    assertEquals(0, result.exit(), result.err());
    String infoHash = torrent.metainfo().info().infoHash().toString();
    assertEquals(MAGNET + infoHash + "&dn=t" + System.lineSeparator(), result.out());
    assertTrue(result.err().contains("t: seeding 341.8 KiB, listening on 127.0.0.1:" + port()));
    assertTrue(result.err().contains("341.8 KiB sent in "), result.err());
    assertEquals(before, listing(torrent.seedDir()), "nothing is made or changed");
  }

  @Test
  void aTorrentThatCannotBeSharedDoesNotEndTheOthers() throws Exception {
    TestTorrent gone = TestTorrent.single(Files.createDirectory(dir.resolve("o")), "o.bin", 9999);
    CompletableFuture<Program.Result> seed =
        startSeed(gone.file().toString(), torrent.file().toString(), "--seed-ratio", "1");

    Program.Result download = download(torrent, dir.resolve("out"));

    assertEquals(0, download.exit(), download.err());
    Program.Result result = seed.get();
    assertEquals(ExitCode.BAD_DATA, result.exit(), result.err());
    assertTrue(
        result.err().contains("fit to share 0 of 9999 bytes (expected: all); the other"),
        result.err());
    assertTrue(result.err().contains(" sent in "), result.err());
  }

  @Test
  void sharesSeveralTorrentsOfOneFolder() throws Exception {
    TestTorrent other = TestTorrent.single(Files.createDirectory(dir.resolve("o")), "o.bin", 9999);
    Files.copy(other.seedDir().resolve("o.bin"), torrent.seedDir().resolve("o.bin"));
    CompletableFuture<Program.Result> seed =
        startSeed(torrent.file().toString(), other.file().toString(), "--seed-ratio", "1");

    assertEquals(0, download(torrent, dir.resolve("out")).exit());
    assertEquals(0, download(other, dir.resolve("out")).exit());

    assertSame(torrent, dir.resolve("out"), "t/a.bin", "t/sub/b.bin");
    assertSame(other, dir.resolve("out"), "o.bin");
    Program.Result result = seed.get();
    assertEquals(0, result.exit(), result.err());
    assertEquals(2, result.out().lines().filter(line -> line.startsWith(MAGNET)).count());
  }

  @Test
  void superSeedingServesToo() throws Exception {
    CompletableFuture<Program.Result> seed =
        startSeed(torrent.file().toString(), "--super-seed", "--seed-ratio", "1");
    assertEquals(0, download(torrent, dir.resolve("out")).exit());
    assertSame(torrent, dir.resolve("out"), "t/a.bin", "t/sub/b.bin");
    assertEquals(0, seed.get().exit());
  }

  @Test
  void whatIsMissingOrWrongIsNamed() throws Exception {
    Files.delete(torrent.seedDir().resolve("t/sub/b.bin"));
    Files.write(torrent.seedDir().resolve("t/a.bin"), new byte[1], StandardOpenOption.APPEND);
    List<String> before = listing(torrent.seedDir());

    Program.Result result = seed(torrent.file().toString());

    assertEquals(ExitCode.BAD_DATA, result.exit());
    assertEquals("", result.out());
    assertEquals(
        List.of(
            "t: 341.8 KiB, 2 files, 22 pieces",
            "warning: bad: t/a.bin: 300001 bytes (expected: 300000)",
            "warning: missing: t/sub/b.bin",
            "tsl: t: fit to share 0 of 350000 bytes (expected: all)"),
        result.err().lines().limit(4).toList());
    assertEquals(before, listing(torrent.seedDir()));
  }

  @Test
  void aPartOfTheDataIsSharedOnRequest() throws Exception {
    Files.delete(torrent.seedDir().resolve("t/sub/b.bin"));
    List<String> before = listing(torrent.seedDir());
    CompletableFuture<Program.Result> seed =
        startSeed(torrent.file().toString(), "--partial", "--seed-ratio", "1");

    Program.Result download = download(torrent, dir.resolve("out"), "--stall-timeout", "6s");

    assertEquals(ExitCode.NETWORK, download.exit(), download.err());
    Program.Result part = new Program(dir).run("verify", "-d", "out", torrent.file().toString());
    assertTrue(part.out().contains("not complete, 288.0 KiB of 341.8 KiB"), part.out());
    assertFalse(seed.isDone(), "it has not sent the whole size");
    download(torrent, dir.resolve("again"), "--stall-timeout", "6s");
    Program.Result result = seed.get();
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.err().contains("warning: missing: t/sub/b.bin"), result.err());
    assertTrue(result.err().contains("t: seeding 288.0 KiB of 341.8 KiB"), result.err());
    assertEquals(before, listing(torrent.seedDir()), "nothing is made or changed");
  }

  /** No piece tells of a file without a byte; {@code verify} has the same verdict. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFileWithoutAByteCountsToo(boolean missing) throws Exception {
    Path folder = Files.createDirectory(dir.resolve("o"));
    TestTorrent other = TestTorrent.folder("e").file("a", 20_000).file("empty", 0).build(folder);
    Path empty = other.seedDir().resolve("e/empty");
    if (missing) {
      Files.delete(empty);
    } else {
      Files.write(empty, new byte[1]);
    }
    String[] args = {other.file().toString(), "-d", other.seedDir().toString(), "--seed-time=0"};

    Program.Result result = seed(args);

    assertEquals(ExitCode.BAD_DATA, result.exit(), result.err());
    String verdict =
        "tsl: e: fit to share 20000 of 20000 bytes, but not every file (expected: all)";
    assertTrue(result.err().lines().anyMatch(verdict::equals), result.err());
    String[] verify = {"verify", args[0], args[1], args[2]};
    assertEquals(ExitCode.BAD_DATA, new Program(dir).run(verify).exit());
    Program.Result partial = seed(args[0], args[1], args[2], args[3], "--partial");
    assertEquals(0, partial.exit(), partial.err());
  }

  @Test
  void nothingAtAllIsTooLittleToShare() {
    Program.Result result = seed(torrent.file().toString(), "-d", "nowhere", "--partial");
    assertEquals(ExitCode.BAD_DATA, result.exit(), result.err());
    List<String> lines = result.err().lines().toList();
    assertEquals(
        List.of(
            "tsl: t: fit to share 0 of 350000 bytes (expected: some)",
            "Download some of it first."),
        lines.subList(lines.size() - 2, lines.size()));
    assertFalse(Files.exists(dir.resolve("nowhere")));
  }

  @Test
  void dataThatChangesIsSharedNoLonger() throws Exception {
    CompletableFuture<Program.Result> seed = startSeed(torrent.file().toString());
    assertEquals(0, download(torrent, dir.resolve("out")).exit());
    Files.write(torrent.seedDir().resolve("t/a.bin"), new byte[LENGTH]);

    assertEquals(4, download(torrent, dir.resolve("again"), "--stall-timeout", "2s").exit());

    Program.Result result = seed.get(10, TimeUnit.SECONDS);
    assertEquals(ExitCode.STORAGE, result.exit(), result.err());
    assertTrue(result.err().contains("was changed after it had been checked"), result.err());
  }

  @Test
  void jsonHasItsEvents() {
    Program.Result result = seed(torrent.file().toString(), "--json", "--seed-time", "1");
    assertEquals(0, result.exit(), result.err());
    List<JsonObject> events =
        result.out().lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    List<String> names = events.stream().map(e -> e.get("event").getAsString()).toList();
    assertEquals("start", names.get(0));
    assertEquals("seeded", names.get(names.size() - 1));
    JsonObject seeding = events.get(names.indexOf("seeding"));
    assertTrue(seeding.get("magnet").getAsString().startsWith(MAGNET));
    assertEquals("127.0.0.1", seeding.get("address").getAsString());
    assertEquals(350_000, seeding.get("verified").getAsLong());
    assertEquals(0, events.get(names.indexOf("progress")).get("uploaded").getAsLong());
  }

  @Test
  void aTrackerThatCannotBeReachedIsSaidOnce() throws Exception {
    String url;
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      url = "http://127.0.0.1:" + nobody.getLocalPort() + "/announce";
    }
    String[] args = {"seed", torrent.file().toString(), "-d", torrent.seedDir().toString()};
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--tracker", url, "--bind", "127.0.0.1", "-p", "0", "--seed-time", "1"));
    Program.Result result = new Program(dir).run(all.toArray(new String[0]));
    assertEquals(0, result.exit(), result.err());
    List<String> warnings =
        result.err().lines().filter(line -> line.startsWith("warning: ")).toList();
    assertEquals(1, warnings.size(), result.err());
    assertTrue(warnings.get(0).startsWith("warning: t: http://127.0.0.1:"), warnings.get(0));
  }

  @Test
  void theMagnetLinkNamesAddedTrackers() {
    Program.Result result =
        seed(torrent.file().toString(), "--tracker=udp://127.0.0.1:9/x", "--seed-time=0");
    assertTrue(result.out().contains("&tr=udp%3A%2F%2F127.0.0.1%3A9%2Fx"), result.out());
  }

  @Test
  void wrongUseIsSaidInOneLine() throws Exception {
    String file = torrent.file().toString();
    assertUsage("TORRENT: " + file + " (expected: each torrent once)", file, file);
    assertUsage("--super-seed: ", file, "--super-seed", "--partial");
    assertUsage("--max-uploads: ", file, "--max-uploads", "0");
    assertUsage("TORRENT: missing");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertUsage("", file, "--port", String.valueOf(taken.getLocalPort()));
    }
    assertEquals(ExitCode.INPUT, seed("none.torrent").exit());
  }

  private void assertUsage(String message, String... args) {
    Program.Result result = seed(args);
    assertEquals(ExitCode.USAGE, result.exit(), result.err());
    assertTrue(result.err().startsWith("tsl: " + message), result.err());
    assertEquals("", result.out());
  }
}
