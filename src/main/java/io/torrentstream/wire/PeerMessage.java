package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import java.util.Arrays;
import java.util.Locale;

/**
 * Everything a peer can say after the handshake: one record a message, under its name in the BEPs
 * (3, 5, 6 and 10). Immutable, but for the two that carry a buffer ({@link WithBuffer}).
 *
 * <p>Numbers that came from a peer are 0 or more and otherwise unchecked: whether a piece exists
 * and a block lies in it, only the torrent's layout can tell.
 */
public sealed interface PeerMessage {

  /** Which message it is; for {@code switch}. */
  Type type();

  /** The kinds of message, their ids, and how long each may be. */
  enum Type {
    KEEP_ALIVE(-1, 0),
    CHOKE(0, 1),
    UNCHOKE(1, 1),
    INTERESTED(2, 1),
    NOT_INTERESTED(3, 1),
    HAVE(4, 5),
    /** Its length depends on the torrent; the maximum is for when that is not known yet. */
    BITFIELD(5, 1, 1 + PeerMessageCodec.MAX_BITFIELD_BYTES),
    REQUEST(6, 13),
    /** We ask for blocks of 16 KiB at most, so nothing longer can be an answer. */
    PIECE(7, 10, 9 + PieceLayout.BLOCK_LENGTH),
    CANCEL(8, 13),
    PORT(9, 3),
    SUGGEST(13, 5),
    HAVE_ALL(14, 1),
    HAVE_NONE(15, 1),
    REJECT(16, 13),
    ALLOWED_FAST(17, 5),
    /** A piece of metadata is 16 KiB and a little; 64 KiB leaves room for long handshakes. */
    EXTENDED(20, 2, PeerMessageCodec.MAX_OTHER_LENGTH);

    private static final Type[] BY_ID = new Type[EXTENDED.id + 1];

    static {
      for (Type type : values()) {
        if (type != KEEP_ALIVE) {
          BY_ID[type.id] = type;
        }
      }
    }

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', ' ');
    private final int id;
    private final int minLength;
    private final int maxLength;

    Type(int id, int length) {
      this(id, length, length);
    }

    Type(int id, int minLength, int maxLength) {
      this.id = id;
      this.minLength = minLength;
      this.maxLength = maxLength;
    }

    /** The message with an id of 0..255; null when we know none. */
    public static Type of(int id) {
      return id < BY_ID.length ? BY_ID[id] : null;
    }

    /** The name as the BEPs write it: {@code not interested}. */
    @Override
    public String toString() {
      return text;
    }

    /** The byte after the length; -1 for the keep-alive, which has none. */
    public int id() {
      return id;
    }

    /** The smallest length prefix (the id counts, the prefix itself does not). */
    public int minLength() {
      return minLength;
    }

    /** The largest length prefix. */
    public int maxLength() {
      return maxLength;
    }
  }

  /**
   * A message with a buffer. Whoever receives one owns the buffer: it releases the message (or the
   * buffer, which is the same) or passes it on. Sending one gives it away.
   */
  sealed interface WithBuffer extends PeerMessage, ReferenceCounted {
    ByteBuf buffer();

    @Override
    default int refCnt() {
      return buffer().refCnt();
    }

    @Override
    default ReferenceCounted retain() {
      return retain(1);
    }

    @Override
    default ReferenceCounted retain(int increment) {
      buffer().retain(increment);
      return this;
    }

    @Override
    default ReferenceCounted touch() {
      buffer().touch();
      return this;
    }

    @Override
    default ReferenceCounted touch(Object hint) {
      buffer().touch(hint);
      return this;
    }

    @Override
    default boolean release() {
      return buffer().release();
    }

    @Override
    default boolean release(int decrement) {
      return buffer().release(decrement);
    }
  }

  /** Nothing to say, still here (BEP 3). */
  record KeepAlive() implements PeerMessage {
    @Override
    public Type type() {
      return Type.KEEP_ALIVE;
    }
  }

  /** The sender will answer no requests (BEP 3). */
  record Choke() implements PeerMessage {
    @Override
    public Type type() {
      return Type.CHOKE;
    }
  }

  /** The sender will answer requests (BEP 3). */
  record Unchoke() implements PeerMessage {
    @Override
    public Type type() {
      return Type.UNCHOKE;
    }
  }

  /** The receiver has something the sender wants (BEP 3). */
  record Interested() implements PeerMessage {
    @Override
    public Type type() {
      return Type.INTERESTED;
    }
  }

  /** The receiver has nothing the sender wants (BEP 3). */
  record NotInterested() implements PeerMessage {
    @Override
    public Type type() {
      return Type.NOT_INTERESTED;
    }
  }

  /** The sender has verified one more piece (BEP 3). */
  record Have(int piece) implements PeerMessage {
    @Override
    public Type type() {
      return Type.HAVE;
    }
  }

  /**
   * Which pieces the sender has (BEP 3); only as the first message.
   *
   * @param bits piece 0 is the highest bit of the first byte; not to be changed
   */
  record BitfieldMessage(byte[] bits) implements PeerMessage {
    @Override
    public Type type() {
      return Type.BITFIELD;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof BitfieldMessage other && Arrays.equals(bits, other.bits);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bits);
    }
  }

  /** Asks for a block (BEP 3). */
  record Request(Block block) implements PeerMessage {
    @Override
    public Type type() {
      return Type.REQUEST;
    }
  }

  /**
   * A block's bytes (BEP 3).
   *
   * @param data the block and nothing else; the receiver of this message owns it
   */
  record Piece(int piece, int begin, ByteBuf data) implements WithBuffer {
    @Override
    public Type type() {
      return Type.PIECE;
    }

    @Override
    public ByteBuf buffer() {
      return data;
    }

    /** The block this message answers. */
    public Block block() {
      return new Block(piece, begin, data.readableBytes());
    }
  }

  /** Takes back a request (BEP 3). */
  record Cancel(Block block) implements PeerMessage {
    @Override
    public Type type() {
      return Type.CANCEL;
    }
  }

  /** The UDP port of the sender's DHT node, 0..65535 (BEP 5). */
  record Port(int port) implements PeerMessage {
    @Override
    public Type type() {
      return Type.PORT;
    }
  }

  /** A piece that the sender would like to be asked for (BEP 6). */
  record Suggest(int piece) implements PeerMessage {
    @Override
    public Type type() {
      return Type.SUGGEST;
    }
  }

  /** Instead of a bitfield: every piece (BEP 6). */
  record HaveAll() implements PeerMessage {
    @Override
    public Type type() {
      return Type.HAVE_ALL;
    }
  }

  /** Instead of a bitfield: no piece (BEP 6). */
  record HaveNone() implements PeerMessage {
    @Override
    public Type type() {
      return Type.HAVE_NONE;
    }
  }

  /** A request will not be answered (BEP 6). */
  record Reject(Block block) implements PeerMessage {
    @Override
    public Type type() {
      return Type.REJECT;
    }
  }

  /** A piece that may be requested although choked (BEP 6). */
  record AllowedFast(int piece) implements PeerMessage {
    @Override
    public Type type() {
      return Type.ALLOWED_FAST;
    }
  }

  /**
   * A message of an extension (BEP 10).
   *
   * @param id 0 for the extension handshake, else the number that the <em>receiver</em> gave the
   *     extension in its own
   * @param payload what follows the id; the receiver of this message owns it
   */
  record Extended(int id, ByteBuf payload) implements WithBuffer {
    @Override
    public Type type() {
      return Type.EXTENDED;
    }

    @Override
    public ByteBuf buffer() {
      return payload;
    }
  }
}
