package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Blocks that one web server is asked for in one go: which parts of which files they are, and how
 * what comes is cut into blocks again.
 *
 * <pre>
 *   files   |---- a ----|pad|-------- b --------|
 *   blocks      |  0  |  1  |  2  |
 *   parts       |---a---|pad|--b--|               each one request; none for a pad file
 * </pre>
 *
 * <p>Confined to the torrent's loop. A block that is incomplete at the end is dropped by {@link
 * #end}, which must be called.
 */
final class WebRun {
  private static final byte[] ZEROS = new byte[PieceLayout.BLOCK_LENGTH];

  /** A range of one file; {@code length} is 1 or more. */
  record Part(int file, long from, long length) {
    /** The first byte behind it. */
    long end() {
      return from + length;
    }
  }

  /** Where the blocks go. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param data becomes the sink's
     * @return false to have no more
     */
    boolean take(Block block, ByteBuf data);
  }

  private final PieceLayout layout;
  private final Deque<Block> blocks = new ArrayDeque<>();
  private final Deque<Part> parts = new ArrayDeque<>();

  /** What there is of the first block, when that does not lie whole in what came. */
  private ByteBuf partial;

  WebRun(PieceLayout layout) {
    this.layout = layout;
  }

  /** Adds a block behind the others; neighbours in the same file become one part. */
  void add(Block block) {
    blocks.add(block);
    layout.forEachSlice(block.piece(), block.begin(), block.length(), this::add);
  }

  private void add(int file, long from, int length) {
    Part last = parts.peekLast();
    if (last != null && last.file() == file && last.end() == from) {
      parts.removeLast();
      parts.add(new Part(file, last.from(), last.length() + length));
    } else {
      parts.add(new Part(file, from, length));
    }
  }

  /** How many blocks have not come yet. */
  int size() {
    return blocks.size();
  }

  /** Takes out the next part to ask for; null when that was all. */
  Part nextPart() {
    return parts.poll();
  }

  /**
   * Cuts the next bytes into blocks.
   *
   * @param bytes not released; no more than the parts taken out so far have
   * @return false when the sink wants no more
   */
  boolean feed(ByteBuf bytes, Sink sink) {
    boolean wanted = true;
    while (wanted && bytes.isReadable()) {
      int length = blocks.element().length();
      if (partial == null && bytes.readableBytes() >= length) {
        wanted = sink.take(blocks.remove(), bytes.readRetainedSlice(length));
        continue;
      }
      if (partial == null) {
        partial = bytes.alloc().buffer(length, length);
      }
      partial.writeBytes(bytes, Math.min(bytes.readableBytes(), length - partial.writerIndex()));
      if (partial.writerIndex() == length) {
        ByteBuf whole = partial;
        partial = null;
        wanted = sink.take(blocks.remove(), whole);
      }
    }
    return wanted;
  }

  /** Feeds what a pad file has (BEP 47). */
  boolean feedZeros(long length, Sink sink) {
    boolean wanted = true;
    for (long left = length; wanted && left > 0; left -= ZEROS.length) {
      wanted = feed(Unpooled.wrappedBuffer(ZEROS, 0, (int) Math.min(left, ZEROS.length)), sink);
    }
    return wanted;
  }

  /** Visits the blocks that did not come, and forgets all. */
  void end(Consumer<Block> missing) {
    if (partial != null) {
      partial.release();
      partial = null;
    }
    parts.clear();
    blocks.forEach(missing);
    blocks.clear();
  }
}
