package io.torrentstream.tracker;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Announces and scrapes as UDP datagrams, big-endian (BEP 15), with the tracker's path and query as
 * an option behind the announce (BEP 41). Replies may be longer than what is known of them. The
 * other side is {@link UdpTrackerServerCodec}.
 *
 * <pre>
 *   connect   ->  | 0x41727101980 (8) | action 0 (4) | transaction (4) |
 *             <-  | action 0 (4) | transaction (4) | connection id (8) |
 *   announce  ->  | connection id (8) | action 1 (4) | transaction (4) | info-hash (20) |
 *                 | peer id (20) | downloaded (8) | left (8) | uploaded (8) | event (4) |
 *                 | ip 0 (4) | key (4) | num_want (4) | port (2) | options |
 *             <-  | action 1 (4) | transaction (4) | interval (4) | leechers (4) | seeders (4) |
 *                 | peers: address (4, or 16 when the datagram came over IPv6), port (2) ... |
 *   scrape    ->  | connection id (8) | action 2 (4) | transaction (4) | info-hash (20) |
 *             <-  | action 2 (4) | transaction (4) | seeders (4) | completed (4) | leechers (4) |
 *   error     <-  | action 3 (4) | transaction (4) | text |
 * </pre>
 */
public final class UdpTrackerCodec {
  public static final int CONNECT = 0;
  public static final int ANNOUNCE = 1;
  public static final int SCRAPE = 2;
  public static final int ERROR = 3;

  static final long PROTOCOL_ID = 0x41727101980L;
  static final int REQUEST_HEADER = 16;
  static final int ANNOUNCE_LENGTH = 98;
  static final int ANNOUNCE_REPLY_HEADER = 20;
  private static final int OPTION_URL_DATA = 2;
  private static final int MAX_OPTION = 255;

  /** Path and query beyond this are cut, so that the datagram passes through any network whole. */
  private static final int MAX_URL_DATA = 1024;

  private UdpTrackerCodec() {}

  /**
   * A reply whose header was read. The body is what follows it.
   *
   * @param action one of the constants above, or anything else a hostile sender makes up
   */
  public record Reply(int action, int transactionId, ByteBuffer body) {}

  public static byte[] connectRequest(int transactionId) {
    return header(REQUEST_HEADER, PROTOCOL_ID, CONNECT, transactionId).array();
  }

  public static byte[] announceRequest(
      long connectionId, int transactionId, ServerUrl tracker, Announce.Request request) {
    byte[] options = urlData(tracker);
    return header(ANNOUNCE_LENGTH + options.length, connectionId, ANNOUNCE, transactionId)
        .put(request.infoHash().bytes())
        .put(request.peerId())
        .putLong(request.downloaded())
        .putLong(request.left())
        .putLong(request.uploaded())
        .putInt(request.event().ordinal())
        .putInt(0) // the address the datagram comes from
        .putInt(request.key())
        .putInt(request.numWant())
        .putShort((short) request.port())
        .put(options)
        .array();
  }

  public static byte[] scrapeRequest(long connectionId, int transactionId, InfoHash infoHash) {
    return header(REQUEST_HEADER + InfoHash.LENGTH, connectionId, SCRAPE, transactionId)
        .put(infoHash.bytes())
        .array();
  }

  /**
   * Reads the header of a datagram.
   *
   * @throws ProtocolException when it is shorter than any reply
   */
  public static Reply reply(byte[] datagram) throws ProtocolException {
    ByteBuffer bytes = ByteBuffer.wrap(datagram);
    require(bytes, 8);
    return new Reply(bytes.getInt(), bytes.getInt(), bytes.slice());
  }

  /** The connection id in the reply to a connect; to be used for one minute. */
  public static long connectionId(Reply reply) throws ProtocolException, TrackerFailure {
    return bodyOf(reply, 8).getLong();
  }

  /**
   * Reads the reply to an announce.
   *
   * @param ipv6 whether the datagram came over IPv6, by which alone the form of the peers is known
   */
  public static Announce.Response announceResponse(Reply reply, boolean ipv6)
      throws ProtocolException, TrackerFailure {
    ByteBuffer body = bodyOf(reply, 12);
    int interval = Announce.clampInterval(body.getInt());
    int leechers = Announce.clampCount(body.getInt());
    int seeders = Announce.clampCount(body.getInt());
    PeerAddresses peers = new PeerAddresses();
    peers.addCompact(body, ipv6 ? PeerAddresses.IPV6_LENGTH : PeerAddresses.IPV4_LENGTH);
    return new Announce.Response(
        interval, interval, peers.toList(), seeders, leechers, null, null, null);
  }

  /** Reads the reply to a scrape of one torrent. */
  public static Scrape.Response scrapeResponse(Reply reply)
      throws ProtocolException, TrackerFailure {
    ByteBuffer body = bodyOf(reply, 12);
    int seeders = Announce.clampCount(body.getInt());
    int completed = Announce.clampCount(body.getInt());
    int leechers = Announce.clampCount(body.getInt());
    return new Scrape.Response(seeders, leechers, completed);
  }

  /** The body, at least {@code length} bytes long; an error packet is the tracker's refusal. */
  private static ByteBuffer bodyOf(Reply reply, int length)
      throws ProtocolException, TrackerFailure {
    ByteBuffer body = reply.body().duplicate();
    if (reply.action() == ERROR) {
      String text = StandardCharsets.UTF_8.decode(body).toString();
      throw new TrackerFailure(text, TrackerFailure.UNSPECIFIED);
    }
    require(body, length);
    return body;
  }

  private static void require(ByteBuffer bytes, int length) throws ProtocolException {
    if (bytes.remaining() < length) {
      throw new ProtocolException(
          "UDP tracker reply: " + bytes.remaining() + " bytes (expected: >= " + length + ")");
    }
  }

  private static ByteBuffer header(int length, long first, int action, int transactionId) {
    return ByteBuffer.allocate(length).putLong(first).putInt(action).putInt(transactionId);
  }

  /** BEP 41: | 2 | length | up to 255 bytes |, repeated; nothing when there is nothing to say. */
  private static byte[] urlData(ServerUrl tracker) {
    byte[] data = tracker.target().getBytes(StandardCharsets.US_ASCII);
    int length = tracker.target().equals("/") ? 0 : Math.min(data.length, MAX_URL_DATA);
    int options = (length + MAX_OPTION - 1) / MAX_OPTION;
    ByteBuffer out = ByteBuffer.allocate(length + 2 * options);
    for (int at = 0; at < length; at += MAX_OPTION) {
      int part = Math.min(MAX_OPTION, length - at);
      out.put((byte) OPTION_URL_DATA).put((byte) part).put(data, at, part);
    }
    return out.array();
  }
}
