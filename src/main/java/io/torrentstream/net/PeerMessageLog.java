package io.torrentstream.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.torrentstream.metainfo.Block;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.util.List;
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
    log.trace("[{}] <- {}", PeerPipeline.address(channel), handshake);
  }

  static void sent(Channel channel, Handshake handshake) {
    log.trace("[{}] -> {}", PeerPipeline.address(channel), handshake);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    log(ctx, "<-", message);
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    log(ctx, "->", message);
    ctx.write(message, promise);
  }

  private static void log(ChannelHandlerContext ctx, String direction, Object message) {
    List<?> messages = message instanceof MessageBurst burst ? burst.messages() : List.of(message);
    for (Object each : messages) {
      log.trace("[{}] {} {}", PeerPipeline.address(ctx.channel()), direction, describe(each));
    }
  }

  /** One line in which no string of the peer's appears uncleaned. */
  private static String describe(Object message) {
    if (!(message instanceof PeerMessage peerMessage)) {
      return message.toString();
    }
    String name = peerMessage.type().toString();
    return switch (peerMessage.type()) {
      case KEEP_ALIVE, CHOKE, UNCHOKE, INTERESTED, NOT_INTERESTED, HAVE_ALL, HAVE_NONE -> name;
      case HAVE -> name + piece(((PeerMessage.Have) message).piece());
      case SUGGEST -> name + piece(((PeerMessage.Suggest) message).piece());
      case ALLOWED_FAST -> name + piece(((PeerMessage.AllowedFast) message).piece());
      case REQUEST -> name + block(((PeerMessage.Request) message).block());
      case CANCEL -> name + block(((PeerMessage.Cancel) message).block());
      case REJECT -> name + block(((PeerMessage.Reject) message).block());
      case PIECE -> name + block(((PeerMessage.Piece) message).block());
      case BITFIELD -> name + " bytes=" + ((PeerMessage.BitfieldMessage) message).bits().length;
      case PORT -> name + " port=" + ((PeerMessage.Port) message).port();
      case EXTENDED -> name + extended((PeerMessage.Extended) message);
    };
  }

  private static String piece(int piece) {
    return " piece=" + piece;
  }

  private static String block(Block block) {
    return piece(block.piece()) + " begin=" + block.begin() + " length=" + block.length();
  }

  private static String extended(PeerMessage.Extended message) {
    String text = " id=" + message.id() + " bytes=" + message.payload().readableBytes();
    if (message.id() != ExtensionHandshake.ID) {
      return text;
    }
    try {
      return text + " " + ExtensionHandshake.decode(message.payload());
    } catch (ProtocolException e) {
      return text + " " + e.getMessage();
    }
  }
}
