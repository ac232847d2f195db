package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Exchanges handshakes (BEP 3) on a new connection, then opens the rest of the pipeline and removes
 * itself. Whoever connects speaks first and knows the torrent; whoever accepts learns it from the
 * info-hash and answers as soon as that is there, without waiting for the peer id.
 *
 * <p>One instance a connection, confined to the channel's loop.
 */
public final class HandshakeHandler extends ChannelInboundHandlerAdapter {
  /** From connected to done; a peer that needs longer only holds a socket. */
  static final int TIMEOUT_SECONDS = 10;

  /** The torrents that incoming peers may ask for. Called on the listener's loop. */
  public interface Swarms {
    /** The torrent with an info-hash; null when there is none that takes peers. */
    Swarm find(InfoHash infoHash);
  }

  /** A torrent, as far as its handshakes and the opening of its connections go. */
  public interface Swarm {
    InfoHash infoHash();

    /** What we send. Its peer id also tells us apart from ourselves. */
    Handshake localHandshake();

    /** How many pieces a bitfield must be for; 0 while we have no info dictionary. */
    int pieceCount();

    /** The loop of this torrent and of all its peers. */
    EventLoop loop();

    /**
     * The handshake is done. Called on {@link #loop}.
     *
     * @param outgoing whether we made the connection
     * @return the handlers to add after the codec, in order; null or empty to refuse the peer,
     *     which closes the channel
     */
    List<ChannelHandler> onPeer(Channel channel, Handshake remote, boolean outgoing);

    /**
     * A connection that we made led to ourselves: not an address to try again. Called on {@link
     * #loop}.
     */
    default void onSelfConnection(SocketAddress remote) {}
  }

  private final Swarms swarms;
  private final boolean outgoing;
  private final Runnable ended; // null when nobody asked
  private final ByteBuf received = Unpooled.buffer(Handshake.LENGTH, Handshake.LENGTH);
  private Swarm swarm;
  private Future<?> timeout;

  private HandshakeHandler(Swarms swarms, Swarm swarm, Runnable ended) {
    this.swarms = swarms;
    this.swarm = swarm;
    this.outgoing = swarm != null;
    this.ended = ended;
  }

  static HandshakeHandler outgoing(Swarm swarm) {
    return new HandshakeHandler(null, swarm, null);
  }

  static HandshakeHandler incoming(Swarms swarms, Runnable ended) {
    return new HandshakeHandler(swarms, null, ended);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive()) {
      start(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    // Not passed on: to the handlers after this one a connection is active once it is open.
    start(ctx);
  }

  private void start(ChannelHandlerContext ctx) {
    if (timeout != null) {
      return; // An accepted channel is active before handlerAdded and says so again after it.
    }
    timeout =
        ctx.executor()
            .schedule(
                () ->
                    ctx.fireExceptionCaught(
                        new ProtocolException(
                            "handshake: "
                                + received.readableBytes()
                                + " bytes after "
                                + TIMEOUT_SECONDS
                                + " s (expected: "
                                + Handshake.LENGTH
                                + ")")),
                TIMEOUT_SECONDS,
                TimeUnit.SECONDS);
    if (outgoing) {
      send(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws ProtocolException {
    ByteBuf in = (ByteBuf) message;
    try {
      if (ctx.channel().isOpen()) {
        received.writeBytes(in, Math.min(received.writableBytes(), in.readableBytes()));
        onBytes(ctx, in);
      }
    } finally {
      in.release();
    }
  }

  private void onBytes(ChannelHandlerContext ctx, ByteBuf rest) throws ProtocolException {
    Handshake.checkProtocol(received);
    if (received.readableBytes() >= Handshake.INFO_HASH_END) {
      checkInfoHash(ctx, Handshake.infoHash(received));
    }
    if (!received.isWritable()) {
      finish(ctx, Handshake.decode(received), rest);
    }
  }

  private void checkInfoHash(ChannelHandlerContext ctx, InfoHash infoHash)
      throws ProtocolException {
    if (swarm == null) {
      swarm = swarms.find(infoHash);
      if (swarm == null) {
        throw new ProtocolException("info-hash: " + infoHash + " (expected: one of our torrents)");
      }
      send(ctx);
    } else if (!infoHash.equals(swarm.infoHash())) {
      throw new ProtocolException(
          "info-hash: " + infoHash + " (expected: " + swarm.infoHash() + ")");
    }
  }

  private void finish(ChannelHandlerContext ctx, Handshake remote, ByteBuf rest)
      throws ProtocolException {
    PeerMessageLog.received(ctx.channel(), remote);
    if (Arrays.equals(remote.peerId(), swarm.localHandshake().peerId())) {
      if (outgoing) {
        swarm.onSelfConnection(ctx.channel().remoteAddress());
      }
      throw new ProtocolException("peer id: " + remote.peerIdText() + " (expected: not our own)");
    }
    if (!PeerPipeline.open(ctx.channel(), swarm, remote, outgoing)) {
      ctx.close();
      return;
    }
    ctx.pipeline().remove(this);
    // A removed context still leads to the handler that followed it: now the codec.
    ctx.fireChannelActive();
    if (rest.isReadable()) {
      ctx.fireChannelRead(rest.retain());
    }
  }

  private void send(ChannelHandlerContext ctx) {
    Handshake local = swarm.localHandshake();
    PeerMessageLog.sent(ctx.channel(), local);
    ByteBuf bytes = ctx.alloc().ioBuffer(Handshake.LENGTH, Handshake.LENGTH);
    local.encode(bytes);
    ctx.writeAndFlush(bytes);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (ended != null) {
      ended.run();
    }
  }
}
