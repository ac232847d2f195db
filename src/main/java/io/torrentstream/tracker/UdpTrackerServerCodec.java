package io.torrentstream.tracker;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The tracker's side of {@link UdpTrackerCodec}, where the datagrams are drawn: reads requests,
 * writes replies (BEP 15). What follows an announce, such as the options of BEP 41, is passed over.
 */
public final class UdpTrackerServerCodec {
  /** With IPv6 and UDP headers this makes 1500 bytes, which pass through any Ethernet whole. */
  public static final int MAX_REPLY = 1452;

  /** BEP 15 lets a client ask for about so many torrents at once. */
  public static final int MAX_SCRAPE = 74;

  private UdpTrackerServerCodec() {}

  /**
   * A request whose header was read.
   *
   * @param action one of the constants of {@link UdpTrackerCodec}, or anything else
   * @param body what follows the header
   */
  public record Request(long connectionId, int action, int transactionId, ByteBuffer body) {
    /** Whether this asks for a connection id. */
    public boolean isConnect() {
      return action == UdpTrackerCodec.CONNECT && connectionId == UdpTrackerCodec.PROTOCOL_ID;
    }
  }

  /**
   * Reads the header of a datagram.
   *
   * @throws ProtocolException when it is shorter than any request
   */
  public static Request request(ByteBuffer datagram) throws ProtocolException {
    require(datagram, UdpTrackerCodec.REQUEST_HEADER);
    return new Request(datagram.getLong(), datagram.getInt(), datagram.getInt(), datagram);
  }

  /** Reads an announce; the address that it claims to come from is not in the result. */
  public static Announce.Request announce(Request request) throws ProtocolException {
    ByteBuffer body = request.body().duplicate();
    require(body, UdpTrackerCodec.ANNOUNCE_LENGTH - UdpTrackerCodec.REQUEST_HEADER);
    byte[] infoHash = bytes(body, InfoHash.LENGTH);
    byte[] peerId = bytes(body, Announce.PEER_ID_LENGTH);
    long downloaded = body.getLong();
    long left = body.getLong();
    long uploaded = body.getLong();
    Announce.Event event = event(body.getInt());
    body.getInt(); // the address: not believed, or anyone could direct a swarm at somebody else
    int key = body.getInt();
    int numWant = body.getInt();
    int port = body.getShort() & 0xFFFF;
    if (port == 0) {
      throw new ProtocolException("port: 0 (expected: 1..65535)");
    }
    return new Announce.Request(
        InfoHash.of(infoHash),
        peerId,
        port,
        uploaded,
        downloaded,
        left,
        event,
        Math.max(-1, numWant),
        key,
        null);
  }

  private static Announce.Event event(int number) {
    Announce.Event[] events = Announce.Event.values();
    return number >= 0 && number < events.length ? events[number] : Announce.Event.NONE;
  }

  /**
   * Reads a scrape.
   *
   * @return 1 to {@value #MAX_SCRAPE} torrents; those beyond are passed over
   */
  public static List<InfoHash> scrape(Request request) throws ProtocolException {
    ByteBuffer body = request.body().duplicate();
    require(body, InfoHash.LENGTH);
    List<InfoHash> torrents = new ArrayList<>();
    while (body.remaining() >= InfoHash.LENGTH && torrents.size() < MAX_SCRAPE) {
      torrents.add(InfoHash.of(bytes(body, InfoHash.LENGTH)));
    }
    return torrents;
  }

  /** The reply to a connect. */
  public static byte[] connectReply(int transactionId, long connectionId) {
    return reply(16, UdpTrackerCodec.CONNECT, transactionId).putLong(connectionId).array();
  }

  /**
   * The reply to an announce; peers that do not fit are left out.
   *
   * @param peers of the family that the datagram came over
   */
  public static byte[] announceReply(
      int transactionId, Announce.Answer answer, CompactPeers peers) {
    int room = (MAX_REPLY - UdpTrackerCodec.ANNOUNCE_REPLY_HEADER) / peers.stride();
    int length = Math.min(room, peers.count()) * peers.stride();
    return reply(
            UdpTrackerCodec.ANNOUNCE_REPLY_HEADER + length, UdpTrackerCodec.ANNOUNCE, transactionId)
        .putInt(answer.interval())
        .putInt(answer.leechers())
        .putInt(answer.seeders())
        .put(peers.endpoints(), 0, length)
        .array();
  }

  /**
   * The reply to a scrape.
   *
   * @param torrents in the order in which they were asked for
   */
  public static byte[] scrapeReply(int transactionId, List<Scrape.Response> torrents) {
    ByteBuffer reply = reply(8 + 12 * torrents.size(), UdpTrackerCodec.SCRAPE, transactionId);
    for (Scrape.Response torrent : torrents) {
      reply.putInt(torrent.seeders()).putInt(torrent.downloaded()).putInt(torrent.leechers());
    }
    return reply.array();
  }

  /** A refusal. */
  public static byte[] errorReply(int transactionId, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    return reply(8 + text.length, UdpTrackerCodec.ERROR, transactionId).put(text).array();
  }

  private static ByteBuffer reply(int length, int action, int transactionId) {
    return ByteBuffer.allocate(length).putInt(action).putInt(transactionId);
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static void require(ByteBuffer bytes, int length) throws ProtocolException {
    if (bytes.remaining() < length) {
      throw new ProtocolException(
          "UDP request: " + bytes.remaining() + " bytes (expected: >= " + length + ")");
    }
  }
}
