package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints every message that comes and goes, one line each, at level TRACE. It is in a pipeline only
 * when that level was on as the connection opened. Stateless; shared by all connections.
 */
@ChannelHandler.Sharable
public final class PeerMessageLog extends ChannelDuplexHandler {
  static final PeerMessageLog INSTANCE = new PeerMessageLog();
  private static final Logger log = LoggerFactory.getLogger(PeerMessageLog.class);

  private PeerMessageLog() {}

  static boolean isEnabled() {
    return log.isTraceEnabled();
  }

  static void received(Channel channel, Handshake handshake) {
    log.trace("[{}] <- {}", channel.remoteAddress(), handshake);
  }

  static void sent(Channel channel, Handshake handshake) {
    log.trace("[{}] -> {}", channel.remoteAddress(), handshake);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    log.trace("[{}] <- {}", ctx.channel().remoteAddress(), describe(message));
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    log.trace("[{}] -> {}", ctx.channel().remoteAddress(), describe(message));
    ctx.write(message, promise);
  }

  /** The message's own text, in which no peer's string appears uncleaned. */
  private static String describe(Object message) {
    if (message instanceof PeerMessage.Extended extended
        && extended.id() == ExtensionHandshake.ID) {
      try {
        return ExtensionHandshake.decode(extended.payload()).toString();
      } catch (ProtocolException e) {
        return extended + " " + e.getMessage();
      }
    }
    return message.toString();
  }
}
