package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.PieceBurst;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Blocks of one piece that are read in one job and sent in one write. A block that is taken back
 * while the disk reads is not sent. Confined to the torrent's loop, but for {@link #blocks}, which
 * never changes.
 */
final class UploadBatch {
  private final List<Block> blocks;
  private final BitSet dropped = new BitSet();
  private final int bytes;

  /**
   * @param blocks one or more, not changed any more
   */
  UploadBatch(List<Block> blocks) {
    this.blocks = blocks;
    int sum = 0;
    for (Block block : blocks) { // no stream: a batch is made for every hundred KiB
      sum += block.length();
    }
    this.bytes = sum;
  }

  List<Block> blocks() {
    return blocks;
  }

  /** The payload of all its blocks. */
  int bytes() {
    return bytes;
  }

  /** Takes back a block; false when it is not here, or no longer. */
  boolean drop(Block block) {
    for (int i = 0; i < blocks.size(); i++) {
      if (!dropped.get(i) && blocks.get(i).equals(block)) {
        dropped.set(i);
        return true;
      }
    }
    return false;
  }

  /** Takes back all blocks. */
  void dropAll() {
    dropped.set(0, blocks.size());
  }

  /**
   * Makes messages of what was read: one if no block was dropped, else one for each run between.
   *
   * @param framed all the blocks as {@link PieceBurst} has them; released here or given away
   */
  void forEachBurst(ByteBuf framed, Consumer<PieceBurst> send) {
    if (dropped.isEmpty()) {
      send.accept(new PieceBurst(blocks, framed));
      return;
    }
    List<Block> run = new ArrayList<>();
    int runBytes = 0;
    for (int i = 0; i < blocks.size(); i++) {
      int length = PieceBurst.HEADER_BYTES + blocks.get(i).length();
      if (!dropped.get(i)) {
        run.add(blocks.get(i));
        runBytes += length;
        continue;
      }
      if (!run.isEmpty()) {
        send.accept(new PieceBurst(List.copyOf(run), framed.readRetainedSlice(runBytes)));
        run.clear();
        runBytes = 0;
      }
      framed.skipBytes(length);
    }
    if (run.isEmpty()) {
      framed.release();
    } else {
      send.accept(new PieceBurst(List.copyOf(run), framed)); // all that is left of it
    }
  }
}
