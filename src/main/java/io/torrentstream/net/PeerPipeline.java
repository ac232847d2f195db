package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a peer connection is made of, in order. This is the only place that knows.
 *
 * <pre>
 *                 socket
 *                   |
 *         ( MseHandler )            encryption would stand here, before the first byte is read
 *                   |
 *          HandshakeHandler         68 bytes each way; then it opens the rest and leaves
 *                   |
 *  - - - - - - - - -|- - - - - - -  from here on only after the handshake
 *                   |
 *           PeerWireCodec           bytes and PeerMessage
 *                   |
 *          ( PeerMessageLog )       only while it logs
 *                   |
 *  - - - - - - - - -|- - - - - - -  from here on the torrent's loop, above the channel's own
 *                   |
 *          session handlers         what HandshakeHandler.Swarm.onPeer returned
 *                   |
 *  - - - - - - - - -|- - - - - - -
 *                   |
 *                 Tail              closes the channel on any error
 * </pre>
 *
 * Session handlers see {@code channelActive} once, when all of them are in place and the handshake
 * is done; every message comes after it.
 */
public final class PeerPipeline {
  /** Above this, {@code channel.isWritable()} is false and no more blocks are to be written. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  /** Sixteen blocks a read: measured a little faster than adaptive sizes up to 64 KiB. */
  private static final RecvByteBufAllocator READ_SIZE = new FixedRecvByteBufAllocator(256 * 1024);

  private static final String TAIL = "tail";

  private PeerPipeline() {}

  /** Fills the pipeline of a connection that we make. */
  static void outgoing(Channel channel, HandshakeHandler.Swarm swarm) {
    configure(channel);
    channel.pipeline().addLast(HandshakeHandler.outgoing(swarm)).addLast(TAIL, Tail.INSTANCE);
  }

  /**
   * Fills the pipeline of a connection that was made to us.
   *
   * @param ended called on the channel's loop when the handshake is done or will never be
   */
  static void incoming(Channel channel, HandshakeHandler.Swarms swarms, Runnable ended) {
    configure(channel);
    channel
        .pipeline()
        .addLast(HandshakeHandler.incoming(swarms, ended))
        .addLast(TAIL, Tail.INSTANCE);
  }

  private static void configure(Channel channel) {
    ChannelConfig config = channel.config();
    config.setOption(ChannelOption.TCP_NODELAY, true);
    config.setRecvByteBufAllocator(READ_SIZE);
    config.setWriteBufferWaterMark(WATER_MARK);
  }

  /**
   * Adds everything that comes after the handshake. On the channel's loop.
   *
   * @return false when the session refuses the peer
   */
  static boolean open(
      Channel channel, HandshakeHandler.Swarm swarm, Handshake remote, boolean outgoing) {
    List<ChannelHandler> handlers = swarm.onPeer(channel, remote, outgoing);
    if (handlers == null || handlers.isEmpty()) {
      return false;
    }
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addBefore(TAIL, null, new PeerWireCodec(swarm.pieceCount()));
    if (PeerMessageLog.isEnabled()) {
      pipeline.addBefore(TAIL, null, PeerMessageLog.INSTANCE);
    }
    for (ChannelHandler handler : handlers) {
      addOn(swarm.loop(), channel, handler);
    }
    return true;
  }

  /**
   * Netty calls a handler directly when its loop is the channel's, and otherwise hands its loop
   * every event, {@code handlerAdded} first, in order: a torrent sees the same sequence either way.
   *
   * <p>Handlers with a loop of their own are deprecated in 4.2 because of their cost, and of races
   * when they come and go. Here they come before the first event and stay until the end, and only
   * incoming peers of a session with several loops pay. The other way, to move the channel to the
   * torrent's loop, is the one that the Netty maintainers advise against most.
   */
  @SuppressWarnings("deprecation")
  private static void addOn(EventLoop loop, Channel channel, ChannelHandler handler) {
    if (loop == channel.eventLoop()) {
      channel.pipeline().addBefore(TAIL, null, handler);
    } else {
      channel.pipeline().addBefore(loop, TAIL, null, handler);
    }
  }

  /** A channel's other end for a log line: {@code 10.0.0.5:6881}, {@code [::1]:6881}. */
  static String address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? NetUtil.toSocketAddressString(address)
        : String.valueOf(channel.remoteAddress());
  }

  /** The end of every peer's pipeline: whatever went wrong before it ends this connection only. */
  @ChannelHandler.Sharable
  private static final class Tail extends ChannelInboundHandlerAdapter {
    static final Tail INSTANCE = new Tail();
    private static final Logger log = LoggerFactory.getLogger(PeerPipeline.class);

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof ProtocolException || cause instanceof IOException) {
        log.debug("[{}] closed: {}", address(ctx.channel()), cause.getMessage());
      } else {
        log.warn("[{}] closed by a fault of ours", address(ctx.channel()), cause);
      }
      ctx.close();
    }
  }
}
