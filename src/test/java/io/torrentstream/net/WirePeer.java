package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import io.torrentstream.metainfo.Block;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Function;

/**
 * The other end of a connection that we dialled: the whole pipeline of a peer stands on our side,
 * bytes go both ways, and no socket or thread is between. What it does is its {@link Script}'s.
 */
public final class WirePeer {
  /** What a peer does; by default it is a seed that serves whatever it is asked. */
  public interface Script {
    /** Its reserved bits. */
    default long reserved() {
      return 0;
    }

    /** Our handshake came. */
    default void onHandshake(WirePeer peer) {
      peer.sendHandshake();
      onOpen(peer);
    }

    /** The handshakes are done. */
    default void onOpen(WirePeer peer) {
      peer.sendAllPieces();
    }

    default void onInterested(WirePeer peer) {
      peer.send(new PeerMessage.Unchoke());
    }

    default void onRequest(WirePeer peer, Block block) {
      peer.answer(block);
    }

    default void onCancel(WirePeer peer, Block block) {}

    default void onSecond(WirePeer peer) {}
  }

  private static int ids;

  /** For the script: what it is asked for and has not answered, and a number. */
  public final Deque<Block> owed = new ArrayDeque<>();

  public int count;

  private final Script script;
  private final int pieceCount;
  private final Function<Block, byte[]> content;
  private final Connection channel;
  private final HandshakeHandler.Swarm swarm;
  private final ByteBuf received = Unpooled.buffer();
  private boolean handshaken;

  /**
   * @param loop that runs everything, on {@code time}
   * @param content the right bytes of a block
   */
  public WirePeer(
      InetSocketAddress address,
      HandshakeHandler.Swarm swarm,
      Ticker time,
      Function<Block, byte[]> content,
      Script script) {
    this.script = script;
    this.swarm = swarm;
    this.pieceCount = swarm.pieceCount();
    this.content = content;
    this.channel = new Connection(address, time, swarm.loop());
    PeerPipeline.outgoing(channel, swarm);
    try {
      channel.register();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** On the torrent's loop, as a real connection; else every embedded channel has its own. */
  private static final class Connection extends EmbeddedChannel {
    private final InetSocketAddress address;
    private final EventLoop loop;

    Connection(InetSocketAddress address, Ticker time, EventLoop loop) {
      super(EmbeddedChannel.builder().ticker(time).register(false));
      this.address = address;
      this.loop = loop;
    }

    @Override
    public SocketAddress remoteAddress() {
      return address;
    }

    @Override
    public EventLoop eventLoop() {
      return loop == null ? super.eventLoop() : loop;
    }
  }

  public ChannelFuture connected() {
    return channel.newSucceededFuture();
  }

  public boolean isOpen() {
    return channel.isOpen();
  }

  /** A second has passed. */
  public void onSecond() {
    if (channel.isOpen() && handshaken) {
      script.onSecond(this);
    }
  }

  /** Reads what we were sent, and reacts to it; false when there was nothing. */
  public boolean pump() {
    boolean any = false;
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      received.writeBytes(out);
      out.release();
      any = true;
    }
    while (any && channel.isOpen() && dispatchNext()) {
      received.discardSomeReadBytes();
    }
    return any;
  }

  private boolean dispatchNext() {
    if (!handshaken) {
      if (received.readableBytes() < Handshake.LENGTH) {
        return false;
      }
      received.skipBytes(Handshake.LENGTH);
      handshaken = true;
      script.onHandshake(this);
      return true;
    }
    if (received.readableBytes() < PeerMessageCodec.PREFIX_BYTES
        || received.readableBytes() - PeerMessageCodec.PREFIX_BYTES
            < received.getInt(received.readerIndex())) {
      return false;
    }
    try {
      PeerMessage message = PeerMessageCodec.decode(received.readInt(), received);
      if (message instanceof PeerMessage.Interested) {
        script.onInterested(this);
      } else if (message instanceof PeerMessage.Request request) {
        script.onRequest(this, request.block());
      } else if (message instanceof PeerMessage.Cancel cancel) {
        script.onCancel(this, cancel.block());
      } else if (message instanceof PeerMessage.WithBuffer withBuffer) {
        withBuffer.release();
      }
      return true;
    } catch (ProtocolException e) {
      throw new IllegalStateException("we sent nonsense", e);
    }
  }

  public void sendHandshake() {
    Handshake ours = swarm.localHandshake();
    byte[] id = new byte[20];
    id[0] = 0x60;
    id[18] = (byte) (++ids >> 8);
    id[19] = (byte) ids;
    sendHandshake(new Handshake(ours.infoHash(), id, script.reserved()));
  }

  public void sendHandshake(Handshake handshake) {
    ByteBuf bytes = Unpooled.buffer(Handshake.LENGTH);
    handshake.encode(bytes);
    sendRaw(bytes.array());
  }

  public void sendAllPieces() {
    byte[] bits = new byte[(pieceCount + 7) / 8];
    Arrays.fill(bits, (byte) 0xFF);
    int spare = bits.length * 8 - pieceCount;
    bits[bits.length - 1] = (byte) (0xFF << spare);
    send(new PeerMessage.BitfieldMessage(bits));
  }

  /** Sends a block's right bytes. */
  public void answer(Block block) {
    answer(block, bytes(block));
  }

  public void answer(Block block, byte[] bytes) {
    send(new PeerMessage.Piece(block.piece(), block.begin(), Unpooled.wrappedBuffer(bytes)));
  }

  /** The right bytes of a block; the caller's to spoil. */
  public byte[] bytes(Block block) {
    return content.apply(block);
  }

  /** Sends messages in one read. */
  public void send(PeerMessage... messages) {
    ByteBuf bytes = Unpooled.buffer();
    for (PeerMessage message : messages) {
      PeerMessageCodec.encode(message, bytes);
    }
    sendRaw(Arrays.copyOf(bytes.array(), bytes.readableBytes()));
  }

  /** Sends any bytes; nothing once the connection is closed. */
  public void sendRaw(byte... bytes) {
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    }
  }

  public void close() {
    channel.close();
  }

  /** Closes, and lets go of what was not read. */
  public void end() {
    channel.close();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      out.release();
    }
    received.release();
  }
}
