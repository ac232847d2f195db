package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;

/** A {@link BlockRead} and the pooled buffer that its lane fills for it. Confined to the lane. */
record FilledRead(BlockRead read, ByteBuf data) {

  /** With an empty buffer, which has room for all. */
  static FilledRead of(BlockRead read) {
    int length = 0;
    for (Block block : read.blocks()) {
      length += read.gap() + block.length();
    }
    return new FilledRead(read, read.alloc().directBuffer(length, length));
  }

  /** The piece that all its blocks are of. */
  int piece() {
    return read.blocks().get(0).piece();
  }

  /** Reads all blocks, whatever was read before. */
  void fill(TorrentStorage storage) throws StorageException {
    data.clear();
    for (Block block : read.blocks()) {
      data.writerIndex(data.writerIndex() + read.gap());
      storage.read(block.piece(), block.begin(), block.length(), data);
    }
  }
}
