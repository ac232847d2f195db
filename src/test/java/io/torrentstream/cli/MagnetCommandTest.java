package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.torrentstream.metainfo.Metainfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract of magnet links in all commands, with a tracker and a seed on this machine. */
@Timeout(60)
class MagnetCommandTest {
  @TempDir Path dir;

  private DemoSwarm swarm;
  private TestTorrent torrent;
  private String link;

  @BeforeEach
  void startSwarm() throws Exception {
    swarm = new DemoSwarm(1);
    torrent = TestTorrent.folder("folder").file("a.txt", 50_000).file("b.pdf", 60_000).build(dir);
    swarm.addSeed(torrent.metainfo(), torrent.seedDir(), 0);
    swarm.awaitSeeds();
    link =
        "magnet:?xt=urn:btih:"
            + torrent.metainfo().info().infoHash()
            + "&dn=said&tr="
            + swarm.announceUrl().replace(":", "%3A");
  }

  @AfterEach
  void stopSwarm() {
    swarm.close();
  }

  private Program.Result run(String... args) {
    return new Program(dir).run(args);
  }

  /** A command that uses the network. */
  private Program.Result ask(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--port", "0", "--bind", "127.0.0.1"));
    return run(all.toArray(String[]::new));
  }

  // --- magnet

  @Test
  void printsTheLinkOfATorrent() throws Exception {
    String printed = run("magnet", torrent.file().toString()).out();
    assertEquals(
        "magnet:?xt=urn:btih:" + torrent.metainfo().info().infoHash() + "&dn=folder",
        printed.strip());
    Program.Result wrong = run("magnet", torrent.file().toString(), "-o", "x.torrent");
    assertEquals(ExitCode.USAGE, wrong.exit());
    assertEquals("tsl: --output: x.torrent (expected: only with a magnet link)\n", wrong.err());
  }

  @Test
  void makesATorrentOfALink() throws Exception {
    Program.Result result = ask("magnet", link, "-o", "made.torrent", "-q");
    assertEquals(0, result.exit(), result.err());
    Path made = dir.toRealPath().resolve("made.torrent");
    assertEquals(made + System.lineSeparator(), result.out());
    Metainfo metainfo = Metainfo.parse(Files.readAllBytes(made));
    assertArrayEquals(torrent.metainfo().info().raw(), metainfo.info().raw());
    assertEquals(List.of(List.of(swarm.announceUrl())), metainfo.trackers());
    assertFalse(Files.exists(dir.resolve("folder")));
    assertFalse(Files.exists(dir.resolve(".tsl")));

    Program.Result again = ask("magnet", link, "-o", "made.torrent");
    assertEquals(ExitCode.STORAGE, again.exit());
    assertEquals(0, ask("magnet", link, "-o", "made.torrent", "--force", "-q").exit());
  }

  @Test
  void jsonIsAllThatStdoutHasWhenItIsAskedFor() throws Exception {
    List<JsonObject> made = events(ask("magnet", link, "-o", "made.torrent", "--json"));
    JsonObject last = made.get(made.size() - 1);
    assertEquals("torrent", last.get("event").getAsString());
    assertEquals(
        dir.toRealPath().resolve("made.torrent").toString(), last.get("path").getAsString());
    JsonObject metadata = made.get(made.size() - 2);
    assertEquals("metadata", metadata.get("event").getAsString());
    assertEquals("folder", metadata.get("name").getAsString());

    List<JsonObject> printed = events(run("magnet", torrent.file().toString(), "--json"));
    assertEquals(1, printed.size());
    assertEquals("magnet", printed.get(0).get("event").getAsString());
    assertTrue(printed.get(0).get("magnet").getAsString().startsWith("magnet:?xt=urn:btih:"));
  }

  /** Every line of stdout. */
  private static List<JsonObject> events(Program.Result result) {
    assertEquals(0, result.exit(), result.err());
    return result.out().lines().map(line -> new Gson().fromJson(line, JsonObject.class)).toList();
  }

  @Test
  void aTorrentOfALinkMayGoToStdout() throws Exception {
    Program.Result result = ask("magnet", link, "-o", "-", "-q");
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.out().startsWith("d8:announce"), result.out());
    assertFalse(Files.exists(dir.resolve("-")));
    assertEquals(ExitCode.USAGE, ask("magnet", link, "-o", "-", "--json").exit());
  }

  @Test
  void aLinkNeedsAPlaceForItsTorrent() {
    Program.Result result = ask("magnet", link);
    assertEquals(ExitCode.USAGE, result.exit());
    assertTrue(result.err().startsWith("tsl: --output: missing (expected: a file"), result.err());
  }

  // --- info

  @Test
  void infoShowsWhatTheLinkSays() {
    String hash = torrent.metainfo().info().infoHash().toString();
    Program.Result result =
        run(
            "info",
            "magnet:?xt=urn:btih:" + hash + "&dn=x%1b%5By&tr=http://a/&x.pe=[::1]:5&so=0,2-3");
    assertEquals(0, result.exit(), result.err());
    assertEquals(
        """
        name        x[y
        info-hash   %s
        files       1,3-4
        trackers    http://a/
        peers       [::1]:5
        """
            .formatted(hash),
        result.out());
    JsonObject json = new Gson().fromJson(run("info", "--json", hash).out(), JsonObject.class);
    assertEquals(hash, json.get("infoHash").getAsString());
    assertTrue(json.get("name").isJsonNull());
    assertTrue(json.get("files").isJsonNull());
    assertEquals(0, json.getAsJsonArray("trackers").size());
    assertEquals(hash, json.get("magnet").getAsString());
  }

  @Test
  void infoFetchShowsWhatTheSwarmSays() {
    Program.Result result = ask("info", link, "--fetch");
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.out().startsWith("name        folder\n"), result.out());
    assertTrue(result.out().contains("folder/b.pdf"), result.out());
    JsonObject json =
        new Gson().fromJson(ask("info", link, "--fetch", "--json").out(), JsonObject.class);
    assertEquals(2, json.getAsJsonArray("files").size());
  }

  // --- peers

  @Test
  void peersAsksTheTrackersOfTheLink() {
    Program.Result result = run("peers", link, "--scrape", "--bind", "127.0.0.1");
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.out().contains("seeders 1"), result.out());
  }

  // --- download

  @Test
  void downloadsFromALink() throws Exception {
    Program.Result result = ask("download", link, "-d", "out");
    assertEquals(0, result.exit(), result.err());
    Path folder = dir.resolve("out").resolve("folder");
    assertEquals(folder.toAbsolutePath() + System.lineSeparator(), result.out());
    assertTrue(result.err().contains("said, " + hash() + ": looking for its metadata"));
    assertTrue(result.err().contains("folder: 107.4 KiB, 2 files, 7 pieces"), result.err());
    assertEquals(50_000, Files.size(folder.resolve("a.txt")));
  }

  private String hash() {
    return torrent.metainfo().info().infoHash().toString();
  }

  @Test
  void theWantedFilesAreChosenWhenTheyAreKnown() {
    assertEquals(0, ask("download", link + "&so=0", "-d", "one", "-q").exit());
    assertTrue(Files.exists(dir.resolve("one/folder/a.txt")));
    assertFalse(Files.exists(dir.resolve("one/folder/b.pdf")));
    assertEquals(0, ask("download", link + "&so=0", "-d", "two", "--files", "*.pdf", "-q").exit());
    assertTrue(Files.exists(dir.resolve("two/folder/b.pdf")));
    Program.Result none = ask("download", link, "-d", "three", "--files", "*.iso", "-q");
    assertEquals(ExitCode.USAGE, none.exit());
    assertEquals(
        "tsl: --files: *.iso (expected: one of the 2 files or more)\n"
            + "tsl info lists the files with their numbers.\n",
        none.err().replace("\r", ""));
    Program.Result wrong = ask("download", link + "&so=7", "-d", "four", "-q");
    assertEquals(ExitCode.INPUT, wrong.exit());
    assertEquals(
        "tsl: magnet so: none of these files (expected: some of 0..1)\n",
        wrong.err().replace("\r", ""));
  }

  @Test
  void theMetadataIsAnEvent() {
    List<JsonObject> events =
        ask("download", hash(), "--tracker", swarm.announceUrl(), "-d", "out", "--json")
            .out()
            .lines()
            .map(line -> new Gson().fromJson(line, JsonObject.class))
            .toList();
    List<String> names =
        events.stream().map(event -> event.get("event").getAsString()).distinct().toList();
    assertTrue(names.indexOf("metadata") < names.indexOf("start"), names::toString);
    JsonObject last =
        events.stream()
            .filter(event -> event.get("event").getAsString().equals("metadata"))
            .reduce((before, after) -> after)
            .orElseThrow();
    assertEquals(torrent.metainfo().info().raw().length, last.get("done").getAsInt());
    assertEquals(last.get("of"), last.get("done"));
    assertEquals(hash(), last.get("infoHash").getAsString());
    assertEquals("folder", last.get("name").getAsString());
    assertEquals("complete", names.get(names.size() - 1));
  }

  @Test
  void withoutMetadataItEndsInTime() throws IOException {
    String unknown = "0".repeat(40);
    Program.Result result =
        ask("download", unknown, "--no-trackers", "--metadata-timeout", "1s", "--json");
    assertEquals(ExitCode.NETWORK, result.exit());
    String last = result.out().lines().reduce((before, after) -> after).orElseThrow();
    JsonObject error = new Gson().fromJson(last, JsonObject.class);
    assertEquals("metadata-timeout", error.get("reason").getAsString());
    assertEquals(4, error.get("code").getAsInt());
    assertTrue(result.err().startsWith("tsl: no metadata in 1 s, no peers found"), result.err());

    Program.Result stalled = ask("magnet", unknown, "-o", "x", "--metadata-timeout", "1s");
    assertEquals(ExitCode.NETWORK, stalled.exit());
    assertFalse(Files.exists(dir.resolve("x")));
    Program.Result asStall = ask("download", unknown, "--no-trackers", "--stall-timeout", "1s");
    assertTrue(asStall.err().contains("tsl: no metadata in 1 s"), asStall.err());
  }
}
