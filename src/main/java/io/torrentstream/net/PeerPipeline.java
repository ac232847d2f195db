package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
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
 *          session handlers         what HandshakeHandler.Swarm.onPeer returned
 *                   |
 *                 Tail              closes the channel on any error
 * </pre>
 *
 * Session handlers see {@code channelActive} once, when all of them are in place and the handshake
 * is done; every message comes after it.
 *
 * <p>A peer's channel runs on its torrent's loop, from end to end, so that a block goes from the
 * socket to the torrent in one call. Netty could run single handlers on another loop, but has
 * deprecated that: at shutdown, when one loop ends before the other, events are lost and buffers
 * with them.
 */
public final class PeerPipeline {
  /** Above this, {@code channel.isWritable()} is false and no more blocks are to be written. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(64 * 1024, 256 * 1024);

  /**
   * Sixteen blocks a read: measured a little faster than adaptive sizes up to 64 KiB. After each,
   * what it brought is worked through and asked for anew; then the other peers have their turn.
   */
  private static final RecvByteBufAllocator READ_SIZE =
      new FixedRecvByteBufAllocator(256 * 1024).maxMessagesPerRead(1);

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
    if (swarm.loop() != channel.eventLoop()) {
      throw new IllegalStateException("a peer on another loop than its torrent");
    }
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
      pipeline.addBefore(TAIL, null, handler);
    }
    return true;
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
