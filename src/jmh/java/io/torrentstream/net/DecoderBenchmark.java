package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessageCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What one block costs from the socket's buffer to the pipeline, when a read brings 64 KiB: the
 * copy into that buffer, which the system makes otherwise, is in it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBenchmark {
  private static final int BLOCKS = 64;
  private static final int READ_BYTES = 64 * 1024;

  private final ByteBuf stream = PooledByteBufAllocator.DEFAULT.directBuffer();
  private EmbeddedChannel channel;
  private BlockCounter counter;

  /** Stands for the rest of the pipeline, which gives the blocks back. */
  private static final class BlockCounter extends ChannelInboundHandlerAdapter {
    private int blocks;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      for (PeerMessage each : ((MessageBurst) message).messages()) {
        blocks++;
        ReferenceCountUtil.release(each);
      }
    }
  }

  @Setup
  public void encode() {
    byte[] data = new byte[PieceLayout.BLOCK_LENGTH];
    for (int i = 0; i < BLOCKS; i++) {
      int begin = i * PieceLayout.BLOCK_LENGTH;
      ByteBuf block = PooledByteBufAllocator.DEFAULT.directBuffer().writeBytes(data);
      PeerMessage.Piece piece = new PeerMessage.Piece(0, begin, block);
      PeerMessageCodec.encodeHeader(piece, stream);
      stream.writeBytes(block);
      block.release();
    }
    counter = new BlockCounter();
    channel = new EmbeddedChannel(new PeerWireCodec(1), counter);
  }

  @Benchmark
  @OperationsPerInvocation(BLOCKS)
  public int decode() {
    int before = counter.blocks;
    for (int at = 0; at < stream.writerIndex(); at += READ_BYTES) {
      int length = Math.min(READ_BYTES, stream.writerIndex() - at);
      ByteBuf read = channel.alloc().directBuffer(READ_BYTES).writeBytes(stream, at, length);
      channel.writeInbound(read);
    }
    if (counter.blocks - before != BLOCKS) {
      throw new IllegalStateException("blocks: " + (counter.blocks - before));
    }
    return counter.blocks;
  }

  @TearDown
  public void close() {
    channel.finishAndReleaseAll();
    stream.release();
  }
}
