package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.PieceLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of a piece that follow each other, written as one job: a read from a fast peer brings up
 * to sixteen, and a hand-over to a lane costs more than copying one. Built by whoever received
 * them, then handed over to {@link TorrentDisk#write} with the buffers in it.
 */
public final class BlockRun {
  /** 256 KiB: as much as one read brings, and still in the processor's cache when it is hashed. */
  private static final int MAX_BLOCKS = 16;

  private final int piece;
  private final int begin;
  private final List<ByteBuf> blocks = new ArrayList<>(MAX_BLOCKS);
  private int length;

  /**
   * Takes over the first block.
   *
   * @param begin at a block's border, the block being of the length that the layout says
   */
  public BlockRun(int piece, int begin, ByteBuf block) {
    this.piece = piece;
    this.begin = begin;
    add(block);
  }

  /** Takes a block over if it comes next; else it stays the caller's, and false is returned. */
  public boolean offer(int blockPiece, int blockBegin, ByteBuf block) {
    if (blockPiece != piece || blockBegin != begin + length || blocks.size() == MAX_BLOCKS) {
      return false;
    }
    add(block);
    return true;
  }

  private void add(ByteBuf block) {
    blocks.add(block);
    length += block.readableBytes();
  }

  int piece() {
    return piece;
  }

  /** In bytes, all blocks together. */
  int length() {
    return length;
  }

  /** How many blocks there are. */
  int size() {
    return blocks.size();
  }

  /** Where a block begins in its piece. */
  int begin(int index) {
    return begin + index * PieceLayout.BLOCK_LENGTH;
  }

  /** A block's bytes, valid until {@link #release}. */
  ByteBuf bytes(int index) {
    return blocks.get(index);
  }

  /** Gives the buffers back. */
  void release() {
    for (ByteBuf block : blocks) {
      block.release();
    }
  }
}
