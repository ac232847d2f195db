package io.torrentstream.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bytes as the tables of BEP 15 and the examples of BEP 41 have them. */
class UdpTrackerCodecTest {
  private static final InfoHash HASH = InfoHash.of("hhhhhhhhhhhhhhhhhhhh".getBytes(ISO_8859_1));
  private static final byte[] PEER_ID = "pppppppppppppppppppp".getBytes(ISO_8859_1);

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  private static byte[] announce(String url, Announce.Event event) throws ProtocolException {
    Announce.Request request =
        new Announce.Request(HASH, PEER_ID, 6881, 3, 1, 2, event, -1, 0xCAFEBABE, "ignored");
    return UdpTrackerCodec.announceRequest(
        0x1122334455667788L, 0x01020304, ServerUrl.parse(url), request);
  }

  @Test
  void connects() {
    assertArrayEquals(
        hex("00000417 27101980 00000000 01020304"), UdpTrackerCodec.connectRequest(0x01020304));
  }

  @Test
  void announces() throws ProtocolException {
    String expected =
        "1122334455667788 00000001 01020304"
            + "68".repeat(20)
            + "70".repeat(20)
            + "0000000000000001 0000000000000002 0000000000000003"
            + "00000002 00000000 CAFEBABE FFFFFFFF 1AE1";
    assertArrayEquals(hex(expected), announce("udp://t.example:80", Announce.Event.STARTED));
    assertArrayEquals(hex(expected), announce("udp://t.example:80/", Announce.Event.STARTED));
  }

  @Test
  void numbersTheEventsAsTheBepDoes() throws ProtocolException {
    int[] expected = {0, 1, 2, 3};
    Announce.Event[] events = {
      Announce.Event.NONE, Announce.Event.COMPLETED, Announce.Event.STARTED, Announce.Event.STOPPED
    };
    for (int i = 0; i < events.length; i++) {
      assertEquals(expected[i], announce("udp://t.example:80", events[i])[83]);
    }
  }

  @Test
  void sendsPathAndQueryAsAnOption() throws ProtocolException {
    byte[] datagram = announce("udp://tracker.example.com:80/dir?a=b&c=d", Announce.Event.NONE);
    byte[] option = Arrays.copyOfRange(datagram, 98, datagram.length);
    assertArrayEquals("\u0002\f/dir?a=b&c=d".getBytes(ISO_8859_1), option);
  }

  @Test
  void cutsALongQueryIntoOptions() throws ProtocolException {
    String target = "/" + "x".repeat(299);
    byte[] datagram = announce("udp://t.example:80" + target, Announce.Event.NONE);
    String options = new String(datagram, 98, datagram.length - 98, ISO_8859_1);
    assertEquals(
        "\u0002\u00ff" + target.substring(0, 255) + "\u0002\u002d" + target.substring(255),
        options);
    int longest = announce("udp://t.example:80/" + "x".repeat(5000), Announce.Event.NONE).length;
    assertEquals(98 + 1024 + 5 * 2, longest);
  }

  @Test
  void scrapes() {
    assertArrayEquals(
        hex("1122334455667788 00000002 01020304" + "68".repeat(20)),
        UdpTrackerCodec.scrapeRequest(0x1122334455667788L, 0x01020304, HASH));
  }

  @Test
  void readsAConnection() throws Exception {
    byte[] datagram = hex("00000000 01020304 1122334455667788 FFFF");
    UdpTrackerCodec.Reply reply = UdpTrackerCodec.reply(datagram);
    assertEquals(UdpTrackerCodec.CONNECT, reply.action());
    assertEquals(0x01020304, reply.transactionId());
    assertEquals(0x1122334455667788L, UdpTrackerCodec.connectionId(reply));
  }

  @Test
  void readsPeersOfEitherFamily() throws Exception {
    String head = "00000001 01020304 00000708 00000005 00000007";
    Announce.Response four =
        UdpTrackerCodec.announceResponse(
            UdpTrackerCodec.reply(hex(head + "7F000001 1AE1 0A000001 0000 7F0000")), false);
    InetSocketAddress loopback = new InetSocketAddress(IpLiteral.parse("127.0.0.1"), 6881);
    assertEquals(
        new Announce.Response(1800, 1800, List.of(loopback), 7, 5, null, null, null), four);
    Announce.Response six =
        UdpTrackerCodec.announceResponse(
            UdpTrackerCodec.reply(hex(head + "20010DB8000000000000000000000007 0050")), true);
    assertEquals(List.of(new InetSocketAddress(IpLiteral.parse("2001:db8::7"), 80)), six.peers());
  }

  @Test
  void clampsTheInterval() throws Exception {
    for (String odd : List.of("00000000", "FFFFFFFF", "80000000")) {
      byte[] datagram = hex("00000001 01020304" + odd + "FFFFFFFF FFFFFFFE");
      Announce.Response response =
          UdpTrackerCodec.announceResponse(UdpTrackerCodec.reply(datagram), false);
      assertEquals(Announce.MIN_INTERVAL, response.interval());
      assertEquals(-1, response.leechers());
      assertEquals(-1, response.seeders());
    }
    byte[] month = hex("00000001 01020304 7FFFFFFF 00000000 00000000");
    assertEquals(
        Announce.MAX_INTERVAL,
        UdpTrackerCodec.announceResponse(UdpTrackerCodec.reply(month), false).interval());
  }

  @Test
  void readsAScrape() throws Exception {
    UdpTrackerCodec.Reply reply =
        UdpTrackerCodec.reply(hex("00000002 01020304 00000007 00000009 00000005"));
    assertEquals(new Scrape.Response(7, 5, 9), UdpTrackerCodec.scrapeResponse(reply));
  }

  @Test
  void readsARefusalInPlaceOfAnything() throws Exception {
    UdpTrackerCodec.Reply reply = UdpTrackerCodec.reply(hex("00000003 01020304 4E6F1B5B6D FF"));
    TrackerFailure failure =
        assertThrows(TrackerFailure.class, () -> UdpTrackerCodec.connectionId(reply));
    assertEquals("refused: No[m\ufffd", failure.getMessage());
    assertThrows(TrackerFailure.class, () -> UdpTrackerCodec.announceResponse(reply, false));
    assertThrows(TrackerFailure.class, () -> UdpTrackerCodec.scrapeResponse(reply));
    assertThrows(
        TrackerFailure.class,
        () -> UdpTrackerCodec.connectionId(UdpTrackerCodec.reply(hex("00000003 01020304"))));
  }

  @Test
  void everyTruncationIsAnError() throws Exception {
    byte[] connect = hex("00000000 01020304 1122334455667788");
    byte[] announce = hex("00000001 01020304 00000708 00000005 00000007");
    byte[] scrape = hex("00000002 01020304 00000007 00000009 00000005");
    for (int length = 0; length < connect.length; length++) {
      byte[] cut = Arrays.copyOf(connect, length);
      assertThrows(
          ProtocolException.class, () -> UdpTrackerCodec.connectionId(UdpTrackerCodec.reply(cut)));
    }
    for (int length = 0; length < announce.length; length++) {
      byte[] cutAnnounce = Arrays.copyOf(announce, length);
      byte[] cutScrape = Arrays.copyOf(scrape, length);
      assertThrows(
          ProtocolException.class,
          () -> UdpTrackerCodec.announceResponse(UdpTrackerCodec.reply(cutAnnounce), false));
      assertThrows(
          ProtocolException.class,
          () -> UdpTrackerCodec.scrapeResponse(UdpTrackerCodec.reply(cutScrape)));
    }
  }
}
