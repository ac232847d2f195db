package io.torrentstream.tool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.HttpTrackerQuery;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.UdpTrackerCodec;
import io.torrentstream.tracker.UdpTrackerServerCodec;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * What strangers ask the tracker, over both protocols: each gets an answer, or none, and no more.
 */
class TrackerRequestFuzzTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("8.8.8.8", 6969);
  private static final InetSocketAddress CLIENT = new InetSocketAddress("9.9.9.9", 40_000);
  private static final String ANNOUNCE =
      "/announce?info_hash=%AA%BBbbbbbbbbbbbbbbbbbbcc&peer_id=-tS0100-aaaaaaaaaaaa&port=6881"
          + "&uploaded=0&downloaded=0&left=5&compact=1&numwant=50&event=started&key=1a2b";

  /** A tracker that takes any number of requests. */
  private final Tracker tracker =
      new Tracker(TrackerConfig.DEFAULT, (hash, seeds, others) -> {}, new SecureRandom());

  private final Logger logger = (Logger) LoggerFactory.getLogger(Tracker.class.getPackageName());
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void hearFaults() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void hearNoMore() {
    logger.detachAppender(log);
  }

  /** The handlers log what is a fault of ours, and close. */
  private void assertNoFault() {
    List<ILoggingEvent> faults =
        log.list.stream().filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN)).toList();
    assertEquals(List.of(), faults);
  }

  @Test
  void overHttp() {
    String end = " HTTP/1.1\r\nHost: t\r\n\r\n";
    new Fuzzer("tracker-requests-http", HttpTrackerHandler.class, HttpTrackerQuery.class)
        .tokens("GET ", "POST ", "/announce?", "/scrape?", "/stats", "/metrics", "info_hash=", "&")
        .tokens("=", "%", "%00", "\r\n", "Content-Length: 5\r\n", " HTTP/1.1", "Connection: close")
        .tokens(
            "Transfer-Encoding: chunked\r\n", "compact=0", "no_peer_id=1", "numwant=-1", "port=0")
        .seed(("GET " + ANNOUNCE + end).getBytes(ISO_8859_1))
        .seed(("GET " + ANNOUNCE.replace("announce", "scrape") + end).getBytes(ISO_8859_1))
        .seed(("GET /stats" + end + "GET /metrics" + end).getBytes(ISO_8859_1))
        .seed(("POST /announce" + end).getBytes(ISO_8859_1))
        .inputs(1_500)
        .run(this::ask);
  }

  private void ask(byte[] request) throws ProtocolException {
    EmbeddedChannel channel =
        new EmbeddedChannel() {
          @Override
          protected SocketAddress remoteAddress0() {
            return CLIENT;
          }
        };
    channel.freezeTime();
    tracker.tick(tracker.nowSeconds() + 1);
    TrackerServer.addHandlers(channel.pipeline(), tracker, () -> 1);
    channel.writeInbound(Unpooled.wrappedBuffer(request));
    int answered = 0;
    boolean good = false;
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      good |= part.toString(ISO_8859_1).startsWith("HTTP/1.1 200");
      answered += part.readableBytes();
      part.release();
    }
    channel.finishAndReleaseAll();
    assertNoFault();
    assertTrue(answered < 100_000, "answer: " + answered + " bytes");
    if (!good) {
      throw new ProtocolException("refused");
    }
  }

  @Test
  void overUdp() throws Exception {
    ConnectionIds ids = new ConnectionIds(new SipHash(1, 2));
    EmbeddedChannel channel = new EmbeddedChannel(new UdpTrackerHandler(tracker, ids));
    InfoHash torrent = InfoHash.of(new byte[InfoHash.LENGTH]);
    new Fuzzer("tracker-requests-udp", UdpTrackerHandler.class, UdpTrackerServerCodec.class)
        .tokens("\0\0\0\0", "\0\0\0\1", "\0\0\0\2", "\0\0\4\27\47\20\31\u0080")
        .seed(UdpTrackerCodec.connectRequest(7))
        .seed(
            UdpTrackerCodec.announceRequest(
                0,
                7,
                ServerUrl.parse("udp://t.example:1/announce?key=1"),
                new Announce.Request(
                    torrent, new byte[20], 6881, 0, 0, 5, Announce.Event.STARTED, 50, 0, null)))
        .seed(UdpTrackerCodec.scrapeRequest(0, 7, torrent))
        .inputs(8_000)
        .run(
            input -> {
              tracker.tick(tracker.nowSeconds() + 1);
              boolean answered = ask(channel, input, input.length);
              if (input.length >= Long.BYTES) {
                byte[] address = CLIENT.getAddress().getAddress();
                ByteBuffer proven = ByteBuffer.wrap(input);
                proven.putLong(ids.idFor(address, tracker.nowSeconds()));
                answered |= ask(channel, proven.array(), UdpTrackerServerCodec.MAX_REPLY);
              }
              if (!answered) {
                throw new ProtocolException("refused");
              }
            });
    channel.finishAndReleaseAll();
  }

  /**
   * Whether there is an answer.
   *
   * @param mostBytes for whoever has not proved its address, as many as it sent
   */
  private boolean ask(EmbeddedChannel channel, byte[] datagram, int mostBytes) {
    channel.writeInbound(new DatagramPacket(Unpooled.copiedBuffer(datagram), SERVER, CLIENT));
    DatagramPacket reply = channel.readOutbound();
    assertNoFault();
    if (reply == null) {
      return false;
    }
    int length = reply.content().readableBytes();
    reply.release();
    assertTrue(length <= mostBytes, "reply: " + length + " bytes");
    return true;
  }
}
