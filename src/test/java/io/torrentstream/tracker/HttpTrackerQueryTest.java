package io.torrentstream.tracker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTrackerQueryTest {
  private static final String HASH = "info_hash=%00%fF%26%3d%2B56789abcdefghij";
  private static final String NEEDED = HASH + "&peer_id=-XX0000-abcdefghijkl&port=6881";

  private static Announce.Request announce(String query) throws ProtocolException {
    return HttpTrackerQuery.announce(query).request();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void bytesAreDecodedAsBytes() throws ProtocolException {
    Announce.Request announce = announce(NEEDED + "&left=5");

    assertArrayEquals(latin1("\u0000\u00ff&=+56789abcdefghij"), announce.infoHash().bytes());
    assertArrayEquals(latin1("-XX0000-abcdefghijkl"), announce.peerId());
    assertEquals(6881, announce.port());
    assertEquals(5, announce.left());
  }

  @Test
  void whatIsNotSaidHasADefault() throws ProtocolException {
    HttpTrackerQuery.AnnounceQuery query = HttpTrackerQuery.announce(NEEDED);

    assertEquals(Long.MAX_VALUE, query.request().left(), "no seed unless it says so");
    assertEquals(Announce.Event.NONE, query.request().event());
    assertEquals(-1, query.request().numWant());
    assertTrue(query.compact(), "BEP 23: the usual form");
    assertTrue(query.withPeerIds());
  }

  @Test
  void whatIsSaidCounts() throws ProtocolException {
    HttpTrackerQuery.AnnounceQuery query =
        HttpTrackerQuery.announce(
            NEEDED + "&left=0&event=stopped&numwant=100000&compact=0&no_peer_id=1&key=CAFEBABE");

    assertEquals(0, query.request().left());
    assertEquals(Announce.Event.STOPPED, query.request().event());
    assertEquals(100_000, query.request().numWant());
    assertEquals(0xCAFEBABE, query.request().key());
    assertFalse(query.compact());
    assertFalse(query.withPeerIds());
  }

  @ParameterizedTest
  @CsvSource({"started, STARTED", "completed, COMPLETED", "'', NONE", "paused, NONE"})
  void events(String text, Announce.Event event) throws ProtocolException {
    assertEquals(event, announce(NEEDED + "&event=" + text).event());
  }

  @ParameterizedTest
  @CsvSource({"-1", "-5", "x", "99999999999999999999", "9999999999999999999"})
  void oddNumbersThatAreNotNeededCountAsNotSaid(String number) throws ProtocolException {
    Announce.Request announce =
        announce(NEEDED + "&numwant=" + number + "&uploaded=" + number + "&left=" + number);

    assertEquals(-1, announce.numWant());
    assertFalse(announce.left() == 0, "no seed unless it says so");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&&==&a",
        HASH,
        HASH + "&peer_id=short&port=1",
        HASH + "&peer_id=-XX0000-abcdefghijkl",
        HASH + "&peer_id=-XX0000-abcdefghijkl&port=0",
        HASH + "&peer_id=-XX0000-abcdefghijkl&port=65536",
        HASH + "&peer_id=-XX0000-abcdefghijkl&port=-1",
        "info_hash=%0&peer_id=-XX0000-abcdefghijkl&port=1",
        "info_hash=%zz&peer_id=-XX0000-abcdefghijkl&port=1",
        NEEDED + "&x=%"
      })
  void nonsenseIsRefused(String query) {
    String message =
        assertThrows(ProtocolException.class, () -> HttpTrackerQuery.announce(query)).getMessage();
    assertTrue(message.length() < 100, message);
  }

  /** What our own client asks is what is read here. */
  @ParameterizedTest
  @CsvSource({"NONE", "COMPLETED", "STARTED", "STOPPED"})
  void readsWhatTheClientSends(Announce.Event event) throws Exception {
    byte[] peerId = latin1("-XX0000-\u0000\u007f\u00ff&=%+ /?#a");
    Announce.Request asked =
        new Announce.Request(
            InfoHash.of(latin1("\u0000\u0001&=%+ \u00ff0123456789ab")),
            peerId,
            65535,
            1L << 40,
            2L << 40,
            Long.MAX_VALUE,
            event,
            17,
            0xCAFEBABE,
            null);
    ServerUrl url = ServerUrl.parse("http://tracker.example/announce?passkey=x");

    HttpTrackerQuery.AnnounceQuery read =
        HttpTrackerQuery.announce(HttpTrackerCodec.announceUrl(url, asked).query());

    assertArrayEquals(peerId, read.request().peerId());
    assertEquals(asked, withPeerId(read.request(), peerId));
    assertTrue(read.compact());
    assertFalse(read.withPeerIds());
  }

  private static Announce.Request withPeerId(Announce.Request r, byte[] peerId) {
    return new Announce.Request(
        r.infoHash(),
        peerId,
        r.port(),
        r.uploaded(),
        r.downloaded(),
        r.left(),
        r.event(),
        r.numWant(),
        r.key(),
        r.trackerId());
  }

  @Test
  void scrapesNameOneTorrentOrMore() throws Exception {
    InfoHash first = InfoHash.of(latin1("\u0000\u00ff&=+56789abcdefghij"));
    InfoHash second = InfoHash.of(latin1("bbbbbbbbbbbbbbbbbbbb"));

    assertEquals(
        List.of(first, second),
        HttpTrackerQuery.scrape(HASH + "&x=1&info_hash=bbbbbbbbbbbbbbbbbbbb"));
    ServerUrl url = ServerUrl.parse("http://tracker.example/announce");
    assertEquals(
        List.of(first), HttpTrackerQuery.scrape(HttpTrackerCodec.scrapeUrl(url, first).query()));
  }

  @Test
  void aScrapeOfEverythingIsRefused() {
    String many = (HASH + "&").repeat(HttpTrackerQuery.MAX_SCRAPE + 1);

    assertThrows(ProtocolException.class, () -> HttpTrackerQuery.scrape(""));
    assertThrows(ProtocolException.class, () -> HttpTrackerQuery.scrape("info_hash=short"));
    assertThrows(ProtocolException.class, () -> HttpTrackerQuery.scrape(many));
  }
}
