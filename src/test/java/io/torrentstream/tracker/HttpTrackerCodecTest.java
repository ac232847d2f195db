package io.torrentstream.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTrackerCodecTest {
  private static final InfoHash HASH =
      InfoHash.of("\u0000\u0001 /?&=%+~.-_aZ9\u007f\u0080\u00ffx".getBytes(ISO_8859_1));
  private static final String ENCODED = "%00%01%20%2F%3F%26%3D%25%2B~.-_aZ9%7F%80%FFx";
  private static final byte[] PEER_ID = "-tS0100-abcdefghijkl".getBytes(ISO_8859_1);

  private static Announce.Request request(Announce.Event event, int numWant, String trackerId) {
    return new Announce.Request(
        HASH, PEER_ID, 6881, 1, 2, 3_000_000_000L, event, numWant, 0xAB, trackerId);
  }

  private static Announce.Response read(String bencoded) throws ProtocolException, TrackerFailure {
    return HttpTrackerCodec.announceResponse(
        Bencode.read(bencoded.getBytes(ISO_8859_1), HttpTrackerCodec.ANSWER_LIMITS));
  }

  private static InetSocketAddress peer(String address, int port) {
    return new InetSocketAddress(IpLiteral.parse(address), port);
  }

  @Test
  void asksWithEveryParameter() throws ProtocolException {
    ServerUrl url =
        HttpTrackerCodec.announceUrl(
            ServerUrl.parse("http://t.example/announce.php?passkey=abc"),
            request(Announce.Event.STARTED, 200, "id \u00ff"));
    assertEquals(
        "/announce.php?passkey=abc&info_hash="
            + ENCODED
            + "&peer_id=-tS0100-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=3000000000"
            + "&compact=1&no_peer_id=1&key=000000AB&numwant=200&event=started&trackerid=id%20%FF",
        url.target());
  }

  @Test
  void leavesOutWhatIsNotSaid() throws ProtocolException {
    String target =
        HttpTrackerCodec.announceUrl(
                ServerUrl.parse("http://t.example"), request(Announce.Event.NONE, -1, null))
            .target();
    assertTrue(target.startsWith("/?info_hash="), target);
    assertFalse(
        target.contains("event") || target.contains("numwant") || target.contains("trackerid"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"?info_hash=x", "?a=b&INFO_HASH=y"})
  void refusesToAimAtOtherServices(String query) throws ProtocolException {
    ServerUrl url = ServerUrl.parse("http://t.example/announce" + query);
    Announce.Request request = request(Announce.Event.NONE, -1, null);
    assertThrows(ProtocolException.class, () -> HttpTrackerCodec.announceUrl(url, request));
    assertThrows(ProtocolException.class, () -> HttpTrackerCodec.scrapeUrl(url, HASH));
  }

  @Test
  void aRedirectKeepsTheParameters() throws ProtocolException {
    ServerUrl from = ServerUrl.parse("http://a.example/announce?info_hash=x&port=1");
    ServerUrl bare = ServerUrl.parse("http://b.example/announce");
    ServerUrl full = ServerUrl.parse("http://b.example/announce?info_hash=x&port=1");
    assertEquals(full, HttpTrackerCodec.redirected(from, bare));
    assertEquals(full, HttpTrackerCodec.redirected(from, full));
    assertEquals(
        ServerUrl.parse("http://b.example/a?y=2&info_hash=x"),
        HttpTrackerCodec.redirected(
            ServerUrl.parse("http://a.example/a?y=1&info_hash=x"),
            ServerUrl.parse("http://b.example/a?y=2")));
    assertEquals(
        ServerUrl.parse("http://c.example/a?z=3&INFO_HASH=x"),
        HttpTrackerCodec.redirected(
            ServerUrl.parse("http://b.example/a?INFO_HASH=x"),
            ServerUrl.parse("http://c.example/a?z=3")),
        "whatever an earlier redirect made of it");
  }

  @ParameterizedTest
  @CsvSource({
    "/announce,           /scrape?info_hash=",
    "/x/announce,         /x/scrape?info_hash=",
    "/announce.php,       /scrape.php?info_hash=",
    "/announce?x=2%0644,  /scrape?x=2%0644&info_hash=",
    "/announce/x/announce_2, /announce/x/scrape_2?info_hash=",
  })
  void findsTheScrapeAddress(String announce, String scrape) throws ProtocolException {
    ServerUrl url =
        HttpTrackerCodec.scrapeUrl(ServerUrl.parse("http://t.example" + announce), HASH);
    assertEquals(scrape + ENCODED, url.target());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/announce/x", "", "/?x=/announce", "/xannounce"})
  void knowsWhereThereIsNoScrape(String target) throws ProtocolException {
    ServerUrl url = ServerUrl.parse("http://t.example" + target);
    assertThrows(ProtocolException.class, () -> HttpTrackerCodec.scrapeUrl(url, HASH));
  }

  @Test
  void readsCompactPeers() throws Exception {
    // The example of BEP 7, with addresses put in its place-holders.
    Announce.Response response =
        read(
            "d8:intervali1800e5:peers6:\u007f\u0000\u0000\u0001\u001a\u00e1"
                + "6:peers618:\u0020\u0001\r\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0007\u0000\u0050e");
    assertEquals(1800, response.interval());
    assertEquals(1800, response.minInterval());
    assertEquals(List.of(peer("127.0.0.1", 6881), peer("2001:db8::7", 80)), response.peers());
    assertEquals(-1, response.seeders());
    assertNull(response.trackerId());
    assertNull(response.warning());
    assertNull(response.externalIp());
  }

  @Test
  void readsDictionaryPeersAndEverythingElse() throws Exception {
    Announce.Response response =
        read(
            "d8:completei5e11:external ip4:\u0001\u0002\u0003\u00048:intervali900e10:incompletei7e"
                + "12:min intervali300e5:peersl"
                + "d2:ip9:127.0.0.17:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti6881ee"
                + "d2:ip3:::14:porti1ee"
                + "d2:ip14:peer.example.c4:porti2ee"
                + "d2:ip9:localhost4:porti3ee"
                + "e10:tracker id3:a\u00ffb15:warning message10:be\u001b[31m\ngoe");
    assertEquals(900, response.interval());
    assertEquals(300, response.minInterval());
    assertEquals(5, response.seeders());
    assertEquals(7, response.leechers());
    assertEquals("a\u00ffb", response.trackerId());
    assertEquals("be[31m go", response.warning());
    assertEquals(InetAddress.getByAddress(new byte[] {1, 2, 3, 4}), response.externalIp());
    assertEquals(
        List.of(
            peer("127.0.0.1", 6881),
            peer("::1", 1),
            InetSocketAddress.createUnresolved("peer.example.c", 2),
            InetSocketAddress.createUnresolved("localhost", 3)),
        response.peers());
  }

  @Test
  void passesOverBadPeersAndKeepsTheRest() throws Exception {
    Announce.Response response =
        read(
            "d5:peersl"
                + "i1e4:textle"
                + "de"
                + "d2:ip9:127.0.0.1e"
                + "d2:ip9:127.0.0.14:porti0ee"
                + "d2:ip9:127.0.0.14:porti65536ee"
                + "d2:ip9:127.0.0.14:porti-1ee"
                + "d2:ip9:127.0.0.14:port1:1e"
                + "d2:ipi1e4:porti1ee"
                + "d2:ip7:0.0.0.04:porti1ee"
                + "d2:ip9:224.0.0.14:porti1ee"
                + "d2:ip15:255.255.255.2554:porti1ee"
                + "d2:ip2:::4:porti1ee"
                + "d2:ip8:fe80::%x4:porti1ee"
                + "d2:ip9:999.0.0.14:porti1ee"
                + "d2:ip12:evil\nhost.xx4:porti1ee"
                + "d2:ip0:4:porti1ee"
                + "d2:ip9:127.0.0.24:porti2ee"
                + "d2:ip9:127.0.0.24:porti2ee"
                + "ee");
    assertEquals(List.of(peer("127.0.0.2", 2)), response.peers());
  }

  @Test
  void keepsTheWholeEntriesOfACutCompactList() throws Exception {
    for (int length = 0; length <= 13; length++) {
      String bytes = "\u007f\0\0\u0001\0\u0001\u007f\0\0\u0002\0\u0002\u007f".substring(0, length);
      assertEquals(length / 6, read("d5:peers" + length + ":" + bytes + "e").peers().size());
    }
  }

  @Test
  void boundsTheList() throws Exception {
    StringBuilder peers = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      peers.append((char) 10).append((char) (i >> 16)).append((char) (i >> 8 & 255));
      peers.append((char) (i & 255)).append("\u001a\u00e1");
    }
    assertEquals(
        PeerAddresses.MAX_PEERS,
        read("d5:peers" + peers.length() + ":" + peers + "e").peers().size());
  }

  @Test
  void twoThousandDictionariesFit() throws Exception {
    StringBuilder peers = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      String ip = "10.0." + i / 250 + "." + (i % 250 + 1);
      peers.append("d2:ip").append(ip.length()).append(':').append(ip);
      peers.append("7:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti6881ee");
    }
    assertEquals(2000, read("d5:peersl" + peers + "ee").peers().size());
  }

  @ParameterizedTest
  @CsvSource({
    "i0e, 60",
    "i-1e, 60",
    "i61e, 61",
    "i9223372036854775807e, 86400",
    "4:1800, 1800",
    "le, 1800",
  })
  void clampsTheInterval(String value, int interval) throws Exception {
    assertEquals(interval, read("d8:interval" + value + "e").interval());
    assertEquals(interval, read("d8:intervali1800e12:min interval" + value + "e").minInterval());
  }

  @Test
  void clampsCounts() throws Exception {
    Announce.Response response =
        read("d8:completei9223372036854775807e10:incompletei-9223372036854775807ee");
    assertEquals(Integer.MAX_VALUE, response.seeders());
    assertEquals(-1, response.leechers());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d5:peersi1ee",
        "d5:peersde6:peers6le11:external ip3:abc10:tracker idi1e15:warning messagelee",
        "de",
        "d15:warning message2:\u0000\u0001e",
      })
  void toleratesWrongTypes(String answer) throws Exception {
    Announce.Response response = read(answer);
    assertEquals(List.of(), response.peers());
    assertNull(response.externalIp());
    assertNull(response.trackerId());
    assertNull(response.warning());
  }

  @Test
  void dropsATrackerIdThatIsTooLongToRepeat() throws Exception {
    assertNull(read("d10:tracker id257:" + "x".repeat(257) + "e").trackerId());
    assertEquals(256, read("d10:tracker id256:" + "x".repeat(256) + "e").trackerId().length());
  }

  @ParameterizedTest
  @CsvSource({
    "d14:failure reason4:Busye,                      refused: Busy, -1",
    "d14:failure reason4:Busy8:retry in1:5e,         refused: Busy, 300",
    "d14:failure reason4:Busy8:retry ini5ee,         refused: Busy, 300",
    "d14:failure reason4:Busy8:retry ini0ee,         refused: Busy, -1",
    "d14:failure reason4:Busy8:retry in2:-5e,        refused: Busy, -1",
    "d14:failure reason4:Busy8:retry in4:soone,      refused: Busy, -1",
    "d14:failure reason4:Busy8:retry ini9223372036854775807ee, refused: Busy, 86400",
    "d14:failure reason13:Not a tracker8:retry in5:nevere, refused: Not a tracker, 9223372036854775807",
    "d14:failure reasoni1ee,                         refused: no reason given, -1",
    "d14:failure reason0:e,                          refused: no reason given, -1",
  })
  void readsRefusals(String answer, String message, long retryAfter) {
    TrackerFailure failure = assertThrows(TrackerFailure.class, () -> read(answer));
    assertEquals(message, failure.getMessage());
    assertEquals(retryAfter, failure.retryAfterSeconds());
  }

  @Test
  void cutsAndCleansReasons() {
    String megabyte = "\u001b[2J" + "x".repeat(1 << 20);
    TrackerFailure failure =
        assertThrows(
            TrackerFailure.class,
            () -> read("d14:failure reason" + megabyte.length() + ":" + megabyte + "e"));
    assertEquals("refused: [2J" + "x".repeat(197) + "...", failure.getMessage());
  }

  @Test
  void refusesWhatIsNoDictionary() {
    assertThrows(ProtocolException.class, () -> read("le"));
    assertThrows(ProtocolException.class, () -> read("i1e"));
  }

  @Test
  void everyTruncationIsMalformed() {
    String answer = "d8:intervali1800e5:peers6:\u007f\0\0\u0001\u001a\u00e1e";
    for (int length = 0; length < answer.length(); length++) {
      String cut = answer.substring(0, length);
      assertThrows(ProtocolException.class, () -> read(cut), cut);
    }
  }

  @Test
  void readsAScrape() throws Exception {
    // The example of BEP 48, whose second torrent is ours.
    InfoHash y = InfoHash.of("yyyyyyyyyyyyyyyyyyyy".getBytes(ISO_8859_1));
    BValue answer =
        Bencode.read(
            ("d5:filesd20:xxxxxxxxxxxxxxxxxxxxd8:completei11e10:downloadedi13772e10:incompletei19ee"
                    + "20:yyyyyyyyyyyyyyyyyyyyd8:completei21e10:downloadedi206e10:incompletei20eeee")
                .getBytes(ISO_8859_1),
            HttpTrackerCodec.ANSWER_LIMITS);
    assertEquals(new Scrape.Response(21, 20, 206), HttpTrackerCodec.scrapeResponse(answer, y));
    assertThrows(ProtocolException.class, () -> HttpTrackerCodec.scrapeResponse(answer, HASH));
  }

  @ParameterizedTest
  @ValueSource(strings = {"d5:filesle", "de", "d5:filesd20:yyyyyyyyyyyyyyyyyyyyi1eee", "le"})
  void refusesOddScrapes(String answer) {
    InfoHash y = InfoHash.of("yyyyyyyyyyyyyyyyyyyy".getBytes(ISO_8859_1));
    assertThrows(
        ProtocolException.class,
        () ->
            HttpTrackerCodec.scrapeResponse(
                Bencode.read(answer.getBytes(ISO_8859_1), HttpTrackerCodec.ANSWER_LIMITS), y));
  }
}
