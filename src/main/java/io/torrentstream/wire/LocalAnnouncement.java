package io.torrentstream.wire;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a client calls into its local network: these torrents can be had from me (BEP 14). Where
 * from, says the datagram's sender. Immutable.
 *
 * <pre>
 *   BT-SEARCH * HTTP/1.1
 *   Host: 239.192.152.143:6771
 *   Port: 6881
 *   Infohash: 0123456789abcdef0123456789abcdef01234567      once for each torrent
 *   cookie: 5f3a0d21
 *   (two empty lines)
 * </pre>
 *
 * @param port where the sender takes connections, 1..65535
 * @param infoHashes one or more, each once
 * @param cookie by which the sender knows its own announcements again; empty for none
 */
public record LocalAnnouncement(int port, List<InfoHash> infoHashes, String cookie) {
  /** Longer ones may be cut into pieces on their way (BEP 14). */
  public static final int MAX_BYTES = 1400;

  /** So many fit, whatever the rest is. */
  public static final int MAX_INFO_HASHES = 20;

  static final int MAX_COOKIE = 64;

  private static final String REQUEST = "BT-SEARCH * HTTP/1.1";
  private static final String LINE_END = "\r\n";

  public LocalAnnouncement {
    infoHashes = List.copyOf(infoHashes);
  }

  /**
   * The bytes to send.
   *
   * @param host the group and port that they are sent to, as in the BEP
   */
  public byte[] encode(String host) {
    StringBuilder text = new StringBuilder(REQUEST).append(LINE_END);
    header(text, "Host", host);
    header(text, "Port", Integer.toString(port));
    infoHashes.forEach(infoHash -> header(text, "Infohash", infoHash.toString()));
    if (!cookie.isEmpty()) {
      header(text, "cookie", cookie);
    }
    return text.append(LINE_END).append(LINE_END).toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void header(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value).append(LINE_END);
  }

  /**
   * Reads a datagram. Headers that are not known are passed over, and names are of any case.
   *
   * @throws ProtocolException when it is too long, not such an announcement, or lacks a port or a
   *     torrent
   */
  public static LocalAnnouncement decode(byte[] datagram) throws ProtocolException {
    if (datagram.length > MAX_BYTES) {
      throw refused("length", Integer.toString(datagram.length), "<= " + MAX_BYTES);
    }
    String[] lines = new String(datagram, StandardCharsets.ISO_8859_1).split(LINE_END, -1);
    if (!lines[0].equals(REQUEST)) {
      throw new ProtocolException("local announcement: no " + REQUEST);
    }
    int port = 0;
    String cookie = "";
    Set<InfoHash> infoHashes = new LinkedHashSet<>();
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      int colon = lines[i].indexOf(':');
      if (colon < 1) {
        throw new ProtocolException("local announcement: a line without a name");
      }
      String value = lines[i].substring(colon + 1).strip();
      switch (lines[i].substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "port" -> port = port(value);
        case "infohash" -> infoHashes.add(InfoHash.fromHex(value));
        case "cookie" -> cookie = value;
        default -> {}
      }
    }
    if (port == 0 || infoHashes.isEmpty()) {
      throw new ProtocolException("local announcement: no " + (port == 0 ? "port" : "info-hash"));
    }
    if (cookie.length() > MAX_COOKIE) {
      throw refused("cookie length", Integer.toString(cookie.length()), "<= " + MAX_COOKIE);
    }
    return new LocalAnnouncement(port, List.copyOf(infoHashes), cookie);
  }

  private static int port(String value) throws ProtocolException {
    int port = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
    if (port < 1 || port > 0xFFFF) {
      throw new ProtocolException("local announcement port (expected: 1..65535)");
    }
    return port;
  }

  private static ProtocolException refused(String what, String value, String expected) {
    return new ProtocolException(
        "local announcement " + what + ": " + value + " (expected: " + expected + ")");
  }
}
