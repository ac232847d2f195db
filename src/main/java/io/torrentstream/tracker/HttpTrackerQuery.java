package io.torrentstream.tracker;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a client asks a tracker in the query of a GET: the tracker's side of {@link
 * HttpTrackerCodec} (BEP 3, 23, 48). Where a number is needed only to be kind, nonsense counts as
 * not said: there are clients that send {@code numwant=-1}. Not thread-safe.
 */
public final class HttpTrackerQuery {
  /** Torrents in one scrape; as many as over UDP. */
  public static final int MAX_SCRAPE = UdpTrackerServerCodec.MAX_SCRAPE;

  private static final String INFO_HASH = "info_hash";

  private final Map<String, List<byte[]>> values = new HashMap<>();

  private HttpTrackerQuery() {}

  /**
   * An announce.
   *
   * @param compact whether the answer may have peers as bytes (BEP 23), which it may unless told
   *     otherwise
   * @param withPeerIds whether peers as dictionaries should have their ids
   */
  public record AnnounceQuery(Announce.Request request, boolean compact, boolean withPeerIds) {}

  /**
   * Reads the part of the address after the question mark.
   *
   * @throws ProtocolException when something that is needed is missing or malformed; the message is
   *     the tracker's {@code failure reason}
   */
  public static AnnounceQuery announce(String rawQuery) throws ProtocolException {
    HttpTrackerQuery query = parse(rawQuery);
    return new AnnounceQuery(
        new Announce.Request(
            InfoHash.of(query.bytes(INFO_HASH, InfoHash.LENGTH)),
            query.bytes("peer_id", Announce.PEER_ID_LENGTH),
            query.port(),
            query.number("uploaded", 0),
            query.number("downloaded", 0),
            query.number("left", Long.MAX_VALUE),
            query.event(),
            (int) Math.max(-1, Math.min(Integer.MAX_VALUE, query.number("numwant", -1))),
            query.key(),
            null),
        query.number("compact", 1) != 0,
        query.number("no_peer_id", 0) == 0);
  }

  /**
   * Reads the torrents of a scrape.
   *
   * @return 1 to {@value #MAX_SCRAPE} torrents
   * @throws ProtocolException as {@link #announce}; also for a scrape of everything
   */
  public static List<InfoHash> scrape(String rawQuery) throws ProtocolException {
    List<byte[]> asked = parse(rawQuery).values.getOrDefault(INFO_HASH, List.of());
    if (asked.isEmpty() || asked.size() > MAX_SCRAPE) {
      throw new ProtocolException(
          INFO_HASH + ": " + asked.size() + " of them (expected: 1.." + MAX_SCRAPE + ")");
    }
    List<InfoHash> torrents = new ArrayList<>();
    for (byte[] infoHash : asked) {
      torrents.add(InfoHash.of(checked(INFO_HASH, infoHash, InfoHash.LENGTH)));
    }
    return torrents;
  }

  private static HttpTrackerQuery parse(String rawQuery) throws ProtocolException {
    HttpTrackerQuery query = new HttpTrackerQuery();
    for (String pair : rawQuery.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query
            .values
            .computeIfAbsent(pair.substring(0, equals), key -> new ArrayList<>())
            .add(decode(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  /** The first value of a key, or null. */
  private byte[] first(String key) {
    List<byte[]> all = values.get(key);
    return all == null ? null : all.get(0);
  }

  private String text(String key) {
    byte[] value = first(key);
    return value == null ? "" : new String(value, StandardCharsets.ISO_8859_1);
  }

  private byte[] bytes(String key, int length) throws ProtocolException {
    return checked(key, first(key), length);
  }

  private static byte[] checked(String key, byte[] value, int length) throws ProtocolException {
    if (value == null || value.length != length) {
      String found = value == null ? "missing" : value.length + " bytes";
      throw new ProtocolException(key + ": " + found + " (expected: " + length + " bytes)");
    }
    return value;
  }

  private int port() throws ProtocolException {
    long port = number("port", 0);
    if (port < 1 || port > 65535) {
      throw new ProtocolException("port: missing or malformed (expected: 1..65535)");
    }
    return (int) port;
  }

  private long number(String key, long otherwise) {
    String text = text(key);
    if (!text.matches("-?[0-9]{1,19}")) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return otherwise; // 19 digits may be too many
    }
  }

  private Announce.Event event() {
    return switch (text("event")) {
      case "started" -> Announce.Event.STARTED;
      case "completed" -> Announce.Event.COMPLETED;
      case "stopped" -> Announce.Event.STOPPED;
      default -> Announce.Event.NONE;
    };
  }

  /** Eight hexadecimal digits, as most clients have it; what others have does not fit an int. */
  private int key() {
    String text = text("key");
    return text.matches("[0-9a-fA-F]{1,8}") ? Integer.parseUnsignedInt(text, 16) : 0;
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
