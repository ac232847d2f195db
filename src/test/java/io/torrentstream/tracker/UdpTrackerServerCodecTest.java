package io.torrentstream.tracker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client writes is read here, and what is written here the client reads. */
class UdpTrackerServerCodecTest {
  private static final InfoHash HASH = InfoHash.of("hhhhhhhhhhhhhhhhhhhh".getBytes());
  private static final byte[] PEER_ID = "pppppppppppppppppppp".getBytes();
  private static final long CONNECTION = 0x1122334455667788L;
  private static final int TRANSACTION = 0xF1020304;

  private static UdpTrackerServerCodec.Request read(byte[] datagram) throws ProtocolException {
    return UdpTrackerServerCodec.request(ByteBuffer.wrap(datagram));
  }

  private static byte[] announce(int port, Announce.Event event, int numWant, String url)
      throws ProtocolException {
    return UdpTrackerCodec.announceRequest(
        CONNECTION,
        TRANSACTION,
        ServerUrl.parse(url),
        new Announce.Request(
            HASH, PEER_ID, port, 3, 1L << 40, Long.MAX_VALUE, event, numWant, 0xCAFEBABE, null));
  }

  @Test
  void readsAConnect() throws ProtocolException {
    UdpTrackerServerCodec.Request request = read(UdpTrackerCodec.connectRequest(TRANSACTION));

    assertTrue(request.isConnect());
    assertEquals(TRANSACTION, request.transactionId());
  }

  @Test
  void aConnectWithoutTheMagicNumberIsNone() throws ProtocolException {
    byte[] datagram = UdpTrackerCodec.connectRequest(TRANSACTION);
    datagram[0] = 1;

    assertFalse(read(datagram).isConnect());
  }

  @ParameterizedTest
  @EnumSource
  void readsAnAnnounce(Announce.Event event) throws ProtocolException {
    UdpTrackerServerCodec.Request request = read(announce(65535, event, 17, "udp://x:1/announce"));

    assertFalse(request.isConnect());
    assertEquals(CONNECTION, request.connectionId());
    assertEquals(UdpTrackerCodec.ANNOUNCE, request.action());
    Announce.Request read = UdpTrackerServerCodec.announce(request);
    assertArrayEquals(PEER_ID, read.peerId());
    assertEquals(
        new Announce.Request(
            HASH, read.peerId(), 65535, 3, 1L << 40, Long.MAX_VALUE, event, 17, 0xCAFEBABE, null),
        read);
  }

  @Test
  void oddNumbersCountAsNotSaid() throws ProtocolException {
    byte[] datagram = announce(1, Announce.Event.NONE, Integer.MIN_VALUE, "udp://x:1");
    datagram[80] = 7; // the event is now a large number

    Announce.Request read = UdpTrackerServerCodec.announce(read(datagram));

    assertEquals(-1, read.numWant());
    assertEquals(Announce.Event.NONE, read.event());
  }

  @Test
  void everyTruncationAndPortZeroAreErrors() throws ProtocolException {
    byte[] whole = announce(1, Announce.Event.NONE, 1, "udp://x:1");
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(
          ProtocolException.class, () -> UdpTrackerServerCodec.announce(read(cut)), "" + length);
    }
    byte[] portless = announce(0, Announce.Event.NONE, 1, "udp://x:1");
    assertThrows(ProtocolException.class, () -> UdpTrackerServerCodec.announce(read(portless)));
    byte[] scrape = UdpTrackerCodec.scrapeRequest(CONNECTION, TRANSACTION, HASH);
    byte[] cutScrape = Arrays.copyOf(scrape, scrape.length - 1);
    assertThrows(ProtocolException.class, () -> UdpTrackerServerCodec.scrape(read(cutScrape)));
  }

  @Test
  void readsScrapesUpToALimit() throws ProtocolException {
    byte[] one = UdpTrackerCodec.scrapeRequest(CONNECTION, TRANSACTION, HASH);
    assertEquals(List.of(HASH), UdpTrackerServerCodec.scrape(read(one)));

    byte[] many = Arrays.copyOf(one, 16 + 100 * InfoHash.LENGTH);
    assertEquals(UdpTrackerServerCodec.MAX_SCRAPE, UdpTrackerServerCodec.scrape(read(many)).size());
  }

  @Test
  void theClientReadsTheConnection() throws Exception {
    byte[] reply = UdpTrackerServerCodec.connectReply(TRANSACTION, CONNECTION);

    assertEquals(16, reply.length);
    assertEquals(TRANSACTION, UdpTrackerCodec.reply(reply).transactionId());
    assertEquals(CONNECTION, UdpTrackerCodec.connectionId(UdpTrackerCodec.reply(reply)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theClientReadsThePeers(boolean ipv6) throws Exception {
    byte[] endpoint =
        ipv6
            ? new byte[] {32, 1, 13, -72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 81}
            : new byte[] {10, 0, 0, 1, 0, 81};
    CompactPeers peers = new CompactPeers(ipv6 ? 16 : 4, endpoint, new byte[0]);
    Announce.Answer answer =
        new Announce.Answer(1800, 7, 5, 9, CompactPeers.NO_IPV4, CompactPeers.NO_IPV6);

    Announce.Response read =
        UdpTrackerCodec.announceResponse(
            UdpTrackerCodec.reply(UdpTrackerServerCodec.announceReply(TRANSACTION, answer, peers)),
            ipv6);

    InetSocketAddress peer = new InetSocketAddress(ipv6 ? "2001:db8::7" : "10.0.0.1", 81);
    assertEquals(new Announce.Response(1800, 1800, List.of(peer), 7, 5, null, null, null), read);
  }

  @Test
  void peersThatDoNotFitAreLeftOut() {
    Announce.Answer answer =
        new Announce.Answer(1800, 7, 5, 9, CompactPeers.NO_IPV4, CompactPeers.NO_IPV6);
    byte[] reply =
        UdpTrackerServerCodec.announceReply(
            TRANSACTION, answer, CompactPeers.room(true, 200, false));

    assertTrue(reply.length <= UdpTrackerServerCodec.MAX_REPLY, "length: " + reply.length);
    assertEquals(0, (reply.length - 20) % 18);
    assertTrue(reply.length > UdpTrackerServerCodec.MAX_REPLY - 18);
  }

  @Test
  void theClientReadsTheScrape() throws Exception {
    Scrape.Response numbers = new Scrape.Response(7, 5, 9);
    byte[] reply = UdpTrackerServerCodec.scrapeReply(TRANSACTION, List.of(numbers));

    assertEquals(numbers, UdpTrackerCodec.scrapeResponse(UdpTrackerCodec.reply(reply)));
    List<Scrape.Response> most = Collections.nCopies(UdpTrackerServerCodec.MAX_SCRAPE, numbers);
    assertTrue(
        UdpTrackerServerCodec.scrapeReply(TRANSACTION, most).length
            <= UdpTrackerServerCodec.MAX_REPLY);
  }

  @Test
  void theClientReadsTheRefusal() throws Exception {
    byte[] reply = UdpTrackerServerCodec.errorReply(TRANSACTION, "no");

    TrackerFailure failure =
        assertThrows(
            TrackerFailure.class, () -> UdpTrackerCodec.connectionId(UdpTrackerCodec.reply(reply)));
    assertEquals("refused: no", failure.getMessage());
  }
}
