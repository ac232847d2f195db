package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage.Type;

/**
 * Peer messages and their bytes (BEP 3, 6, 10). Every number is big-endian.
 *
 * <pre>
 *  0           4    5
 *  +-----------+----+----------------------------------+
 *  | length    | id | fields                           |   length counts the id and the fields;
 *  +-----------+----+----------------------------------+   0 is a keep-alive, which has no id
 *
 *  choke, unchoke, interested, not interested, have all, have none:  no fields
 *  have, suggest, allowed fast:   | piece |
 *  request, cancel, reject:       | piece | begin | length |
 *  piece:                         | piece | begin | data ...
 *  bitfield:                      | bits ...
 *  port:                          | port (2) |
 *  extended:                      | extension id (1) | payload ...
 * </pre>
 */
public final class PeerMessageCodec {
  /** The length prefix. */
  public static final int PREFIX_BYTES = 4;

  /** All of a piece message but the data: prefix, id, piece, begin. */
  public static final int PIECE_HEADER_BYTES = 13;

  /** For 2,097,152 pieces, more than any .torrent file we read can list. */
  public static final int MAX_BITFIELD_BYTES = 256 * 1024;

  /** The largest length prefix of a message with an id that we do not know. */
  public static final int MAX_OTHER_LENGTH = 64 * 1024;

  private PeerMessageCodec() {}

  /**
   * Checks a length prefix before anything is kept or allocated for the message.
   *
   * @param type null for an id that we do not know
   * @param length as it was sent, unsigned: 0..2^32-1
   * @throws ProtocolException when no message of that type is so long or so short
   */
  public static void checkLength(Type type, long length) throws ProtocolException {
    int min = type == null ? 1 : type.minLength();
    int max = type == null ? MAX_OTHER_LENGTH : type.maxLength();
    if (length < min || length > max) {
      throw new ProtocolException(
          (type == null ? "unknown message" : type)
              + " length: "
              + length
              + " (expected: "
              + (min == max ? String.valueOf(min) : min + ".." + max)
              + ")");
    }
  }

  /**
   * Reads one message, the length prefix left out. Exactly {@code length} bytes are consumed, which
   * must be there. A piece's data and an extension's payload are retained slices of {@code in}.
   *
   * @param length 0 or more, from the prefix
   * @return null for an id that we do not know
   * @throws ProtocolException when the fields break the rules
   */
  public static PeerMessage decode(int length, ByteBuf in) throws ProtocolException {
    if (length == 0) {
      return new PeerMessage.KeepAlive();
    }
    Type type = Type.of(in.readUnsignedByte());
    checkLength(type, length);
    if (type == null) {
      in.skipBytes(length - 1);
      return null;
    }
    return switch (type) {
      case KEEP_ALIVE -> throw new IllegalStateException("a keep-alive has no id");
      case CHOKE -> new PeerMessage.Choke();
      case UNCHOKE -> new PeerMessage.Unchoke();
      case INTERESTED -> new PeerMessage.Interested();
      case NOT_INTERESTED -> new PeerMessage.NotInterested();
      case HAVE -> new PeerMessage.Have(number(type, in));
      case BITFIELD -> new PeerMessage.BitfieldMessage(bytes(in, length - 1));
      case REQUEST -> new PeerMessage.Request(block(type, in));
      case PIECE ->
          new PeerMessage.Piece(
              number(type, in), number(type, in), in.readRetainedSlice(length - 9));
      case CANCEL -> new PeerMessage.Cancel(block(type, in));
      case PORT -> new PeerMessage.Port(in.readUnsignedShort());
      case SUGGEST -> new PeerMessage.Suggest(number(type, in));
      case HAVE_ALL -> new PeerMessage.HaveAll();
      case HAVE_NONE -> new PeerMessage.HaveNone();
      case REJECT -> new PeerMessage.Reject(block(type, in));
      case ALLOWED_FAST -> new PeerMessage.AllowedFast(number(type, in));
      case EXTENDED ->
          new PeerMessage.Extended(in.readUnsignedByte(), in.readRetainedSlice(length - 2));
    };
  }

  /**
   * Appends a whole message, prefix included. A buffer in the message is copied and stays the
   * caller's.
   */
  public static void encode(PeerMessage message, ByteBuf out) {
    switch (message.type()) {
      case KEEP_ALIVE -> out.writeInt(0);
      case CHOKE, UNCHOKE, INTERESTED, NOT_INTERESTED, HAVE_ALL, HAVE_NONE ->
          start(message.type(), 1, out);
      case HAVE -> writePiece(message.type(), ((PeerMessage.Have) message).piece(), out);
      case SUGGEST -> writePiece(message.type(), ((PeerMessage.Suggest) message).piece(), out);
      case ALLOWED_FAST ->
          writePiece(message.type(), ((PeerMessage.AllowedFast) message).piece(), out);
      case REQUEST -> writeBlock(message.type(), ((PeerMessage.Request) message).block(), out);
      case CANCEL -> writeBlock(message.type(), ((PeerMessage.Cancel) message).block(), out);
      case REJECT -> writeBlock(message.type(), ((PeerMessage.Reject) message).block(), out);
      case BITFIELD -> {
        byte[] bits = ((PeerMessage.BitfieldMessage) message).bits();
        start(message.type(), 1 + bits.length, out);
        out.writeBytes(bits);
      }
      case PIECE -> {
        PeerMessage.Piece piece = (PeerMessage.Piece) message;
        encodeHeader(piece, out);
        out.writeBytes(piece.data().duplicate());
      }
      case PORT -> {
        start(message.type(), 3, out);
        out.writeShort(((PeerMessage.Port) message).port());
      }
      case EXTENDED -> {
        PeerMessage.Extended extended = (PeerMessage.Extended) message;
        start(message.type(), 2 + extended.payload().readableBytes(), out);
        out.writeByte(extended.id()).writeBytes(extended.payload().duplicate());
      }
    }
  }

  /** Appends a piece message without its data, which the caller sends after it, uncopied. */
  public static void encodeHeader(PeerMessage.Piece piece, ByteBuf out) {
    start(Type.PIECE, 9 + piece.data().readableBytes(), out);
    out.writeInt(piece.piece()).writeInt(piece.begin());
  }

  /**
   * Writes the header of a piece message over {@link #PIECE_HEADER_BYTES} bytes of a buffer, in
   * which the block's data follows.
   */
  public static void setPieceHeader(Block block, ByteBuf out, int index) {
    out.setInt(index, 9 + block.length())
        .setByte(index + 4, Type.PIECE.id())
        .setInt(index + 5, block.piece())
        .setInt(index + 9, block.begin());
  }

  /**
   * Checks a piece index, offset or length; no torrent needs more than 31 bits for any of them.
   *
   * @return {@code value}
   * @throws ProtocolException when it is negative, which is to say 2^31 or more
   */
  public static int checkNumber(Type type, int value) throws ProtocolException {
    if (value < 0) {
      throw new ProtocolException(
          type + " field: " + Integer.toUnsignedString(value) + " (expected: < 2147483648)");
    }
    return value;
  }

  private static void start(Type type, int length, ByteBuf out) {
    out.writeInt(length).writeByte(type.id());
  }

  private static void writePiece(Type type, int piece, ByteBuf out) {
    start(type, 5, out);
    out.writeInt(piece);
  }

  private static void writeBlock(Type type, Block block, ByteBuf out) {
    start(type, 13, out);
    out.writeInt(block.piece()).writeInt(block.begin()).writeInt(block.length());
  }

  private static Block block(Type type, ByteBuf in) throws ProtocolException {
    return new Block(number(type, in), number(type, in), number(type, in));
  }

  private static int number(Type type, ByteBuf in) throws ProtocolException {
    return checkNumber(type, in.readInt());
  }

  private static byte[] bytes(ByteBuf in, int count) {
    byte[] bytes = new byte[count];
    in.readBytes(bytes);
    return bytes;
  }
}
