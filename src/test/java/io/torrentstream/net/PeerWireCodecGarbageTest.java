package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/**
 * At a gigabyte a second there are 65,536 blocks a second, and what each leaves to the collector
 * counts. The thread's own allocation counter is exact, so this is no timing test.
 */
final class PeerWireCodecGarbageTest {
  private static final int FRAME = PieceLayout.BLOCK_LENGTH + PeerMessageCodec.PIECE_HEADER_BYTES;
  private static final int READS = 200;
  private static final int READ_BYTES = 256 * 1024;
  private static final int MAX_BYTES_A_BLOCK = 200;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
  private int frames;
  private int blocks;

  private final class Counter extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      for (PeerMessage each : ((MessageBurst) message).messages()) {
        blocks++;
        ((PeerMessage.Piece) each).release();
      }
    }
  }

  @Test
  void aBlockLeavesLittleGarbage() {
    ByteBuf stream = stream();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(allocator);
    channel.pipeline().addLast(new PeerWireCodec(0), new Counter());
    feed(channel, stream); // Classes load and lists grow once.
    int before = blocks;
    long start = threads.getCurrentThreadAllocatedBytes();
    feed(channel, stream);
    long bytes = threads.getCurrentThreadAllocatedBytes() - start;
    assertFalse(channel.finish());
    int received = blocks - before;
    assertEquals(frames, received);
    assertTrue(bytes / received <= MAX_BYTES_A_BLOCK, bytes + " bytes, " + received + " blocks");
    stream.release();
  }

  /** Reads that cut frames in all places, as the socket does. */
  private void feed(EmbeddedChannel channel, ByteBuf stream) {
    for (int i = 0; i < READS; i++) {
      channel.writeInbound(stream.retainedSlice(i * READ_BYTES, READ_BYTES));
    }
  }

  /** Frames that fill all reads exactly: blocks, and two shorter ones for what is left. */
  private ByteBuf stream() {
    ByteBuf data = Unpooled.buffer().writeZero(PieceLayout.BLOCK_LENGTH);
    ByteBuf stream = allocator.directBuffer(READS * READ_BYTES, READS * READ_BYTES);
    while (stream.writableBytes() > FRAME + PeerMessageCodec.PIECE_HEADER_BYTES) {
      writeFrame(stream, data);
    }
    writeFrame(stream, data.slice(0, stream.writableBytes() / 2 - 13));
    writeFrame(stream, data.slice(0, stream.writableBytes() - 13));
    return stream;
  }

  private void writeFrame(ByteBuf stream, ByteBuf data) {
    frames++;
    PeerMessageCodec.encode(new PeerMessage.Piece(1, 0, data), stream);
  }
}
