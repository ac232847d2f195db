package io.torrentstream.net;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.torrentstream.net.RangeFailure.Kind;
import io.torrentstream.util.PrintableText;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds the head of an answer against the range that was asked for. Pure functions. */
final class RangeAnswer {
  /** Longer than this no server keeps us away. */
  static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  private static final int MAX_TEXT = 80;

  /** RFC 9110, 14.1: range units are case-insensitive. */
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("(?i:bytes) ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

  /** The group is what fits into a long, which is more than we would ever wait. */
  private static final Pattern SECONDS = Pattern.compile("0*([0-9]{1,18})|[0-9]+");

  /** Statuses below 500 that pass (RFC 9110, 8470, 6585). */
  private static final Set<Integer> BUSY = Set.of(408, 425, 429);

  private RangeAnswer() {}

  /**
   * Reads the head of an answer that is no redirect.
   *
   * @return whether its body is the whole file, and not the range
   * @throws RangeFailure when it is neither
   */
  static boolean isWholeFile(HttpResponse head, RangeFetcher.Range asked, Instant now)
      throws RangeFailure {
    int status = head.status().code();
    if (status == 206) {
      requireIdentity(head);
      requireRange(head, asked);
      return false;
    }
    if (status == 200) {
      requireIdentity(head);
      requireLength(HttpUtil.getContentLength(head, -1L), asked.fileLength());
      return true;
    }
    throw failure(head, now);
  }

  private static RangeFailure failure(HttpResponse head, Instant now) {
    int status = head.status().code();
    // The body is not shown: it may be a page of a server that only this machine can reach.
    String message = "HTTP status " + status;
    if (head.status().codeClass() == HttpStatusClass.SERVER_ERROR || BUSY.contains(status)) {
      String after = head.headers().get(HttpHeaderNames.RETRY_AFTER);
      return new RangeFailure(Kind.LATER, message, retryAfter(after, now));
    }
    return head.status().equals(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        ? new RangeFailure(Kind.FILE, message + ": the file is shorter there")
        : new RangeFailure(Kind.FILE, message);
  }

  /** Seconds or a date; null when it is neither. */
  static Duration retryAfter(String text, Instant now) {
    if (text == null) {
      return null;
    }
    Duration after;
    Matcher seconds = SECONDS.matcher(text);
    if (seconds.matches()) {
      String few = seconds.group(1);
      after = few == null ? MAX_RETRY_AFTER : Duration.ofSeconds(Long.parseLong(few));
    } else {
      Date date = DateFormatter.parseHttpDate(text);
      if (date == null) {
        return null;
      }
      after = Duration.between(now, date.toInstant());
    }
    return after.compareTo(MAX_RETRY_AFTER) > 0 ? MAX_RETRY_AFTER : after;
  }

  /** What is compressed cannot be cut into ranges, and nobody asked for it. */
  private static void requireIdentity(HttpResponse head) throws RangeFailure {
    String encoding = head.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new RangeFailure(
          Kind.SERVER,
          "content encoding: " + PrintableText.of(encoding, MAX_TEXT) + " (expected: none)");
    }
  }

  private static void requireRange(HttpResponse head, RangeFetcher.Range asked)
      throws RangeFailure {
    String range = head.headers().get(HttpHeaderNames.CONTENT_RANGE, "none");
    Matcher parts = CONTENT_RANGE.matcher(range);
    String expected = asked.from() + "-" + (asked.from() + asked.length() - 1);
    if (!parts.matches() || !expected.equals(parts.group(1) + "-" + parts.group(2))) {
      throw new RangeFailure(
          Kind.FILE,
          "range: " + PrintableText.of(range, MAX_TEXT) + " (expected: bytes " + expected + ")");
    }
    if (!parts.group(3).equals("*")) {
      requireLength(Long.parseLong(parts.group(3)), asked.fileLength());
    }
    long length = HttpUtil.getContentLength(head, -1L);
    if (length >= 0 && length != asked.length()) {
      throw new RangeFailure(
          Kind.FILE, "content length: " + length + " (expected: " + asked.length() + ")");
    }
  }

  private static void requireLength(long length, long expected) throws RangeFailure {
    if (length >= 0 && length != expected) {
      throw new RangeFailure(
          Kind.FILE, "size of the file: " + length + " (expected: " + expected + ")");
    }
  }
}
