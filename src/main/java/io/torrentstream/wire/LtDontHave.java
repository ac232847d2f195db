package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.util.ProtocolException;

/**
 * The sender no longer has a piece (BEP 54).
 *
 * <pre>
 *  +-------------+
 *  | piece (4)   |
 *  +-------------+
 * </pre>
 *
 * @param piece 0 or more; whether it exists only the torrent's layout can tell
 */
public record LtDontHave(int piece) implements ExtensionMessage {
  @Override
  public ByteBuf encode() {
    return Unpooled.buffer(Integer.BYTES, Integer.BYTES).writeInt(piece);
  }

  /**
   * Reads the payload of an extended message; the buffer stays the caller's.
   *
   * @throws ProtocolException when it is not four bytes, or over 2^31 - 1
   */
  public static LtDontHave decode(ByteBuf payload) throws ProtocolException {
    if (payload.readableBytes() != Integer.BYTES) {
      throw new ProtocolException(
          "lt_donthave length: " + payload.readableBytes() + " (expected: " + Integer.BYTES + ")");
    }
    int piece = payload.getInt(payload.readerIndex());
    if (piece < 0) {
      throw new ProtocolException(
          "lt_donthave piece: " + Integer.toUnsignedString(piece) + " (expected: < 2147483648)");
    }
    return new LtDontHave(piece);
  }
}
