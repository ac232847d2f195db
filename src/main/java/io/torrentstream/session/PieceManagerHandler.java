package io.torrentstream.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Everything about pieces: what the peer has (BEP 3, 6), what it asks of us, and what it sends us.
 * It checks the peer's numbers against the torrent, and turns messages into calls of {@link
 * Download}, {@link Upload} and {@link Swarm}. What one read brought comes as one {@link
 * MessageBurst}; blocks that follow each other in it go on together, and new requests go out after
 * it. Other messages go on to {@link PeerWireHandler}, one by one, which stands behind it because
 * nine messages in ten are about pieces. One per connection, on the torrent's loop.
 */
final class PieceManagerHandler extends ChannelInboundHandlerAdapter {
  /** Allowed-fast pieces are a handful (BEP 6 suggests ten). */
  private static final int MAX_ALLOWED_FAST = 64;

  /**
   * Bytes that may wait for a peer to read them. Blocks wait in its upload queue instead, so these
   * are answers to a flood (of requests beyond the limit, say) from a peer that takes none.
   */
  private static final int MAX_UNSENT = 1024 * 1024;

  private final Swarm swarm;
  private final Peer peer;

  /** HaveAll and HaveNone are only right as the first message about pieces. */
  private boolean first = true;

  PieceManagerHandler(Swarm swarm, Peer peer) {
    this.swarm = swarm;
    this.peer = peer;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object burst) throws ProtocolException {
    List<? extends PeerMessage> messages = ((MessageBurst) burst).messages();
    peer.lastReceivedNanos = peer.nowNanos(); // by whole messages: bytes could drip for ever
    int next = 0;
    try {
      // A message may close the channel; those behind it are not worth reading.
      while (next < messages.size() && context.channel().isOpen()) {
        List<PeerMessage.Piece> blocks = blocksAt(messages, next);
        if (blocks.isEmpty()) {
          read(context, messages.get(next++));
        } else {
          next += blocks.size();
          swarm.download().onPieces(peer, blocks);
        }
      }
    } finally {
      for (PeerMessage unread : messages.subList(next, messages.size())) {
        ReferenceCountUtil.release(unread);
      }
    }
  }

  /** The blocks from a message on, up to one that is none. */
  private static List<PeerMessage.Piece> blocksAt(List<? extends PeerMessage> messages, int from) {
    if (!(messages.get(from) instanceof PeerMessage.Piece)) {
      return List.of(); // a seed gets nothing else
    }
    List<PeerMessage.Piece> blocks = new ArrayList<>(messages.size() - from);
    for (int i = from; i < messages.size(); i++) {
      if (!(messages.get(i) instanceof PeerMessage.Piece piece)) {
        break;
      }
      blocks.add(piece);
    }
    return blocks;
  }

  private void read(ChannelHandlerContext context, PeerMessage message) throws ProtocolException {
    switch (message.type()) {
      case REQUEST -> swarm.upload().onRequest(peer, ((PeerMessage.Request) message).block());
      case CANCEL -> swarm.upload().onCancel(peer, ((PeerMessage.Cancel) message).block());
      case REJECT -> onReject(((PeerMessage.Reject) message).block());
      case HAVE -> onHave(((PeerMessage.Have) message).piece());
      case BITFIELD -> onBitfield(((PeerMessage.BitfieldMessage) message).bits());
      case HAVE_ALL -> onHaveAll();
      case HAVE_NONE -> onHaveNone();
      case SUGGEST -> onSuggest(((PeerMessage.Suggest) message).piece());
      case ALLOWED_FAST -> onAllowedFast(((PeerMessage.AllowedFast) message).piece());
      default -> context.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws ProtocolException {
    context.fireChannelReadComplete(); // an unchoke among what came may let us ask
    swarm.download().fill(peer);
    swarm.upload().pump(peer);
    peer.flush();
    long unsent = peer.channel.bytesBeforeWritable();
    if (unsent > MAX_UNSENT && peer.channel.isActive()) { // a closed one says that it is very full
      throw new ProtocolException(
          "bytes not read: " + unsent + " (expected: <= " + MAX_UNSENT + ")");
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    swarm.upload().pump(peer);
    context.fireChannelWritabilityChanged();
  }

  private void onHave(int piece) throws ProtocolException {
    requirePiece(piece);
    first = false;
    swarm.onHave(peer, piece);
  }

  /** BEP 3 has it first and once. Aria2 also sends one later, to save many a have. */
  private void onBitfield(byte[] bits) throws ProtocolException {
    Bitfield pieces = Bitfield.fromBytes(bits, peer.pieces.size());
    if (first) {
      first = false;
      peer.pieces = pieces;
      swarm.onPieces(peer);
      return;
    }
    for (int piece = pieces.nextSet(0); piece >= 0; piece = pieces.nextSet(piece + 1)) {
      if (!peer.pieces.get(piece)) {
        swarm.onHave(peer, piece);
      }
    }
  }

  private void onHaveAll() throws ProtocolException {
    requireFast(PeerMessage.Type.HAVE_ALL);
    requireFirst(PeerMessage.Type.HAVE_ALL);
    peer.pieces.setAll();
    swarm.onPieces(peer);
  }

  private void onHaveNone() throws ProtocolException {
    requireFast(PeerMessage.Type.HAVE_NONE);
    requireFirst(PeerMessage.Type.HAVE_NONE);
    swarm.onPieces(peer);
  }

  /** A hint that we do not follow. */
  private void onSuggest(int piece) throws ProtocolException {
    requireFast(PeerMessage.Type.SUGGEST);
    requirePiece(piece);
  }

  private void onReject(Block block) throws ProtocolException {
    requireFast(PeerMessage.Type.REJECT);
    swarm.download().onReject(peer, block);
  }

  private void onAllowedFast(int piece) throws ProtocolException {
    requireFast(PeerMessage.Type.ALLOWED_FAST);
    requirePiece(piece);
    if (peer.allowedFast.length < MAX_ALLOWED_FAST) {
      peer.allowedFast = Arrays.copyOf(peer.allowedFast, peer.allowedFast.length + 1);
      peer.allowedFast[peer.allowedFast.length - 1] = piece;
    }
  }

  private void requirePiece(int piece) throws ProtocolException {
    if (piece < 0 || piece >= peer.pieces.size()) {
      throw new ProtocolException(
          "piece index: " + piece + " (expected: 0.." + (peer.pieces.size() - 1) + ")");
    }
  }

  private void requireFirst(PeerMessage.Type type) throws ProtocolException {
    if (!first) {
      throw new ProtocolException(type + ": late (expected: before any have)");
    }
    first = false;
  }

  private void requireFast(PeerMessage.Type type) throws ProtocolException {
    if (!peer.handshake.supportsFast()) {
      throw new ProtocolException(type + ": unexpected (expected: only with the fast extension)");
    }
  }
}
