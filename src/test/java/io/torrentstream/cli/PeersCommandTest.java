package io.torrentstream.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import io.torrentstream.tool.TrackerServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, against a real tracker in this process. */
class PeersCommandTest {
  private static final String INFO =
      "4:infod6:lengthi5e4:name1:x12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";

  /** SHA-1 of the dictionary in {@link #INFO}, as a query has it. */
  private String infoHash;

  @TempDir private Path dir;

  /** Leechers after each announce. */
  private final List<Integer> leechers = new CopyOnWriteArrayList<>();

  private TrackerServer tracker;
  private Program program;

  @BeforeEach
  void startTracker() throws Exception {
    program = new Program(dir);
    tracker =
        TrackerServer.open(
            InetAddress.getLoopbackAddress(), 0, (hash, seeds, others) -> leechers.add(others));
    StringBuilder encoded = new StringBuilder();
    byte[] info = INFO.substring("4:info".length()).getBytes(ISO_8859_1);
    for (byte b : java.security.MessageDigest.getInstance("SHA-1").digest(info)) {
      encoded.append(String.format("%%%02x", b));
    }
    infoHash = encoded.toString();
  }

  @AfterEach
  void stopTracker() {
    tracker.close();
  }

  private String url() {
    return tracker.announceUrl();
  }

  private static String deadUrl() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return "http://127.0.0.1:" + free.getLocalPort() + "/announce?key=SECRET";
    }
  }

  private Program.Result peers(List<String> trackers, String... options) throws IOException {
    StringBuilder tiers = new StringBuilder();
    for (String tracker : trackers) {
      tiers.append('l').append(tracker.length()).append(':').append(tracker).append('e');
    }
    String list = trackers.isEmpty() ? "" : "13:announce-listl" + tiers + "e";
    String announce =
        trackers.isEmpty() ? "" : "8:announce" + trackers.get(0).length() + ":" + trackers.get(0);
    Files.writeString(dir.resolve("x.torrent"), "d" + announce + list + INFO + "e", ISO_8859_1);
    String[] args = new String[options.length + 2];
    args[0] = "peers";
    System.arraycopy(options, 0, args, 1, options.length);
    args[args.length - 1] = "x.torrent";
    return program.run(args);
  }

  private void seed(int port) throws IOException {
    String query = "?info_hash=" + infoHash + "&peer_id=aaaaaaaaaaaaaaaaaaaa&left=0&compact=1";
    try (InputStream in = URI.create(url() + query + "&port=" + port).toURL().openStream()) {
      assertTrue(in.readAllBytes().length > 0);
    }
  }

  @Test
  void namesThePeersAndLeavesNoTrace() throws Exception {
    seed(5555);
    Program.Result result = peers(List.of(url()));
    assertEquals(0, result.exit(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals(2, lines.size(), result.out());
    assertTrue(lines.get(0).startsWith(url() + " seeders 1, leechers "), lines.get(0));
    assertTrue(lines.get(0).contains(", peers 1, interval "), lines.get(0));
    assertEquals("127.0.0.1:5555", lines.get(1));
    assertEquals("", result.err());
    assertEquals(List.of(0, 1, 0), leechers);
  }

  @Test
  void oneTrackerThatAnswersIsEnough() throws Exception {
    seed(5555);
    Program.Result result = peers(List.of(deadUrl(), url(), "wss://tracker.example/SECRET"));
    assertEquals(0, result.exit());
    List<String> lines = result.out().lines().toList();
    assertTrue(lines.get(0).endsWith("/... failed: connection refused"), lines.get(0));
    assertTrue(lines.get(1).startsWith(url() + " seeders"), lines.get(1));
    assertTrue(lines.get(2).startsWith("wss://tracker.example/... failed: "), lines.get(2));
    assertEquals("127.0.0.1:5555", lines.get(3));
    assertFalse(result.out().contains("SECRET"));
  }

  @Test
  void addsTrackersFromTheCommandLine() throws Exception {
    seed(5555);
    Program.Result result = peers(List.of(), "--tracker", url());
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.out().endsWith("127.0.0.1:5555" + System.lineSeparator()), result.out());
  }

  @Test
  void printsJson() throws Exception {
    seed(5555);
    Program.Result result = peers(List.of(url(), deadUrl()), "--json");
    assertEquals(0, result.exit(), result.err());
    String json = result.out().replaceAll("\"interval\":[0-9]+", "\"interval\":1");
    String dead = json.substring(json.lastIndexOf("{\"url\""), json.lastIndexOf("],\"peers\""));
    assertEquals(
        "{\"trackers\":[{\"url\":\""
            + url()
            + "\",\"ok\":true,\"error\":null,\"interval\":1,\"seeders\":1,\"leechers\":"
            + leechers.get(1)
            + ",\"peers\":1},"
            + dead
            + "],\"peers\":[\"127.0.0.1:5555\"],\"dht\":null}\n",
        json);
    assertTrue(
        dead.endsWith(
            "/...\",\"ok\":false,\"error\":\"connection refused\",\"interval\":null,"
                + "\"seeders\":null,\"leechers\":null,\"peers\":0}"),
        dead);
  }

  @Test
  void scrapingAnnouncesNothing() throws Exception {
    seed(5555);
    Program.Result result = peers(List.of(url()), "--scrape");
    assertEquals(0, result.exit(), result.err());
    assertEquals(url() + " seeders 1, leechers 0" + System.lineSeparator(), result.out());
    assertEquals(List.of(0), leechers, "the seed's own announce");
  }

  @Test
  void aTorrentThatTheTrackerDoesNotKnowCannotBeScraped() throws Exception {
    Program.Result result = peers(List.of(url()), "--scrape");
    assertEquals(ExitCode.NETWORK, result.exit());
    assertTrue(result.out().startsWith(url() + " failed: scrape: the tracker does not know"));
  }

  @Test
  void failsWhenNobodyAnswers() throws Exception {
    Program.Result result = peers(List.of(deadUrl(), deadUrl()));
    assertEquals(ExitCode.NETWORK, result.exit());
    assertEquals(2, result.out().lines().count());
    assertEquals("tsl: trackers: 2 asked, none answered", result.err().strip());
  }

  @Test
  void failsWithoutTrackers() throws Exception {
    Program.Result result = peers(List.of());
    assertEquals(ExitCode.NETWORK, result.exit());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("tsl: trackers: none in the torrent"), result.err());
  }

  @Test
  void anAuthorityThatCannotBeReadIsAUsageError() throws Exception {
    Program.Result result = peers(List.of(url()), "--tracker-ca", "none.pem");
    assertEquals(ExitCode.USAGE, result.exit());
    assertTrue(result.err().startsWith("tsl: --tracker-ca: "), result.err());
    assertEquals(List.of(), leechers);
  }

  /** A DHT of one node, which was told of a peer. */
  private DhtService dht() throws Exception {
    DhtService node = DhtService.open(options(false, List.of()));
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", node.port());
    try (DhtService announcer = DhtService.open(options(true, List.of(address)))) {
      InfoHash hash = InfoHash.fromHex(infoHash.replace("%", ""));
      DhtNode.PeerQuery query = new DhtNode.PeerQuery(hash, 7777, true, false, false);
      assertEquals(1, announcer.findPeers(query, peers -> {}).get().lookup().stored());
    }
    program.env("TSL_NO_DHT", "false").env("XDG_STATE_HOME", dir.resolve("state").toString());
    return node;
  }

  private static DhtService.Options options(boolean readOnly, List<InetSocketAddress> nodes) {
    DhtConfig config = DhtConfig.DEFAULT.withReadOnly(readOnly);
    return new DhtService.Options(InetAddress.getLoopbackAddress(), 0, 0, config, nodes, null);
  }

  private static String[] options(DhtService node, String... options) {
    List<String> all = new ArrayList<>(List.of("--bind", "127.0.0.1"));
    all.addAll(List.of("--dht-node", "127.0.0.1:" + node.port()));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  @Test
  void asksTheDhtToo() throws Exception {
    seed(5555);
    try (DhtService node = dht()) {
      Program.Result result = peers(List.of(url()), options(node));
      assertEquals(0, result.exit(), result.err());
      List<String> lines = result.out().lines().toList();
      assertEquals(
          List.of("DHT peers 1, nodes 1", "127.0.0.1:5555", "127.0.0.1:7777"),
          lines.subList(1, lines.size()));
    }
  }

  @Test
  void theDhtIsEnoughForATorrentWithoutTrackers() throws Exception {
    try (DhtService node = dht()) {
      Program.Result result = peers(List.of(), options(node, "--json"));
      assertEquals(0, result.exit(), result.err());
      assertEquals(
          "{\"trackers\":[],\"peers\":[\"127.0.0.1:7777\"],\"dht\":{\"ok\":true,\"error\":null,"
              + "\"nodes\":1,\"seeders\":null,\"leechers\":null,\"peers\":1}}\n",
          result.out());
      Program.Result scraped = peers(List.of(), options(node, "--scrape"));
      // What tells seeds is too long for a node to send to a stranger; so the peer counts as none.
      assertEquals("DHT seeders 0, leechers 1" + System.lineSeparator(), scraped.out());
    }
  }

  @Test
  void aDhtThatIsNotThereIsSaidToBeSilent() throws Exception {
    DhtService node = dht();
    node.close();
    Program.Result result = peers(List.of(), options(node));
    assertEquals(ExitCode.NETWORK, result.exit());
    assertEquals("DHT failed: 1 node asked, none answered", result.out().strip());
    assertEquals("tsl: DHT: 1 node asked, none answered", result.err().lines().findFirst().get());
  }

  @Test
  void aPrivateTorrentIsNotAskedFor() throws Exception {
    try (DhtService node = dht()) {
      String info = INFO.replace("aaaae", "aaaa7:privatei1ee");
      Files.writeString(dir.resolve("private.torrent"), "d" + info + "e", ISO_8859_1);
      List<String> args = new ArrayList<>(List.of("peers", "private.torrent"));
      args.addAll(List.of(options(node)));
      Program.Result result = program.run(args.toArray(String[]::new));
      assertEquals(ExitCode.NETWORK, result.exit());
      assertTrue(result.err().startsWith("tsl: trackers: none in the torrent"), result.err());
    }
  }
}
