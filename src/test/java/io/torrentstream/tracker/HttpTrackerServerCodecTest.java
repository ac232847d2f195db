package io.torrentstream.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written here is what our own client reads. */
class HttpTrackerServerCodecTest {
  private static final byte[] ASKER = {10, 0, 0, 9};
  private static final byte[] IDS = "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb".getBytes();
  private static final CompactPeers IPV4 =
      new CompactPeers(4, new byte[] {10, 0, 0, 1, 0x1A, (byte) 0xE1, 10, 0, 0, 2, 0, 80}, IDS);
  private static final CompactPeers IPV6 =
      new CompactPeers(
          16, new byte[] {32, 1, 13, -72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 81}, new byte[0]);

  private static BValue read(byte[] answer) throws ProtocolException {
    return Bencode.read(answer, HttpTrackerCodec.ANSWER_LIMITS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theClientReadsTheSamePeersInBothForms(boolean compact) throws Exception {
    Announce.Answer answer = new Announce.Answer(1800, 7, 5, 9, IPV4, IPV6);

    Announce.Response read =
        HttpTrackerCodec.announceResponse(
            read(HttpTrackerServerCodec.announceAnswer(answer, compact, ASKER)));

    assertEquals(
        new Announce.Response(
            1800,
            900,
            List.of(
                new InetSocketAddress("10.0.0.1", 6881),
                new InetSocketAddress("10.0.0.2", 80),
                new InetSocketAddress("2001:db8::7", 81)),
            7,
            5,
            null,
            null,
            InetAddress.getByAddress(ASKER)),
        read);
  }

  @Test
  void dictionariesHaveTheIdsThatWereAskedFor() throws ProtocolException {
    Announce.Answer answer = new Announce.Answer(1800, 7, 5, 9, IPV4, IPV6);
    BValue.Dict dict =
        (BValue.Dict) read(HttpTrackerServerCodec.announceAnswer(answer, false, ASKER));

    assertEquals(
        "[{ip=10.0.0.1, peer id=aaaaaaaaaaaaaaaaaaaa, port=Int[value=6881]}, "
            + "{ip=10.0.0.2, peer id=bbbbbbbbbbbbbbbbbbbb, port=Int[value=80]}, "
            + "{ip=2001:db8:0:0:0:0:0:7, port=Int[value=81]}]",
        dict.list("peers").toString());
  }

  @Test
  void theClientReadsTheScrape() throws Exception {
    InfoHash one = InfoHash.of("\u0000\u00ff89012345678901234".getBytes(StandardCharsets.UTF_8));
    InfoHash other = InfoHash.of("bbbbbbbbbbbbbbbbbbbb".getBytes(StandardCharsets.UTF_8));
    Scrape.Response numbers = new Scrape.Response(1, 2, 3);

    BValue answer = read(HttpTrackerServerCodec.scrapeAnswer(Map.of(one, numbers), 1800));

    assertEquals(numbers, HttpTrackerCodec.scrapeResponse(answer, one));
    assertThrows(ProtocolException.class, () -> HttpTrackerCodec.scrapeResponse(answer, other));
    BValue.Dict flags = ((BValue.Dict) answer).dict("flags");
    assertEquals(1800, flags.integer("min_request_interval", 0));
  }

  @Test
  void theClientReadsTheFailure() {
    TrackerFailure failure =
        assertThrows(
            TrackerFailure.class,
            () -> HttpTrackerCodec.announceResponse(read(HttpTrackerServerCodec.failure("no"))));

    assertEquals("refused: no", failure.getMessage());
  }
}
