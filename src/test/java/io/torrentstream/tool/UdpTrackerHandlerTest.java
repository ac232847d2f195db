package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import io.torrentstream.tracker.UdpTrackerCodec;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams with any sender's name on them. */
class UdpTrackerHandlerTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("8.8.8.8", 6969);
  private static final InetSocketAddress IPV4 = new InetSocketAddress("9.9.9.9", 40_000);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::9", 40_000);
  private static final InfoHash TORRENT = InfoHash.of(new byte[InfoHash.LENGTH]);
  private static final int TRANSACTION = 7;

  private final Tracker tracker =
      new Tracker(TrackerConfig.DEFAULT, (hash, seeds, others) -> {}, new SecureRandom());
  private final EmbeddedChannel channel =
      new EmbeddedChannel(new UdpTrackerHandler(tracker, new ConnectionIds(new SipHash(1, 2))));

  @AfterEach
  void nothingIsLeftBehind() {
    assertFalse(channel.finish());
  }

  /** The answer to a datagram, or null. */
  private byte[] ask(byte[] datagram, InetSocketAddress sender) {
    channel.writeInbound(
        new DatagramPacket(Unpooled.wrappedBuffer(datagram.clone()), SERVER, sender));
    DatagramPacket reply = channel.readOutbound();
    if (reply == null) {
      return null;
    }
    try {
      assertEquals(sender, reply.recipient());
      return ByteBufUtil.getBytes(reply.content());
    } finally {
      reply.release();
    }
  }

  private long connect(InetSocketAddress sender) throws Exception {
    byte[] reply = ask(UdpTrackerCodec.connectRequest(TRANSACTION), sender);
    return UdpTrackerCodec.connectionId(UdpTrackerCodec.reply(reply));
  }

  private static byte[] announce(long connection, int port, int numWant) throws Exception {
    return UdpTrackerCodec.announceRequest(
        connection,
        TRANSACTION,
        ServerUrl.parse("udp://t.example:1/announce?passkey=" + "x".repeat(600)),
        new Announce.Request(
            TORRENT, new byte[20], port, 0, 0, 5, Announce.Event.STARTED, numWant, 0, null));
  }

  private static String refusal(byte[] reply) throws Exception {
    try {
      UdpTrackerCodec.connectionId(UdpTrackerCodec.reply(reply));
      throw new AssertionError("no refusal");
    } catch (TrackerFailure e) {
      return e.getMessage();
    }
  }

  @Test
  void announcesAndScrapes() throws Exception {
    long connection = connect(IPV4);
    ask(announce(connection, 1111, 50), IPV4);

    Announce.Response announce =
        UdpTrackerCodec.announceResponse(
            UdpTrackerCodec.reply(ask(announce(connection, 2222, 50), IPV4)), false);
    Scrape.Response scrape =
        UdpTrackerCodec.scrapeResponse(
            UdpTrackerCodec.reply(
                ask(UdpTrackerCodec.scrapeRequest(connection, TRANSACTION, TORRENT), IPV4)));

    assertEquals(List.of(new InetSocketAddress("9.9.9.9", 1111)), announce.peers());
    assertEquals(new Scrape.Response(0, 2, 0), scrape);
  }

  @Test
  void anUnknownTorrentHasNobody() throws Exception {
    byte[] scrape = UdpTrackerCodec.scrapeRequest(connect(IPV6), TRANSACTION, TORRENT);

    assertEquals(
        new Scrape.Response(0, 0, 0),
        UdpTrackerCodec.scrapeResponse(UdpTrackerCodec.reply(ask(scrape, IPV6))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9.9.9.9", "2001:db8::9"})
  void noAnswerIsTooLongForAPacket(String address) throws Exception {
    InetSocketAddress sender = new InetSocketAddress(address, 40_000);
    long connection = connect(sender);
    for (int port = 1; port <= 300; port++) {
      ask(announce(connection, port, 0), sender);
    }
    byte[] reply = ask(announce(connection, 1, 1_000_000), sender);

    assertTrue(reply.length > 1_200 && reply.length <= 1_452, "length: " + reply.length);
  }

  @Test
  void anIdOfAnotherAddressChangesNothing() throws Exception {
    long connection = connect(IPV4);
    byte[] request = announce(connection, 1111, 50);

    byte[] reply = ask(request, new InetSocketAddress("9.9.9.8", 40_000));

    assertEquals("refused: connection id expired", refusal(reply));
    assertTrue(reply.length < request.length, "length: " + reply.length);
    assertEquals(0L, tracker.gauges(0).get("peers"));
    assertEquals(1, tracker.stats().of(TrackerStats.Counter.UNPROVEN));
  }

  @Test
  void anIdExpires() throws Exception {
    long connection = connect(IPV4);
    tracker.tick(120);

    assertEquals(
        "refused: connection id expired", refusal(ask(announce(connection, 1111, 50), IPV4)));
  }

  /** Else somebody could have us send more to a victim than he sends to us. */
  @Test
  void nobodyUnprovenGetsMoreThanItSent() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 5_000; i++) {
      byte[] datagram = new byte[random.nextInt(120)];
      random.nextBytes(datagram);
      if (datagram.length >= 16 && random.nextBoolean()) {
        byte[] connect = UdpTrackerCodec.connectRequest(i);
        System.arraycopy(connect, 0, datagram, 0, random.nextBoolean() ? 16 : 8);
      } else if (datagram.length >= 16) {
        datagram[8] = 0;
        datagram[9] = 0;
        datagram[10] = 0;
        datagram[11] = (byte) random.nextInt(4);
      }
      byte[] reply = ask(datagram, IPV4);
      assertTrue(reply == null || reply.length <= datagram.length, Arrays.toString(datagram));
    }
    assertEquals(0L, tracker.gauges(0).get("peers"));
  }

  /** Whatever one tracker sends to another in a third one's name, they soon fall silent. */
  @Test
  void ourOwnRepliesEndInSilence() throws Exception {
    long connection = connect(IPV4);
    List<byte[]> replies =
        List.of(
            ask(UdpTrackerCodec.connectRequest(TRANSACTION), IPV4),
            ask(announce(1, 1, 50), IPV4),
            ask(announce(connection, 1, 50), IPV4),
            ask(announce(connection, 0, 50), IPV4));
    for (byte[] reply : replies) {
      int rounds = 0;
      for (byte[] next = reply; next != null; next = ask(next, IPV4)) {
        assertTrue(rounds++ < 3, Arrays.toString(reply));
      }
    }
  }

  @Test
  void nonsenseFromAKnownAddressIsNamed() throws Exception {
    long connection = connect(IPV4);
    byte[] cut = Arrays.copyOf(announce(connection, 1, 1), 97);
    byte[] otherAction = UdpTrackerCodec.scrapeRequest(connection, TRANSACTION, TORRENT);
    otherAction[11] = 9;

    assertEquals("refused: UDP request: 81 bytes (expected: >= 82)", refusal(ask(cut, IPV4)));
    assertEquals(
        "refused: port: 0 (expected: 1..65535)", refusal(ask(announce(connection, 0, 1), IPV4)));
    assertEquals("refused: action: 9 (expected: 1..2)", refusal(ask(otherAction, IPV4)));
    assertNull(ask(new byte[15], IPV4));
    assertEquals(4, tracker.stats().of(TrackerStats.Counter.MALFORMED));
  }

  @Test
  void aFloodIsNotAnswered() throws Exception {
    long connection = connect(IPV4);
    byte[] scrape = UdpTrackerCodec.scrapeRequest(connection, TRANSACTION, TORRENT);
    int burst = TrackerConfig.DEFAULT.maxRate() * FloodLimit.BURST_SECONDS;

    long answered = IntStream.range(0, burst + 100).filter(i -> ask(scrape, IPV4) != null).count();

    assertEquals(burst, answered);
    assertEquals(100, tracker.stats().of(TrackerStats.Counter.FLOODED));
  }
}
