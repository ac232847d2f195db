package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.torrentstream.net.RangeFailure.Kind;
import io.torrentstream.tracker.ServerUrl;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the head of an answer says about the range that was asked for. */
class RangeAnswerTest {
  private static final Instant NOW = Instant.parse("2024-05-01T12:00:00Z");

  /** Bytes 100 to 299 of a file of 1,000. */
  private static RangeFetcher.Range asked(long from, long fileLength) {
    return new RangeFetcher.Range(
        new ServerUrl("http", "a.example", 80, "/f"), from, 200, fileLength, false);
  }

  private static HttpResponse head(int status, String... headers) {
    HttpResponse head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
    for (int i = 0; i < headers.length; i += 2) {
      head.headers().add(headers[i], headers[i + 1]);
    }
    return head;
  }

  private static boolean isWholeFile(HttpResponse head) throws RangeFailure {
    return RangeAnswer.isWholeFile(head, asked(100, 1000), NOW);
  }

  private static RangeFailure failure(HttpResponse head) {
    return assertThrows(RangeFailure.class, () -> isWholeFile(head));
  }

  private static void assertFails(Kind kind, String message, HttpResponse head) {
    RangeFailure failure = failure(head);
    assertEquals(message, failure.getMessage());
    assertEquals(kind, failure.kind());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 100-299/1000", "bytes 100-299/*", "Bytes 100-299/1000"})
  void takesTheRange(String range) throws RangeFailure {
    assertFalse(isWholeFile(head(206, "Content-Range", range)));
    assertFalse(isWholeFile(head(206, "Content-Range", range, "Content-Length", "200")));
    assertFalse(isWholeFile(head(206, "Content-Range", range, "Content-Encoding", "identity")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-199/1000",
        "bytes 100-298/1000",
        "bytes 100-300/1000",
        "bytes 100-99999999999999999999/1000",
        "bytes */1000",
        "items 100-299/1000",
        ""
      })
  void refusesAnotherRange(String range) {
    assertFails(
        Kind.FILE,
        "range: " + range + " (expected: bytes 100-299)",
        head(206, "Content-Range", range));
  }

  @Test
  void refusesSeveralRangesInOne() {
    assertFails(
        Kind.FILE,
        "range: none (expected: bytes 100-299)",
        head(206, "Content-Type", "multipart/byteranges; boundary=x"));
  }

  @Test
  void refusesAFileOfAnotherSize() {
    String message = "size of the file: 999 (expected: 1000)";
    assertFails(Kind.FILE, message, head(206, "Content-Range", "bytes 100-299/999"));
    assertFails(Kind.FILE, message, head(200, "Content-Length", "999"));
  }

  @Test
  void refusesABodyOfAnotherLength() {
    assertFails(
        Kind.FILE,
        "content length: 199 (expected: 200)",
        head(206, "Content-Range", "bytes 100-299/1000", "Content-Length", "199"));
  }

  @Test
  void aWholeFileHasTheRangeToo() throws RangeFailure {
    assertTrue(isWholeFile(head(200, "Content-Length", "1000")));
    assertTrue(isWholeFile(head(200, "Transfer-Encoding", "chunked")));
    assertTrue(RangeAnswer.isWholeFile(head(200), asked(0, 1L << 40), NOW));
  }

  @Test
  void refusesWhatIsCompressed() {
    String message = "content encoding: gzip (expected: none)";
    assertFails(Kind.SERVER, message, head(200, "Content-Encoding", "gzip"));
    assertFails(
        Kind.SERVER,
        message,
        head(206, "Content-Range", "bytes 100-299/1000", "Content-Encoding", "gzip"));
  }

  @ParameterizedTest
  @CsvSource({
    "204, FILE",
    "400, FILE",
    "401, FILE",
    "403, FILE",
    "404, FILE",
    "410, FILE",
    "408, LATER",
    "425, LATER",
    "429, LATER",
    "500, LATER",
    "502, LATER",
    "503, LATER",
    "599, LATER"
  })
  void otherStatusesAreOfTheFileOrPass(int status, Kind kind) {
    assertFails(kind, "HTTP status " + status, head(status));
  }

  @Test
  void saysWhatIsMeantByRangeNotSatisfiable() {
    assertFails(Kind.FILE, "HTTP status 416: the file is shorter there", head(416));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0",
        "120 | 120",
        "3601 | 3600",
        "99999999999 | 3600",
        "99999999999999999999 | 3600",
        "000000000000000000007 | 7",
        "Wed, 01 May 2024 12:01:40 GMT | 100",
        "Wed, 01 May 2024 11:00:00 GMT | -3600",
        "Fri, 31 Dec 9999 23:59:59 GMT | 3600"
      })
  void retryAfterIsSecondsOrADate(String text, long seconds) {
    assertEquals(Duration.ofSeconds(seconds), RangeAnswer.retryAfter(text, NOW));
    assertEquals(Duration.ofSeconds(seconds), failure(head(503, "Retry-After", text)).retryAfter());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "soon", "99999999999999999999x", "1.5"})
  void nonsenseIsNoTime(String text) {
    assertEquals(null, RangeAnswer.retryAfter(text, NOW));
  }
}
