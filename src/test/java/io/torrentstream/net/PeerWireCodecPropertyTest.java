package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import io.torrentstream.wire.SampleMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams of random messages, cut at random. */
final class PeerWireCodecPropertyTest {
  private static final int ROUNDS = 40;
  private static final int MESSAGES = 60;

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

  /** Takes what comes, in order, and releases it. */
  private static final class Sink extends ChannelInboundHandlerAdapter {
    final List<String> messages = new ArrayList<>();
    final List<Throwable> faults = new ArrayList<>();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      for (PeerMessage each : ((MessageBurst) message).messages()) {
        messages.add(describe(each));
        ReferenceCountUtil.release(each);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      faults.add(cause);
    }
  }

  @Test
  void anyCutOfAnyStreamGivesTheSameMessages() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      List<String> sent = new ArrayList<>();
      Sink sink = play(stream(random, sent), random);
      assertEquals(sent, sink.messages, "seed " + seed);
      assertEquals(List.of(), sink.faults, "seed " + seed);
    }
  }

  /** Feeds a stream in reads of random sizes, some in large and some in exact buffers. */
  private Sink play(ByteBuf stream, Random random) {
    Sink sink = new Sink();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel.pipeline().addLast(new PeerWireCodec(0), sink);
    int largest = 16 << random.nextInt(13);
    while (stream.isReadable()) {
      int size = Math.min(1 + random.nextInt(largest), stream.readableBytes());
      int capacity = random.nextBoolean() ? size : size * 4;
      channel.writeInbound(allocator.heapBuffer(capacity).writeBytes(stream, size));
    }
    assertFalse(channel.finish());
    assertEquals(0, allocator.metric().usedDirectMemory());
    assertEquals(0, allocator.metric().usedHeapMemory());
    return sink;
  }

  /** Random messages, one in four a whole block. */
  private static ByteBuf stream(Random random, List<String> sent) {
    ByteBuf stream = Unpooled.buffer();
    SampleMessages[] samples = SampleMessages.values();
    for (int i = 0; i < MESSAGES; i++) {
      PeerMessage message =
          random.nextInt(4) == 0
              ? block(random)
              : samples[random.nextInt(samples.length)].message();
      sent.add(describe(message));
      PeerMessageCodec.encode(message, stream);
      if (random.nextInt(10) == 0) {
        int unknown = random.nextInt(100);
        stream.writeInt(1 + unknown).writeByte(100).writeZero(unknown);
      }
    }
    return stream;
  }

  private static PeerMessage block(Random random) {
    byte[] data = new byte[PieceLayout.BLOCK_LENGTH - random.nextInt(3)];
    random.nextBytes(data);
    return new PeerMessage.Piece(random.nextInt(1000), 0, Unpooled.wrappedBuffer(data));
  }

  private static String describe(PeerMessage message) {
    return message.type() + " " + message.hashCode(); // of a buffer, that of its bytes
  }
}
