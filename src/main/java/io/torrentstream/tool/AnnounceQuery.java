package io.torrentstream.tool;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What a client says in an announce over HTTP (BEP 3). Immutable; the peer id is not copied.
 *
 * @param peerId 20 bytes
 * @param port 1..65535
 * @param left bytes that are missing; 0: a seed
 * @param numWant peers wanted, 0 or more
 * @param compact whether the answer may have peers as bytes (BEP 23)
 */
record AnnounceQuery(
    InfoHash infoHash,
    byte[] peerId,
    int port,
    long left,
    Announce.Event event,
    int numWant,
    boolean compact) {

  private static final int DEFAULT_NUM_WANT = 50;
  private static final int MAX_NUM_WANT = 200;
  private static final int PEER_ID_BYTES = 20;

  /**
   * Reads the part of the address after the question mark.
   *
   * @throws ProtocolException when something that is needed is missing or malformed; the message is
   *     the tracker's {@code failure reason}
   */
  static AnnounceQuery parse(String rawQuery) throws ProtocolException {
    Map<String, byte[]> values = new HashMap<>();
    for (String pair : rawQuery.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.putIfAbsent(pair.substring(0, equals), decode(pair.substring(equals + 1)));
      }
    }
    byte[] infoHash = bytes(values, "info_hash", InfoHash.LENGTH);
    byte[] peerId = bytes(values, "peer_id", PEER_ID_BYTES);
    return new AnnounceQuery(
        InfoHash.of(infoHash),
        peerId,
        (int) number(values, "port", 1, 65535, -1),
        number(values, "left", 0, Long.MAX_VALUE, Long.MAX_VALUE),
        event(values),
        (int) Math.min(MAX_NUM_WANT, number(values, "numwant", 0, 1 << 30, DEFAULT_NUM_WANT)),
        number(values, "compact", 0, 1, 1) == 1);
  }

  private static byte[] bytes(Map<String, byte[]> values, String key, int length)
      throws ProtocolException {
    byte[] value = values.get(key);
    if (value == null || value.length != length) {
      throw new ProtocolException(
          key
              + ": "
              + (value == null ? "missing" : value.length + " bytes")
              + " (expected: "
              + length
              + " bytes)");
    }
    return value;
  }

  /**
   * @param otherwise when the key is missing; below {@code min}: it must not be
   */
  private static long number(
      Map<String, byte[]> values, String key, long min, long max, long otherwise)
      throws ProtocolException {
    byte[] value = values.get(key);
    if (value == null && otherwise >= min) {
      return otherwise;
    }
    String text = value == null ? "missing" : text(value);
    if (text.matches("[0-9]{1,18}")) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new ProtocolException(key + ": malformed (expected: " + min + ".." + max + ")");
  }

  private static Announce.Event event(Map<String, byte[]> values) {
    byte[] value = values.get("event");
    return switch (value == null ? "" : text(value)) {
      case "started" -> Announce.Event.STARTED;
      case "completed" -> Announce.Event.COMPLETED;
      case "stopped" -> Announce.Event.STOPPED;
      default -> Announce.Event.NONE;
    };
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.ISO_8859_1);
  }

  /** Percent-encoding to bytes; these are not text, so {@code URLDecoder} would spoil them. */
  private static byte[] decode(String encoded) throws ProtocolException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c != '%') {
        bytes.write(c);
        continue;
      }
      if (i + 2 >= encoded.length()
          || !HexFormat.isHexDigit(encoded.charAt(i + 1))
          || !HexFormat.isHexDigit(encoded.charAt(i + 2))) {
        throw new ProtocolException("query: % without two hexadecimal digits");
      }
      bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
      i += 2;
    }
    return bytes.toByteArray();
  }
}
