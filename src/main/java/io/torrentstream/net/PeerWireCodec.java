package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.PeerMessage.Type;
import io.torrentstream.wire.PeerMessageCodec;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes from the socket become {@link PeerMessage}s, those of one read together in a {@link
 * MessageBurst}, and the other way round. Frames are pictured at {@link PeerMessageCodec}.
 *
 * <p><b>Reading.</b> A frame that lies whole in what was read is decoded where it lies. Of one that
 * does not, the part that came is kept: a block's data in a buffer of the block's own, everything
 * else in {@code partial}. So a read is copied at most once, most blocks not at all, and a peer
 * makes us hold no more than one message's limit. After a {@link ProtocolException}, which goes
 * down the pipeline, the rest of the connection is ignored.
 *
 * <p><b>Writing.</b> Small messages collect in one buffer until the flush; a block follows its
 * header uncopied, and a {@link PieceBurst} is one buffer with all its headers in it. Every
 * message's promise is kept; a void one costs nothing. The codec takes over the buffer of a
 * message.
 *
 * <p>One instance a connection, confined to the channel's loop.
 */
public final class PeerWireCodec extends ChannelDuplexHandler {
  private static final int BATCH_BYTES = 16 * 1024;

  /** As many blocks as one read brings from a fast peer. */
  private static final int USUAL_MESSAGES = 16;

  private final int bitfieldLength;

  private ByteBuf partial;
  private ByteBuf block;
  private int blockPiece;
  private int blockBegin;
  private int skipBytes;
  private boolean broken;

  private ByteBuf batch;
  private final List<ChannelPromise> batchPromises = new ArrayList<>();

  /**
   * @param pieceCount how many pieces a bitfield must be for; 0 when not known yet
   */
  public PeerWireCodec(int pieceCount) {
    this.bitfieldLength = pieceCount == 0 ? 0 : 1 + Bitfield.byteCount(pieceCount);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    List<PeerMessage> messages = new ArrayList<>(USUAL_MESSAGES);
    ProtocolException fault = null;
    try {
      if (!broken) {
        decodeAll(ctx, in, messages);
      }
    } catch (ProtocolException e) {
      broken = true;
      fault = e;
    } finally {
      in.release();
    }
    if (!messages.isEmpty()) {
      ctx.fireChannelRead(new MessageBurst(messages));
    }
    if (fault != null) {
      ctx.fireExceptionCaught(fault);
    }
  }

  private void decodeAll(ChannelHandlerContext ctx, ByteBuf in, List<PeerMessage> messages)
      throws ProtocolException {
    while (in.isReadable()) {
      PeerMessage decoded = step(ctx, in);
      if (decoded != null) {
        messages.add(decoded);
      }
    }
  }

  /** Takes in the next part of a read; the message that it completes, or null. */
  private PeerMessage step(ChannelHandlerContext ctx, ByteBuf in) throws ProtocolException {
    if (skipBytes > 0) {
      int skipped = Math.min(skipBytes, in.readableBytes());
      in.skipBytes(skipped);
      skipBytes -= skipped;
      return null;
    }
    if (block != null) {
      return fillBlock(in);
    }
    if (partial != null) {
      return fillPartial(ctx, in);
    }
    if (in.readableBytes() >= headBytes(in)) {
      return decode(ctx, in, in);
    }
    partial = ctx.alloc().buffer(in.readableBytes()).writeBytes(in);
    return null;
  }

  /**
   * How many bytes must be together for the next step, as far as {@code in} shows it: all of a
   * message, but only the header of a piece and the id of a message that we do not know.
   */
  private int headBytes(ByteBuf in) throws ProtocolException {
    if (in.readableBytes() < PeerMessageCodec.PREFIX_BYTES) {
      return PeerMessageCodec.PREFIX_BYTES;
    }
    // Unsigned: a signed length over 2^31 would pass every upper limit.
    long length = in.getUnsignedInt(in.readerIndex());
    if (length == 0) {
      return PeerMessageCodec.PREFIX_BYTES;
    }
    if (in.readableBytes() == PeerMessageCodec.PREFIX_BYTES) {
      return PeerMessageCodec.PREFIX_BYTES + 1;
    }
    Type type = Type.of(in.getUnsignedByte(in.readerIndex() + PeerMessageCodec.PREFIX_BYTES));
    PeerMessageCodec.checkLength(type, length);
    if (type == null) {
      return PeerMessageCodec.PREFIX_BYTES + 1;
    }
    if (type == Type.PIECE) {
      return PeerMessageCodec.PIECE_HEADER_BYTES;
    }
    if (type == Type.BITFIELD && bitfieldLength > 0 && length != bitfieldLength) {
      throw new ProtocolException(
          "BITFIELD length: " + length + " (expected: " + bitfieldLength + ")");
    }
    return PeerMessageCodec.PREFIX_BYTES + (int) length;
  }

  private PeerMessage fillPartial(ChannelHandlerContext ctx, ByteBuf in) throws ProtocolException {
    int missing = headBytes(partial) - partial.readableBytes();
    partial.writeBytes(in, Math.min(missing, in.readableBytes()));
    if (headBytes(partial) > partial.readableBytes()) {
      return null;
    }
    ByteBuf head = partial;
    partial = null;
    try {
      return decode(ctx, head, in);
    } finally {
      head.release();
    }
  }

  /**
   * Decodes the message whose {@link #headBytes} are in {@code head}, which may be {@code in}
   * itself; of a piece, the data is in {@code in}, or some of it: then there is no message yet.
   */
  private PeerMessage decode(ChannelHandlerContext ctx, ByteBuf head, ByteBuf in)
      throws ProtocolException {
    int length = head.readInt();
    Type type = length == 0 ? Type.KEEP_ALIVE : Type.of(head.getUnsignedByte(head.readerIndex()));
    if (type == null) {
      head.skipBytes(1);
      skipBytes = length - 1;
      return null;
    }
    if (type == Type.PIECE) {
      head.skipBytes(1);
      return startBlock(ctx, head.readInt(), head.readInt(), length - 9, in);
    }
    return PeerMessageCodec.decode(length, head);
  }

  private PeerMessage startBlock(
      ChannelHandlerContext ctx, int piece, int begin, int dataLength, ByteBuf in)
      throws ProtocolException {
    PeerMessageCodec.checkNumber(Type.PIECE, piece);
    PeerMessageCodec.checkNumber(Type.PIECE, begin);
    // A slice keeps the whole read buffer alive until the disk has the block. That is fine for a
    // full one, shared by many blocks; a slow peer's nearly empty ones would hold 256 KiB a block.
    boolean wellFilled = in.writerIndex() >= in.capacity() / 2;
    if (wellFilled && in.readableBytes() >= dataLength) {
      return new PeerMessage.Piece(piece, begin, in.readRetainedSlice(dataLength));
    }
    blockPiece = piece;
    blockBegin = begin;
    block = ctx.alloc().ioBuffer(dataLength, dataLength);
    return fillBlock(in);
  }

  private PeerMessage fillBlock(ByteBuf in) {
    block.writeBytes(in, Math.min(block.writableBytes(), in.readableBytes()));
    if (block.isWritable()) {
      return null;
    }
    ByteBuf data = block;
    block = null;
    return new PeerMessage.Piece(blockPiece, blockBegin, data);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof PeerMessage.Piece piece) {
      PeerMessageCodec.encodeHeader(piece, batch(ctx));
      writeBatch(ctx);
      ctx.write(piece.data(), promise);
    } else if (message instanceof PieceBurst burst) {
      writeBatch(ctx);
      ctx.write(burst.encode(), promise);
    } else if (message instanceof PeerMessage one) {
      PeerMessageCodec.encode(one, batch(ctx));
      ReferenceCountUtil.release(one);
      onBatched(ctx, promise);
    } else if (message instanceof MessageBurst burst) {
      encode(burst, batch(ctx));
      onBatched(ctx, promise);
    } else {
      ctx.write(message, promise);
    }
  }

  private static void encode(MessageBurst burst, ByteBuf out) {
    for (PeerMessage each : burst.messages()) {
      PeerMessageCodec.encode(each, out);
    }
  }

  private ByteBuf batch(ChannelHandlerContext ctx) {
    if (batch == null) {
      batch = ctx.alloc().ioBuffer(256);
    }
    return batch;
  }

  private void onBatched(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (!promise.isVoid()) {
      batchPromises.add(promise);
    }
    if (batch.readableBytes() >= BATCH_BYTES) {
      writeBatch(ctx);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    writeBatch(ctx);
    ctx.flush();
  }

  private void writeBatch(ChannelHandlerContext ctx) {
    if (batch == null) {
      return;
    }
    ByteBuf bytes = batch;
    batch = null;
    if (batchPromises.isEmpty()) {
      ctx.write(bytes);
      return;
    }
    List<ChannelPromise> promises = List.copyOf(batchPromises);
    batchPromises.clear();
    ctx.write(bytes)
        .addListener(
            written -> {
              for (ChannelPromise promise : promises) {
                complete(promise, written.cause());
              }
            });
  }

  private static void complete(ChannelPromise promise, Throwable cause) {
    if (cause == null) {
      promise.trySuccess();
    } else {
      promise.tryFailure(cause);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    partial = release(partial);
    block = release(block);
    batch = release(batch);
    ClosedChannelException closed = new ClosedChannelException();
    for (ChannelPromise promise : batchPromises) {
      promise.tryFailure(closed);
    }
    batchPromises.clear();
  }

  private static ByteBuf release(ByteBuf buffer) {
    if (buffer != null) {
      buffer.release();
    }
    return null;
  }
}
