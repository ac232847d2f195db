package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A piece of the metadata, which is the info dictionary: asked for, given or refused (BEP 9).
 *
 * <pre>
 *  request, reject   d 8:msg_type i0e 5:piece i3e e
 *  data              d 8:msg_type i1e 5:piece i3e 10:total_size i65536e e  and the bytes after it
 * </pre>
 *
 * Immutable by convention: whoever reads the data does not change it.
 *
 * @param piece 0 or more; pieces have {@value #PIECE_BYTES} bytes, but for the last
 * @param totalSize bytes of all the metadata by the sender's word, 1..{@value #MAX_BYTES}; 0 where
 *     it is not told, or nonsense
 * @param data empty unless the kind is {@link Kind#DATA}; at most {@value #PIECE_BYTES} bytes
 */
public record UtMetadata(Kind kind, int piece, int totalSize, byte[] data)
    implements ExtensionMessage {
  public static final int PIECE_BYTES = 16 * 1024;

  /** As much as libtorrent takes; the largest real ones have a few megabytes. */
  public static final int MAX_BYTES = 30 * 1024 * 1024;

  private static final int MAX_PIECE = MAX_BYTES / PIECE_BYTES - 1;
  private static final byte[] NO_DATA = {};

  /** {@code msg_type}; the wire has the ordinal. */
  public enum Kind {
    REQUEST,
    DATA,
    REJECT
  }

  public static UtMetadata request(int piece) {
    return new UtMetadata(Kind.REQUEST, piece, 0, NO_DATA);
  }

  public static UtMetadata reject(int piece) {
    return new UtMetadata(Kind.REJECT, piece, 0, NO_DATA);
  }

  /** Data: a piece that {@code info} has. */
  public static UtMetadata data(int piece, byte[] info) {
    int from = piece * PIECE_BYTES;
    byte[] data = Arrays.copyOfRange(info, from, from + pieceLength(piece, info.length));
    return new UtMetadata(Kind.DATA, piece, info.length, data);
  }

  /** How many pieces metadata of so many bytes has. */
  public static int pieceCount(int totalSize) {
    return (totalSize + PIECE_BYTES - 1) / PIECE_BYTES;
  }

  /** The bytes of one of its pieces. */
  public static int pieceLength(int piece, int totalSize) {
    return Math.min(PIECE_BYTES, totalSize - piece * PIECE_BYTES);
  }

  @Override
  public ByteBuf encode() {
    Map<String, BValue> dict = new TreeMap<>();
    dict.put("msg_type", new BValue.Int(kind.ordinal()));
    dict.put("piece", new BValue.Int(piece));
    if (kind == Kind.DATA) {
      dict.put("total_size", new BValue.Int(totalSize));
    }
    return Unpooled.wrappedBuffer(Bencode.write(BValue.Dict.of(dict)), data);
  }

  /**
   * Reads the payload of an extended message; the buffer stays the caller's.
   *
   * @return null for a kind that BEP 9 does not know, which is to be passed over
   * @throws ProtocolException when it is none of the above, or too long
   */
  public static UtMetadata decode(ByteBuf payload) throws ProtocolException {
    byte[] bytes = ByteBufUtil.getBytes(payload);
    Bencode.Prefix prefix = Bencode.readPrefix(bytes, Bencode.Limits.MESSAGE);
    if (!(prefix.value() instanceof BValue.Dict dict)) {
      throw new ProtocolException("ut_metadata: not a dictionary");
    }
    long type = dict.integer("msg_type", -1);
    if (type < 0 || type >= Kind.values().length) {
      return null;
    }
    Kind kind = Kind.values()[(int) type];
    long piece = dict.integer("piece", -1);
    if (piece < 0 || piece > MAX_PIECE) {
      throw new ProtocolException(
          "ut_metadata piece: " + piece + " (expected: 0.." + MAX_PIECE + ")");
    }
    if (kind != Kind.DATA) {
      return new UtMetadata(kind, (int) piece, 0, NO_DATA);
    }
    long size = dict.integer("total_size", 0);
    byte[] data = Arrays.copyOfRange(bytes, prefix.end(), bytes.length);
    if (data.length > PIECE_BYTES) {
      throw new ProtocolException(
          "ut_metadata data: " + data.length + " bytes (expected: <= " + PIECE_BYTES + ")");
    }
    return new UtMetadata(kind, (int) piece, size < 1 || size > MAX_BYTES ? 0 : (int) size, data);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof UtMetadata other
        && kind == other.kind
        && piece == other.piece
        && totalSize == other.totalSize
        && Arrays.equals(data, other.data);
  }

  @Override
  public int hashCode() {
    return (kind.hashCode() * 31 + piece) * 31 + Arrays.hashCode(data);
  }

  /** Without the data. */
  @Override
  public String toString() {
    return "ut_metadata " + kind + " piece=" + piece + " bytes=" + data.length;
  }
}
