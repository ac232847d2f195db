package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfoCommandTest {
  private static final Path SAMPLES = Path.of("test-torrents").toAbsolutePath();

  @TempDir Path dir;

  private Program.Result info(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "info";
    System.arraycopy(args, 0, all, 1, args.length);
    return new Program(dir).run(all);
  }

  private static String sample(String name) {
    return SAMPLES.resolve(name + ".torrent").toString();
  }

  private JsonObject json(String name) {
    Program.Result result = info("--json", sample(name));
    assertEquals(0, result.exit());
    assertEquals("", result.err());
    assertEquals(result.out().length() - 1, result.out().indexOf('\n'));
    return new Gson().fromJson(result.out(), JsonObject.class);
  }

  @Test
  void showsWhatATorrentHolds() {
    Program.Result result = info(sample("hybrid"));

    assertEquals(0, result.exit());
    assertEquals("", result.err());
    assertEquals(
        """
        name        folder
        info-hash   defbf0e8804c64f886e930b6e1f6069a04c9d18e
        v2          fb72c54c388f9b8633db473aae805b5c997850666768b7e45fc77c15b54d6571
        size        18.0 KiB (18384 bytes) in 2 files
        pieces      2 of 16.0 KiB
        magnet      magnet:?xt=urn:btih:defbf0e8804c64f886e930b6e1f6069a04c9d18e\
        &xt=urn:btmh:1220fb72c54c388f9b8633db473aae805b5c997850666768b7e45fc77c15b54d6571\
        &dn=folder
        files
          1     1000 B  folder/a
          3    2.0 KiB  folder/b
        """,
        result.out());
  }

  @Test
  void showsWhereTheDataComesFrom() {
    String trackers = info(sample("trackers")).out();
    assertTrue(trackers.contains("\ntrackers    tier 1: http://a.example/announce\n"), trackers);
    assertTrue(trackers.contains("\n            tier 2: https://c.example/announce\n"), trackers);
    String seeds = info(sample("seeds_and_nodes")).out();
    assertTrue(seeds.contains("\nweb seeds   http://seed.example/\n"), seeds);
    assertTrue(seeds.contains("\nhttp seeds  http://seed.example/seed.php\n"), seeds);
    assertTrue(seeds.contains("\nnodes       router.example:6881\n"), seeds);
    String descriptions = info(sample("descriptions")).out();
    assertTrue(descriptions.contains("\ncomment     Zeros, \u00E4nd nothing else\n"), descriptions);
    assertTrue(descriptions.contains("\ncreated by  tsl\n"), descriptions);
    assertTrue(descriptions.contains("\ncreated on  2023-11-14\n"), descriptions);
    assertTrue(info(sample("private")).out().contains("\nprivate     yes"));
  }

  @Test
  void warningsGoToStderrUnlessQuiet() {
    assertEquals(
        "tsl: warning: announce-list: an entry that is no string (ignored)\n",
        info(sample("trackers")).err().replace("\r\n", "\n"));
    assertEquals("", info("-q", sample("trackers")).err());
  }

  @Test
  void jsonHasEveryMember() {
    JsonObject json = json("hybrid");
    assertEquals(
        List.of(
            "name",
            "infoHash",
            "infoHashV2",
            "version",
            "size",
            "pieceLength",
            "pieces",
            "private",
            "comment",
            "createdBy",
            "creationDate",
            "trackers",
            "webSeeds",
            "nodes",
            "files",
            "magnet",
            "warnings"),
        List.copyOf(json.keySet()));
    assertEquals("folder", json.get("name").getAsString());
    assertEquals("defbf0e8804c64f886e930b6e1f6069a04c9d18e", json.get("infoHash").getAsString());
    assertEquals(64, json.get("infoHashV2").getAsString().length());
    assertEquals("hybrid", json.get("version").getAsString());
    assertEquals(18384, json.get("size").getAsLong());
    assertEquals(16384, json.get("pieceLength").getAsInt());
    assertEquals(2, json.get("pieces").getAsInt());
    assertFalse(json.get("private").getAsBoolean());
    assertEquals(
        "{\"index\":2,\"path\":[\"folder\",\".pad\",\"15384\"],\"size\":15384,\"offset\":1000,"
            + "\"padding\":true}",
        json.getAsJsonArray("files").get(1).toString());
    assertTrue(json.get("magnet").getAsString().startsWith("magnet:?xt=urn:btih:defbf0"));
    assertEquals(new JsonArray(), json.get("warnings"));
  }

  @Test
  void jsonHasNumbersAndNulls() {
    JsonObject plain = json("single_file");
    assertEquals("1", plain.get("version").toString());
    for (String name : List.of("infoHashV2", "comment", "createdBy", "creationDate")) {
      assertTrue(plain.has(name) && plain.get(name).isJsonNull(), name);
    }
    JsonObject described = json("descriptions");
    assertEquals("1700000000", described.get("creationDate").toString());
    assertEquals("[[\"http://tracker.example/announce\"]]", described.get("trackers").toString());
    assertEquals(
        "[\"router.example:6881\",\"[2001:db8::1]:6882\"]",
        json("seeds_and_nodes").get("nodes").toString());
    assertTrue(json("private").get("private").getAsBoolean());
    assertEquals(1, json("trackers").getAsJsonArray("warnings").size());
  }

  @Test
  void namesAreTheTorrentsOwnInAnyLocale() {
    assertEquals(
        "[\"folder\",\"\u6587\u4EF6\"]",
        json("encoding").getAsJsonArray("files").get(0).getAsJsonObject().get("path").toString());
  }

  @Test
  void foreignTextCannotDriveTheTerminal() throws IOException {
    String comment = "a\u001B[2J\u009B1m\u202Eb\nc\u2028d";
    String commentKey = "7:comment" + comment.getBytes(StandardCharsets.UTF_8).length + ":";
    byte[] good = Files.readAllBytes(SAMPLES.resolve("unsorted_keys.torrent"));
    String torrent =
        "d"
            + commentKey
            + latin1(comment)
            + new String(good, StandardCharsets.ISO_8859_1).substring(1);
    Path file = dir.resolve("evil.torrent");
    Files.write(file, torrent.getBytes(StandardCharsets.ISO_8859_1));

    String text = info(file.toString()).out();
    assertTrue(text.contains("\ncomment     a[2J1mb c d\n"), text);

    String json = info("--json", file.toString()).out();
    assertTrue(json.strip().chars().noneMatch(c -> c < ' ' || c > '~'), json);
    assertEquals(comment, new Gson().fromJson(json, JsonObject.class).get("comment").getAsString());
  }

  /** The UTF-8 bytes of a text, one character each. */
  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Test
  void readsStdin() throws IOException {
    byte[] torrent = Files.readAllBytes(SAMPLES.resolve("single_file.torrent"));
    Program.Result result = new Program(dir).stdin(torrent).run("info", "-");
    assertEquals(0, result.exit());
    assertTrue(result.out().startsWith("name        file.bin\n"), result.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"html", "empty", "truncated", "deep_lists", "v2_only", "path_deep", "no_info"})
  void aBadTorrentIsOneLineAndExit3(String name) {
    assertFailure(info(sample(name)), sample(name) + ": ");
    assertFailure(info("--json", sample(name)), sample(name) + ": ");
  }

  @Test
  void whatCannotBeReadIsOneLineAndExit3() throws IOException {
    assertFailure(info("absent.torrent"), "absent.torrent: no such file");
    assertFailure(info("."), ".: is a directory");
    try (RandomAccessFile big = new RandomAccessFile(dir.resolve("big.iso").toFile(), "rw")) {
      big.setLength(2_000_000_000);
    }
    assertFailure(info("big.iso"), "big.iso: size: 2000000000 bytes");
    assertFailure(new Program(dir).stdin(new byte[0]).run("info", "-"), "-: bencode: ends too");
  }

  private static void assertFailure(Program.Result result, String start) {
    assertEquals(ExitCode.INPUT, result.exit());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("tsl: " + start), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
  }

  @Test
  void wrongUseIsExit2() {
    assertEquals(ExitCode.USAGE, info().exit());
    assertEquals(ExitCode.USAGE, info("--jsn", sample("single_file")).exit());
    assertEquals(ExitCode.USAGE, info("a", "b").exit());
    assertEquals(0, info("--help").exit());
  }
}
