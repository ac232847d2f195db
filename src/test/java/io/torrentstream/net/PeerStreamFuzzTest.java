package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.SampleMessages;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * All that a stranger can send on a connection, from its first byte on, through the real pipeline
 * and in reads of sizes that the input chooses.
 */
final class PeerStreamFuzzTest {
  private static final InfoHash HASH = InfoHash.of(new byte[InfoHash.LENGTH]);
  private static final int PIECES = 12;

  /** A frame is at most this; a block's buffer is as long as its frame says. */
  private static final long LARGEST_FRAMES = 16 * 1024 * 1024;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

  @Test
  void onlyProtocolExceptionsEndAConnectionAndNothingLeaks() {
    Fuzzer fuzzer =
        new Fuzzer(
                "peer-stream",
                HandshakeHandler.class,
                PeerPipeline.class,
                PeerWireCodec.class,
                Handshake.class,
                io.torrentstream.wire.PeerMessageCodec.class,
                PeerMessage.class)
            .inputs(4_000)
            .maxBytes(LARGEST_FRAMES)
            .tokens("\0\0\0\1", "\0\0\0\5\4", "\0\0\0\r\6", "\0\0\u0040\t\7", "\0\0\0\3\5")
            .seed(stream(200, SampleMessages.values()));
    for (SampleMessages sample : SampleMessages.values()) {
      fuzzer.seed(stream(1 + sample.ordinal(), sample, sample));
    }
    fuzzer.run(this::play);
  }

  /** One byte that says how long the reads are, a handshake, and messages. */
  private static byte[] stream(int read, SampleMessages... messages) {
    ByteBuf stream = Unpooled.buffer().writeByte(read);
    new Handshake(HASH, new byte[20], Handshake.FAST).encode(stream);
    for (SampleMessages message : messages) {
      // The one bitfield among the samples is for another torrent.
      stream.writeBytes(message.bytes());
    }
    byte[] bytes = new byte[stream.readableBytes()];
    stream.readBytes(bytes);
    return bytes;
  }

  private void play(byte[] input) throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel.freezeTime();
    Torrent torrent = new Torrent(channel);
    PeerPipeline.incoming(channel, hash -> hash.equals(HASH) ? torrent : null, () -> {});
    channel.pipeline().addBefore("tail", null, new Faults(torrent));
    int read = input.length == 0 ? 1 : 1 + (input[0] & 0xFF);
    for (int at = 1; at < input.length && channel.isOpen(); at += read) {
      int length = Math.min(read, input.length - at);
      channel.writeInbound(allocator.heapBuffer(length).writeBytes(input, at, length));
    }
    channel.finishAndReleaseAll();
    assertEquals(0, allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory());
    if (torrent.fault instanceof Exception fault) {
      throw fault;
    }
    assertNull(torrent.fault);
  }

  /** Hears what goes wrong before the session's handlers. */
  private static final class Faults extends ChannelInboundHandlerAdapter {
    private final Torrent torrent;

    Faults(Torrent torrent) {
      this.torrent = torrent;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      torrent.onFault(cause);
      ctx.fireExceptionCaught(cause);
    }
  }

  /** A torrent that takes every message and keeps none. */
  private static final class Torrent implements HandshakeHandler.Swarm {
    private final EmbeddedChannel channel;
    private final byte[] peerId = Handshake.newPeerId(new Random(1));
    private Throwable fault;

    Torrent(EmbeddedChannel channel) {
      this.channel = channel;
    }

    void onFault(Throwable cause) {
      fault = fault == null || fault instanceof ProtocolException ? cause : fault;
    }

    @Override
    public InfoHash infoHash() {
      return HASH;
    }

    @Override
    public Handshake localHandshake() {
      return new Handshake(HASH, peerId, Handshake.FAST);
    }

    @Override
    public int pieceCount() {
      return PIECES;
    }

    @Override
    public EventLoop loop() {
      return channel.eventLoop();
    }

    @Override
    public List<ChannelHandler> onPeer(Channel peer, Handshake remote, boolean outgoing) {
      return List.of(new Sink(this));
    }
  }

  private static final class Sink extends ChannelInboundHandlerAdapter {
    private final Torrent torrent;

    Sink(Torrent torrent) {
      this.torrent = torrent;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object burst) {
      for (PeerMessage message : ((MessageBurst) burst).messages()) {
        assertFalse(message.toString().isEmpty());
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      torrent.onFault(cause);
      ctx.fireExceptionCaught(cause);
    }
  }
}
