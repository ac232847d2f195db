package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One connection and its clock. */
class HttpTrackerHandlerTest {
  private static final String REQUEST = "GET /stats HTTP/1.1\r\nHost: example.org\r\n\r\n";

  private final Tracker tracker =
      new Tracker(TrackerConfig.DEFAULT, (hash, seeds, others) -> {}, new SecureRandom());

  private final EmbeddedChannel channel =
      new EmbeddedChannel() {
        @Override
        protected SocketAddress remoteAddress0() {
          return new InetSocketAddress("9.9.9.9", 40_000);
        }
      };

  @BeforeEach
  void open() {
    channel.freezeTime();
    TrackerServer.addHandlers(channel.pipeline(), tracker, () -> 1);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void send(String bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII));
  }

  /** All that was answered since the last call. */
  private String answers() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.append(part.toString(StandardCharsets.US_ASCII));
      part.release();
    }
    return all.toString();
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void requestsKeepAConnectionOpen() {
    for (int i = 0; i < 5; i++) {
      pass(TrackerServer.REQUEST_SECONDS - 1);
      send(REQUEST);
      assertTrue(answers().startsWith("HTTP/1.1 200 OK"));
    }
    assertTrue(channel.isOpen());
  }

  @ParameterizedTest
  @CsvSource({
    "/stats, 200",
    "http://example.org/stats, 200",
    "HTTPS://example.org:80/stats?x, 200",
    "http:///stats, 200",
    "http://example.org, 404",
    "http://example.org/http://example.org/stats, 404",
    "ftp://example.org/stats, 404",
    "//example.org/stats, 404"
  })
  void aWholeUriNamesWhatItsPathDoes(String target, int status) {
    send("GET " + target + " HTTP/1.1\r\nHost: example.org\r\n\r\n");
    String answer = answers();
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  @Test
  void silenceEndsIt() {
    send(REQUEST);
    pass(TrackerServer.REQUEST_SECONDS + 1);

    assertFalse(channel.isOpen());
  }

  @Test
  void aByteNowAndThenIsNoRequest() {
    int seconds = 0;
    for (; channel.isOpen() && seconds < REQUEST.length(); seconds++) {
      send(REQUEST.substring(seconds, seconds + 1));
      pass(1);
    }

    assertEquals(TrackerServer.REQUEST_SECONDS, seconds);
    assertEquals("", answers());
  }

  @Test
  void whoTakesNoAnswersIsNotReadFrom() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
    assertTrue(channel.config().isAutoRead());

    channel
        .pipeline()
        .firstContext()
        .write(Unpooled.copiedBuffer("waiting", StandardCharsets.US_ASCII));
    channel.runPendingTasks();
    assertFalse(channel.config().isAutoRead());

    channel.flush();
    channel.runPendingTasks();
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void endlessHeadersAreRefused() {
    send("GET /stats HTTP/1.1\r\nX: " + "x".repeat(TrackerServer.MAX_HEADER_BYTES + 1));

    assertTrue(answers().startsWith("HTTP/1.1 400 "));
    assertFalse(channel.isOpen());
    assertEquals(1, tracker.stats().of(TrackerStats.Counter.MALFORMED));
  }
}
