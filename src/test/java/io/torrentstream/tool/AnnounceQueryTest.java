package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.tracker.Announce;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnnounceQueryTest {
  private static final String HASH = "info_hash=%00%fF%26%3d%2B56789abcdefghij";
  private static final String NEEDED = HASH + "&peer_id=-XX0000-abcdefghijkl&port=6881";

  @Test
  void bytesAreDecodedAsBytes() throws ProtocolException {
    AnnounceQuery query = AnnounceQuery.parse(NEEDED + "&left=5");

    assertArrayEquals(latin1("\u0000\u00ff&=+56789abcdefghij"), query.infoHash().bytes());
    assertArrayEquals(latin1("-XX0000-abcdefghijkl"), query.peerId());
    assertEquals(6881, query.port());
    assertEquals(5, query.left());
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatIsNotSaidHasADefault() throws ProtocolException {
    AnnounceQuery query = AnnounceQuery.parse(NEEDED);

    assertEquals(Long.MAX_VALUE, query.left(), "no seed unless it says so");
    assertEquals(Announce.Event.NONE, query.event());
    assertEquals(50, query.numWant());
    assertTrue(query.compact(), "BEP 23: the usual form");
  }

  @Test
  void whatIsSaidCounts() throws ProtocolException {
    AnnounceQuery query =
        AnnounceQuery.parse(NEEDED + "&left=0&event=stopped&numwant=100000&compact=0");

    assertEquals(0, query.left());
    assertEquals(Announce.Event.STOPPED, query.event());
    assertEquals(200, query.numWant(), "no more than a tracker is willing to send");
    assertFalse(query.compact());
  }

  @ParameterizedTest
  @CsvSource({"started, STARTED", "completed, COMPLETED", "'', NONE", "paused, NONE"})
  void events(String text, Announce.Event event) throws ProtocolException {
    assertEquals(event, AnnounceQuery.parse(NEEDED + "&event=" + text).event());
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
        NEEDED + "&left=99999999999999999999",
        NEEDED + "&numwant=-1",
        NEEDED + "&x=%"
      })
  void nonsenseIsRefused(String query) {
    String message =
        assertThrows(ProtocolException.class, () -> AnnounceQuery.parse(query)).getMessage();
    assertTrue(message.length() < 100, message);
  }
}
