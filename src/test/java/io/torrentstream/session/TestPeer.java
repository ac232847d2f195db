package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.net.PieceBurst;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.LtDontHave;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtPex;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A peer of a {@link TestSwarm}, as the test plays it: messages in, messages out. */
final class TestPeer {
  static final long PLAIN = 0;
  static final long FAST = Handshake.FAST;
  static final long BOTH = Handshake.FAST | Handshake.EXTENSIONS;

  private static final InetSocketAddress OUR_END = new InetSocketAddress("10.0.0.200", 50_000);

  private static int ids;

  final EmbeddedChannel channel;
  final boolean accepted;
  private final TestSwarm swarm;
  private final List<PeerMessage> received = new ArrayList<>();
  private Throwable fault;
  private byte[] lastBlock;

  TestPeer(TestSwarm swarm, String address, long reserved, boolean outgoing, byte[] id) {
    this.swarm = swarm;
    this.channel = new PeerChannel(swarm, new InetSocketAddress(address, 6881));
    Handshake remote = new Handshake(swarm.torrent.metainfo().info().infoHash(), id, reserved);
    List<ChannelHandler> handlers = swarm.swarm.onPeer(channel, remote, outgoing);
    accepted = !handlers.isEmpty();
    channel.pipeline().addLast(handlers.toArray(ChannelHandler[]::new)).addLast(new Tail());
    swarm.peers.add(this);
    channel.pipeline().fireChannelActive();
    settle();
  }

  /** Another one each time, greater than our own. */
  static byte[] newId() {
    byte[] id = new byte[20];
    id[0] = 0x60;
    id[18] = (byte) (++ids >> 8);
    id[19] = (byte) ids;
    return id;
  }

  private static final class PeerChannel extends EmbeddedChannel {
    private final InetSocketAddress address;

    PeerChannel(TestSwarm swarm, InetSocketAddress address) {
      super(EmbeddedChannel.builder().ticker(swarm.time));
      this.address = address;
    }

    @Override
    public SocketAddress remoteAddress() {
      return address;
    }

    @Override
    public SocketAddress localAddress() {
      return OUR_END;
    }
  }

  /** Does what the end of a real pipeline does. */
  private final class Tail extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fault = fault == null ? cause : fault; // what is written to a closed channel comes here too
      context.close();
    }
  }

  /** Sends messages that arrive in one read. */
  TestPeer send(PeerMessage... messages) {
    channel.writeInbound(new MessageBurst(List.of(messages)));
    settle();
    return this;
  }

  TestPeer sendAllPieces() {
    Bitfield all = new Bitfield(swarm.torrent.layout().pieceCount());
    all.setAll();
    return send(new PeerMessage.BitfieldMessage(all.toBytes()));
  }

  TestPeer unchoke() {
    return send(new PeerMessage.Unchoke());
  }

  /** Sends the right bytes of blocks. */
  TestPeer answer(List<Block> blocks) {
    for (Block block : blocks) {
      sendBlock(block.piece(), block.begin(), bytes(block));
    }
    return this;
  }

  /** A message with the right bytes. */
  PeerMessage.Piece piece(Block block) {
    return new PeerMessage.Piece(
        block.piece(), block.begin(), Unpooled.wrappedBuffer(bytes(block)));
  }

  /** The right bytes. */
  byte[] bytes(Block block) {
    int from = Math.toIntExact(swarm.torrent.layout().pieceOffset(block.piece()) + block.begin());
    return Arrays.copyOfRange(swarm.torrent.content(), from, from + block.length());
  }

  /** The data of the last block it was sent. */
  byte[] lastBlock() {
    return lastBlock;
  }

  TestPeer sendBlock(int piece, int begin, byte[] bytes) {
    return send(new PeerMessage.Piece(piece, begin, Unpooled.wrappedBuffer(bytes)));
  }

  TestPeer sendExtensions(int port, boolean uploadOnly) {
    ExtensionHandshake handshake =
        new ExtensionHandshake(Map.of(), port, "", 250, null, null, null, uploadOnly, 0);
    return send(new PeerMessage.Extended(ExtensionHandshake.ID, handshake.encode()));
  }

  /** Says where it listens and under which id it takes ut_pex; 0 for no longer. */
  TestPeer sendPexId(int id, int port) {
    ExtensionHandshake handshake =
        new ExtensionHandshake(Map.of("ut_pex", id), port, "", 250, null, null, null, false, 0);
    return send(new PeerMessage.Extended(ExtensionHandshake.ID, handshake.encode()));
  }

  /** Says which address of ours it sees. */
  TestPeer sendYourIp(String address) {
    InetAddress seen = new InetSocketAddress(address, 0).getAddress();
    ExtensionHandshake handshake =
        new ExtensionHandshake(Map.of(), 0, "", 250, seen, null, null, false, 0);
    return send(new PeerMessage.Extended(ExtensionHandshake.ID, handshake.encode()));
  }

  TestPeer sendPex(UtPex news) {
    return send(new PeerMessage.Extended(Extension.UT_PEX.localId(), news.encode()));
  }

  TestPeer sendDontHave(int piece) {
    return send(
        new PeerMessage.Extended(Extension.LT_DONTHAVE.localId(), new LtDontHave(piece).encode()));
  }

  /** What it has been sent since the last call. */
  List<PeerMessage> received() {
    settle();
    List<PeerMessage> messages = List.copyOf(received);
    received.clear();
    return messages;
  }

  /** The messages of one kind among what it has been sent since the last call. */
  <M extends PeerMessage> List<M> received(Class<M> kind) {
    return received().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The blocks it has been asked for since the last call. */
  List<Block> requested() {
    return received(PeerMessage.Request.class).stream().map(PeerMessage.Request::block).toList();
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /** What ended the connection; null when nothing went wrong on it. */
  Throwable fault() {
    return fault;
  }

  /** Whether it was closed for breaking the protocol. */
  boolean isRefusedByRule() {
    return !channel.isOpen() && fault instanceof ProtocolException;
  }

  private void settle() {
    swarm.run();
    for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      if (out instanceof MessageBurst burst) {
        received.addAll(burst.messages());
        continue;
      }
      if (out instanceof PieceBurst burst) {
        receive(burst);
        continue;
      }
      if (out instanceof PeerMessage.Extended message) {
        byte[] payload = ByteBufUtil.getBytes(message.payload());
        received.add(new PeerMessage.Extended(message.id(), Unpooled.wrappedBuffer(payload)));
        message.release();
        continue;
      }
      received.add((PeerMessage) out);
      ReferenceCountUtil.release(out); // its numbers stay readable
    }
  }

  /** Takes the blocks of a burst one by one; they are released, their numbers stay readable. */
  private void receive(PieceBurst burst) {
    ByteBuf framed = burst.content();
    for (Block block : burst.blocks()) {
      framed.skipBytes(PieceBurst.HEADER_BYTES);
      lastBlock = new byte[block.length()];
      framed.readBytes(lastBlock);
      ByteBuf data = Unpooled.wrappedBuffer(lastBlock);
      received.add(new PeerMessage.Piece(block.piece(), block.begin(), data));
    }
    assertFalse(framed.isReadable());
    burst.release();
  }

  void end() {
    channel.close();
    settle();
    channel.finishAndReleaseAll();
  }
}
