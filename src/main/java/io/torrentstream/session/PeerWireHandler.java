package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.LtDontHave;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtMetadata;

/**
 * The conversation itself: choke and interest (BEP 3), extension messages (BEP 10), the peer's DHT
 * node (BEP 5), liveness, and the end of a connection. What concerns pieces stays with {@link
 * PieceManagerHandler} before it. One per connection, on the torrent's loop.
 */
final class PeerWireHandler extends ChannelInboundHandlerAdapter {
  private final Swarm swarm;
  private final Peer peer;

  PeerWireHandler(Swarm swarm, Peer peer) {
    this.swarm = swarm;
    this.peer = peer;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    swarm.onOpen(peer);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws ProtocolException {
    switch (((PeerMessage) message).type()) {
      case KEEP_ALIVE -> {}
      case PORT -> swarm.nodes().onPort(peer, ((PeerMessage.Port) message).port());
      case CHOKE -> onChoke(true);
      case UNCHOKE -> onChoke(false);
      case INTERESTED -> onInterested(true);
      case NOT_INTERESTED -> onInterested(false);
      case EXTENDED -> onExtended((PeerMessage.Extended) message);
      default -> throw new IllegalStateException("belongs to another handler: " + message);
    }
  }

  private void onChoke(boolean choking) {
    if (choking != peer.peerChoking()) {
      peer.onChoke(choking);
      swarm.download().onChoke(peer);
    }
  }

  private void onInterested(boolean interested) {
    if (interested != peer.isInterested()) {
      peer.onInterested(interested);
      swarm.onInterestChanged();
    }
  }

  private void onExtended(PeerMessage.Extended message) throws ProtocolException {
    ByteBuf payload = message.payload();
    try {
      if (message.id() == ExtensionHandshake.ID) {
        onExtensionHandshake(ExtensionHandshake.decode(payload));
        return;
      }
      Extension extension = Extension.ofLocalId(message.id());
      if (extension == null) {
        return; // one we never offered: nothing to say to that
      }
      switch (extension) {
        case UT_PEX -> swarm.exchange().onMessage(peer, payload);
        case UT_METADATA -> swarm.metadata().onMessage(peer, UtMetadata.decode(payload));
        case LT_DONTHAVE -> swarm.onDontHave(peer, LtDontHave.decode(payload).piece());
      }
    } finally {
      payload.release();
    }
  }

  private void onExtensionHandshake(ExtensionHandshake handshake) {
    peer.extensions = handshake.after(peer.extensions);
    peer.requests.limit(handshake.reqq());
    swarm.exchange().onHandshake(peer);
    if (peer.listening == null && handshake.port() != 0) { // the first word counts, not a hundred
      swarm.dialer().onListeningPort(peer, handshake.port());
    }
    swarm.onUploadOnly(peer, handshake.uploadOnly());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    swarm.onClosed(peer);
    context.fireChannelInactive();
  }

  /** The peer broke the rules, or tsl did: the end of the pipeline closes the connection. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    peer.misbehaved |= cause instanceof ProtocolException;
    context.fireExceptionCaught(cause);
  }
}
