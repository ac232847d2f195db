package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.PeerMessage.Type;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerMessageCodecTest {

  @Test
  void everyTypeHasASample() {
    assertEquals(
        List.of(Type.values()), Stream.of(SampleMessages.values()).map(s -> s.type()).toList());
  }

  @ParameterizedTest
  @EnumSource
  void encodesAsTheBepsSay(SampleMessages sample) {
    ByteBuf out = Unpooled.buffer();
    PeerMessageCodec.encode(sample.message(), out);
    assertEquals(ByteBufUtil.hexDump(sample.bytes()), ByteBufUtil.hexDump(out));
    assertEquals(sample.type(), sample.message().type());
  }

  @ParameterizedTest
  @EnumSource
  void decodesExactlyItsOwnBytes(SampleMessages sample) throws ProtocolException {
    ByteBuf in = Unpooled.wrappedBuffer(sample.bytes(), new byte[] {0x55});
    PeerMessage message = PeerMessageCodec.decode(in.readInt(), in);
    assertEquals(sample.message(), message);
    assertEquals(1, in.readableBytes());
  }

  @ParameterizedTest
  @EnumSource
  void knowsTypesByTheirIds(SampleMessages sample) {
    Type type = sample.type();
    assertEquals(type, type == Type.KEEP_ALIVE ? type : Type.of(type.id()));
  }

  /** A length that does not fit the type is refused in both directions, body there or not. */
  @ParameterizedTest
  @EnumSource(names = "KEEP_ALIVE", mode = EnumSource.Mode.EXCLUDE)
  void refusesLengthsThatDoNotFit(SampleMessages sample) {
    Type type = sample.type();
    for (int length = 1; length <= 20; length++) {
      if (length < type.minLength() || length > type.maxLength()) {
        ByteBuf in = Unpooled.buffer().writeByte(type.id()).writeZero(length - 1);
        int wrong = length;
        assertThrows(ProtocolException.class, () -> PeerMessageCodec.decode(wrong, in));
      }
    }
    assertThrows(
        ProtocolException.class, () -> PeerMessageCodec.checkLength(type, type.maxLength() + 1L));
    assertThrows(ProtocolException.class, () -> PeerMessageCodec.checkLength(type, 0xFFFF_FFFFL));
  }

  @Test
  void lengthErrorsSayWhatWasExpected() {
    ProtocolException one =
        assertThrows(
            ProtocolException.class,
            () -> PeerMessageCodec.checkLength(Type.NOT_INTERESTED, 4294967295L));
    assertEquals("not interested length: 4294967295 (expected: 1)", one.getMessage());
    ProtocolException range =
        assertThrows(ProtocolException.class, () -> PeerMessageCodec.checkLength(Type.PIECE, 9));
    assertEquals("piece length: 9 (expected: 10..16393)", range.getMessage());
    ProtocolException unknown =
        assertThrows(ProtocolException.class, () -> PeerMessageCodec.checkLength(null, 65537));
    assertEquals("unknown message length: 65537 (expected: 1..65536)", unknown.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "have, 04 80000000",
    "suggest, 0d ffffffff",
    "allowed fast, 11 ffffffff",
    "request, 06 80000000 00000000 00004000",
    "request, 06 00000000 80000000 00004000",
    "request, 06 00000000 00000000 ffffffff",
    "cancel, 08 00000000 ffffffff 00004000",
    "reject, 10 ffffffff 00000000 00004000",
    "piece, 07 80000000 00000000 01",
    "piece, 07 00000000 ffffffff 01",
  })
  void refusesNumbersThatWouldBeNegative(String name, String hex) {
    byte[] body = HexFormat.of().parseHex(hex.replace(" ", ""));
    ProtocolException e =
        assertThrows(
            ProtocolException.class,
            () -> PeerMessageCodec.decode(body.length, Unpooled.wrappedBuffer(body)));
    assertEquals(name + " field", e.getMessage().split(":")[0]);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 12, 18, 19, 21, 22, 23, 128, 255})
  void passesOverIdsItDoesNotKnow(int id) throws ProtocolException {
    ByteBuf in = Unpooled.buffer().writeByte(id).writeBytes(new byte[] {1, 2, 3, 4});
    assertNull(Type.of(id));
    assertNull(PeerMessageCodec.decode(4, in));
    assertEquals(1, in.readableBytes());
  }

  @Test
  void buffersAreSlicesThatTheReceiverOwns() throws ProtocolException {
    ByteBuf in = Unpooled.wrappedBuffer(SampleMessages.PIECE.bytes());
    PeerMessage.Piece piece = (PeerMessage.Piece) PeerMessageCodec.decode(in.readInt(), in);
    assertEquals(2, in.refCnt());
    in.setByte(13, 0x77);
    assertEquals(0x77, piece.data().getByte(0));
    piece.release();
    assertEquals(1, in.refCnt());
  }

  @Test
  void encodingLeavesTheMessagesBufferAlone() {
    PeerMessage.Piece piece = (PeerMessage.Piece) SampleMessages.PIECE.messageToSend();
    ByteBuf header = Unpooled.buffer();
    PeerMessageCodec.encodeHeader(piece, header);
    PeerMessageCodec.encode(piece, Unpooled.buffer());
    assertEquals(3, piece.data().readableBytes());
    assertEquals(1, piece.refCnt());
    byte[] frame = SampleMessages.PIECE.bytes();
    assertArrayEquals(
        java.util.Arrays.copyOf(frame, PeerMessageCodec.PIECE_HEADER_BYTES),
        ByteBufUtil.getBytes(header));
  }

  @Test
  void messagesWithBuffersCountReferencesOfTheBuffer() {
    PeerMessage.Extended message = (PeerMessage.Extended) SampleMessages.EXTENDED.messageToSend();
    message.retain().touch().touch("here");
    assertEquals(2, message.payload().refCnt());
    message.retain(2);
    assertEquals(4, message.refCnt());
    message.release(3);
    assertEquals(true, message.release());
    assertEquals(0, message.payload().refCnt());
  }
}
