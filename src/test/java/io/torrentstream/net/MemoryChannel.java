package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * One end of a peer connection that is nothing but memory: the real pipeline, from the handshake
 * on, over a {@link Wire} that takes bytes and brings those of the other end, when it likes. It
 * runs on the loop it is given, and on that loop's clock.
 */
public final class MemoryChannel extends EmbeddedChannel {
  /** Where written bytes go. */
  public interface Wire {
    /** Whether more bytes may be sent now; {@link #flush()} is to be called when they may again. */
    boolean hasRoom();

    /**
     * Takes bytes.
     *
     * @param bytes its own
     */
    void send(ByteBuf bytes);
  }

  private final EventLoop loop;
  private final InetSocketAddress remote;
  private Wire wire;

  /**
   * @param remote who is said to be at the other end
   */
  public MemoryChannel(
      EventLoop loop, Ticker ticker, ByteBufAllocator allocator, InetSocketAddress remote) {
    super(EmbeddedChannel.builder().ticker(ticker));
    this.loop = loop;
    this.remote = remote;
    config().setAllocator(allocator);
  }

  /** The connection stands, and we made it. */
  public void open(Wire to, HandshakeHandler.Swarm swarm) {
    wire = to;
    PeerPipeline.outgoing(this, swarm);
  }

  /** The connection stands, and the other end made it. */
  public void accept(Wire to, HandshakeHandler.Swarms swarms) {
    wire = to;
    PeerPipeline.incoming(this, swarms, () -> {});
  }

  /** Bytes of the other end are here. */
  public void receive(ByteBuf bytes) {
    if (isOpen()) {
      pipeline().fireChannelRead(bytes);
      pipeline().fireChannelReadComplete();
      runPendingTasks();
    } else {
      bytes.release();
    }
  }

  /** While the channel is being made it has a loop of its own. */
  @Override
  public EventLoop eventLoop() {
    return loop == null ? super.eventLoop() : loop;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) {
    for (Object next = out.current(); next != null && wire.hasRoom(); next = out.current()) {
      wire.send(((ByteBuf) next).retain());
      out.remove();
    }
  }
}
