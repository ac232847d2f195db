package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.wire.PeerMessage.Type;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** One message of every type beside its bytes, written out by hand from BEP 3, 5, 6 and 10. */
public enum SampleMessages {
  KEEP_ALIVE(new PeerMessage.KeepAlive(), "00000000"),
  CHOKE(new PeerMessage.Choke(), "00000001 00"),
  UNCHOKE(new PeerMessage.Unchoke(), "00000001 01"),
  INTERESTED(new PeerMessage.Interested(), "00000001 02"),
  NOT_INTERESTED(new PeerMessage.NotInterested(), "00000001 03"),
  HAVE(new PeerMessage.Have(0x01020304), "00000005 04 01020304"),
  BITFIELD(new PeerMessage.BitfieldMessage(new byte[] {(byte) 0xFF, 0x40}), "00000003 05 ff40"),
  REQUEST(
      new PeerMessage.Request(new Block(7, 0x8000, 0x4000)),
      "0000000d 06 00000007 00008000 00004000"),
  PIECE(
      new PeerMessage.Piece(7, 0x8000, Unpooled.wrappedBuffer(new byte[] {1, 2, 3})),
      "0000000c 07 00000007 00008000 010203"),
  CANCEL(
      new PeerMessage.Cancel(new Block(7, 0x8000, 0x4000)),
      "0000000d 08 00000007 00008000 00004000"),
  PORT(new PeerMessage.Port(0xFEDC), "00000003 09 fedc"),
  SUGGEST(new PeerMessage.Suggest(9), "00000005 0d 00000009"),
  HAVE_ALL(new PeerMessage.HaveAll(), "00000001 0e"),
  HAVE_NONE(new PeerMessage.HaveNone(), "00000001 0f"),
  REJECT(
      new PeerMessage.Reject(new Block(7, 0x8000, 0x4000)),
      "0000000d 10 00000007 00008000 00004000"),
  ALLOWED_FAST(new PeerMessage.AllowedFast(0x7FFFFFFF), "00000005 11 7fffffff"),
  EXTENDED(
      new PeerMessage.Extended(0, Unpooled.wrappedBuffer("de".getBytes())), "00000004 14 00 6465");

  private final PeerMessage message;
  private final byte[] bytes;

  SampleMessages(PeerMessage message, String hex) {
    this.message = message;
    this.bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  public Type type() {
    return Type.valueOf(name());
  }

  /** The message, for comparing; its buffer, if any, is the sample's own and stays. */
  public PeerMessage message() {
    return message;
  }

  /** The message for sending: its buffer, if any, is a copy that may be released. */
  public PeerMessage messageToSend() {
    return switch (type()) {
      case PIECE -> {
        PeerMessage.Piece piece = (PeerMessage.Piece) message;
        yield new PeerMessage.Piece(piece.piece(), piece.begin(), piece.data().copy());
      }
      case EXTENDED -> {
        PeerMessage.Extended extended = (PeerMessage.Extended) message;
        yield new PeerMessage.Extended(extended.id(), extended.payload().copy());
      }
      default -> message;
    };
  }

  /** The whole frame. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** All frames, one after the other. */
  public static ByteBuf allBytes() {
    ByteBuf all = Unpooled.buffer();
    Stream.of(values()).forEach(sample -> all.writeBytes(sample.bytes));
    return all;
  }

  public static List<PeerMessage> allMessages() {
    return Stream.of(values()).map(SampleMessages::message).toList();
  }
}
