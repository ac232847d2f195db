package io.torrentstream.tool;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tool.TrackerStats.Counter;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.UdpTrackerCodec;
import io.torrentstream.tracker.UdpTrackerServerCodec;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers datagrams (BEP 15). Anyone can send them in anybody's name, so until a sender has proved
 * with a connection id that it is where it says, it gets no more bytes than it sent, and changes
 * nothing here. Confined to the server's loop.
 */
final class UdpTrackerHandler extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger LOG = LoggerFactory.getLogger(UdpTrackerHandler.class);
  private static final Scrape.Response UNKNOWN = new Scrape.Response(0, 0, 0);

  private final Tracker tracker;
  private final ConnectionIds connectionIds;

  UdpTrackerHandler(Tracker tracker, ConnectionIds connectionIds) {
    this.tracker = tracker;
    this.connectionIds = connectionIds;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    // A socket that takes nothing more would make us hold whatever is asked for: UDP may drop.
    if (!ctx.channel().isWritable()) {
      return;
    }
    byte[] reply = reply(packet);
    if (reply != null) {
      ctx.write(new DatagramPacket(Unpooled.wrappedBuffer(reply), packet.sender()));
    }
  }

  /** All replies to what one read brought go out together. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.flush();
  }

  /** Null for none. */
  private byte[] reply(DatagramPacket packet) {
    byte[] address = packet.sender().getAddress().getAddress();
    try {
      UdpTrackerServerCodec.Request request =
          UdpTrackerServerCodec.request(packet.content().nioBuffer());
      if (request.isConnect()) {
        tracker.stats().count(Counter.UDP_CONNECTS);
        long id = connectionIds.idFor(address, tracker.nowSeconds());
        return UdpTrackerServerCodec.connectReply(request.transactionId(), id);
      }
      if (!connectionIds.isGood(request.connectionId(), address, tracker.nowSeconds())) {
        tracker.stats().count(Counter.UNPROVEN);
        return distrust(request);
      }
      return tracker.admits(address) ? reply(request, address) : null;
    } catch (ProtocolException e) {
      tracker.stats().count(Counter.MALFORMED);
      return null;
    }
  }

  /**
   * An honest client may have an old id and wants to know. Only what is at least a scrape gets an
   * answer, which is shorter than that: so nothing grows, and two trackers that somebody sets on
   * each other with a forged datagram soon fall silent.
   */
  private static byte[] distrust(UdpTrackerServerCodec.Request request) {
    return request.body().remaining() < InfoHash.LENGTH
        ? null
        : UdpTrackerServerCodec.errorReply(request.transactionId(), "connection id expired");
  }

  private byte[] reply(UdpTrackerServerCodec.Request request, byte[] address) {
    int transaction = request.transactionId();
    try {
      return switch (request.action()) {
        case UdpTrackerCodec.ANNOUNCE ->
            announce(transaction, UdpTrackerServerCodec.announce(request), address);
        case UdpTrackerCodec.SCRAPE -> scrape(transaction, UdpTrackerServerCodec.scrape(request));
        default -> throw new ProtocolException("action: " + request.action() + " (expected: 1..2)");
      };
    } catch (ProtocolException e) {
      tracker.stats().count(Counter.MALFORMED);
      return UdpTrackerServerCodec.errorReply(transaction, e.getMessage());
    }
  }

  private byte[] announce(int transaction, Announce.Request announce, byte[] address) {
    tracker.stats().count(Counter.UDP_ANNOUNCES);
    try {
      Announce.Answer answer = tracker.announce(announce, address, SwarmTable.Form.OWN_FAMILY);
      return UdpTrackerServerCodec.announceReply(
          transaction, answer, address.length == 4 ? answer.ipv4() : answer.ipv6());
    } catch (ProtocolException e) {
      return UdpTrackerServerCodec.errorReply(transaction, e.getMessage());
    }
  }

  private byte[] scrape(int transaction, List<InfoHash> torrents) {
    tracker.stats().count(Counter.UDP_SCRAPES);
    List<Scrape.Response> numbers = new ArrayList<>();
    for (InfoHash torrent : torrents) {
      Scrape.Response known = tracker.scrape(torrent);
      numbers.add(known == null ? UNKNOWN : known);
    }
    return UdpTrackerServerCodec.scrapeReply(transaction, numbers);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The socket is everybody's: whatever one datagram did, the next is read.
    if (cause instanceof IOException) {
      LOG.debug("UDP: {}", cause.toString());
    } else {
      LOG.warn("UDP: a fault of ours", cause);
    }
  }
}
