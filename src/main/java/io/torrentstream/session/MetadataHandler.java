package io.torrentstream.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtMetadata;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection while we have no metadata: takes what is about that, and keeps what the peer says
 * about itself and its pieces, which cannot be understood yet. Once we can, {@link #handOver} puts
 * the ordinary handlers in its place and lets them hear everything, as if it came just then; so
 * nobody has to connect again. One per connection, on the torrent's loop.
 */
final class MetadataHandler extends ChannelInboundHandlerAdapter {
  /**
   * What is kept of one peer, each message counting as {@value #MESSAGE_BYTES} and its bits: the
   * longest bitfield and some thousand haves.
   */
  static final int MAX_KEPT_BYTES = 512 * 1024;

  static final int MESSAGE_BYTES = 64;

  private final MetadataSwarm swarm;
  private final Peer peer;
  private final List<PeerMessage> kept = new ArrayList<>();
  private int keptBytes;
  private ChannelHandlerContext context;

  MetadataHandler(MetadataSwarm swarm, Peer peer) {
    this.swarm = swarm;
    this.peer = peer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    swarm.onOpen(peer);
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object burst) throws ProtocolException {
    List<? extends PeerMessage> messages = ((MessageBurst) burst).messages();
    int next = 0;
    peer.lastReceivedNanos = peer.nowNanos(); // by whole messages: bytes could drip for ever
    try {
      while (next < messages.size() && reading.channel().isOpen()) {
        read(messages.get(next++));
      }
    } finally {
      messages.subList(next, messages.size()).forEach(ReferenceCountUtil::release);
    }
  }

  private void read(PeerMessage message) throws ProtocolException {
    switch (message.type()) {
      case EXTENDED -> onExtended((PeerMessage.Extended) message);
      case PIECE -> throw unasked(message);
      case REQUEST -> peer.reject(((PeerMessage.Request) message).block());
      case BITFIELD -> keep(message, ((PeerMessage.BitfieldMessage) message).bits().length);
      case KEEP_ALIVE, CANCEL, REJECT, SUGGEST -> {}
      default -> keep(message, 0);
    }
  }

  private static ProtocolException unasked(PeerMessage piece) {
    ReferenceCountUtil.release(piece);
    return new ProtocolException("piece: unexpected (expected: none before the metadata)");
  }

  private void keep(PeerMessage message, int bytes) throws ProtocolException {
    keptBytes += MESSAGE_BYTES + bytes;
    if (keptBytes > MAX_KEPT_BYTES) {
      // It is dialled again, and then says in one bitfield what it said in many messages.
      throw new ProtocolException(
          "messages kept: " + kept.size() + " (expected: fewer before the metadata)");
    }
    kept.add(message);
  }

  private void onExtended(PeerMessage.Extended message) throws ProtocolException {
    try {
      if (message.id() == ExtensionHandshake.ID) {
        byte[] bytes = ByteBufUtil.getBytes(message.payload());
        keep(new PeerMessage.Extended(message.id(), Unpooled.wrappedBuffer(bytes)), bytes.length);
        swarm.onExtensions(peer, ExtensionHandshake.decode(message.payload()));
      } else if (Extension.ofLocalId(message.id()) == Extension.UT_METADATA) {
        swarm.onMessage(peer, UtMetadata.decode(message.payload()));
      }
    } finally {
      message.release();
    }
  }

  /**
   * The torrent can take peers now.
   *
   * @param successors the handlers that take this one's place, in order; none to close
   */
  void handOver(List<ChannelHandler> successors) {
    if (successors.isEmpty()) {
      context.close();
      return;
    }
    String before = context.name();
    for (ChannelHandler handler : successors) {
      context.pipeline().addAfter(before, null, handler);
      before = context.pipeline().context(handler).name();
    }
    context.pipeline().remove(this);
    // A removed context still leads to the handler that followed it.
    context.fireChannelActive();
    context.fireChannelRead(new MessageBurst(kept));
    context.fireChannelReadComplete();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext reading) {
    peer.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext closed) {
    swarm.onClosed(peer);
    closed.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
    peer.misbehaved |= cause instanceof ProtocolException;
    failed.fireExceptionCaught(cause);
  }
}
