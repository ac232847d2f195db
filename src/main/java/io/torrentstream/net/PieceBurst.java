package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;
import io.torrentstream.metainfo.Block;
import io.torrentstream.wire.PeerMessageCodec;
import java.util.List;

/**
 * Blocks that are sent together, as one buffer that is laid out as it goes over the wire: before
 * each block's data there is room for its header, which {@link PeerWireCodec} fills in. So a run of
 * blocks passes through the pipeline, and to the socket, as one write. Whoever sends one gives its
 * buffer away.
 */
public final class PieceBurst extends DefaultByteBufHolder {
  /** The room that is left before the data of each block. */
  public static final int HEADER_BYTES = PeerMessageCodec.PIECE_HEADER_BYTES;

  private final List<Block> blocks;

  /**
   * @param blocks in the order of their data; not changed any more
   * @param framed for each block {@link #HEADER_BYTES} of anything, then its data
   */
  public PieceBurst(List<Block> blocks, ByteBuf framed) {
    super(framed);
    this.blocks = blocks;
  }

  public List<Block> blocks() {
    return blocks;
  }

  /** Makes piece messages of the buffer, which stays this object's. */
  ByteBuf encode() {
    ByteBuf framed = content();
    int at = framed.readerIndex();
    for (Block block : blocks) {
      PeerMessageCodec.setPieceHeader(block, framed, at);
      at += HEADER_BYTES + block.length();
    }
    return framed;
  }
}
