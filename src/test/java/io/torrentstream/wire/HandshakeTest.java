package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HandshakeTest {
  private static final String HEX =
      "13"
          + "426974546f7272656e742070726f746f636f6c"
          + "0000000000100005"
          + "000102030405060708090a0b0c0d0e0f10111213"
          + "2d7453303130302d616263646566676869303132";
  private static final Handshake SAMPLE =
      new Handshake(
          InfoHash.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f10111213")),
          "-tS0100-abcdefghi012".getBytes(StandardCharsets.US_ASCII),
          Handshake.FAST | Handshake.EXTENSIONS | Handshake.DHT);

  @Test
  void encodesTheBytesOfBep3() {
    ByteBuf out = Unpooled.buffer();
    SAMPLE.encode(out);
    assertEquals(HEX, ByteBufUtil.hexDump(out));
    assertEquals(Handshake.LENGTH, out.readableBytes());
  }

  @Test
  void decodesWhatItEncodes() throws ProtocolException {
    ByteBuf in = bytes();
    assertEquals(SAMPLE, Handshake.decode(in));
    assertFalse(in.isReadable());
    assertEquals(SAMPLE.hashCode(), Handshake.decode(bytes()).hashCode());
  }

  @Test
  void flagsAreTheBitsOfTheirBeps() {
    assertTrue(SAMPLE.supportsFast() && SAMPLE.supportsExtensions() && SAMPLE.supportsDht());
    Handshake none = new Handshake(SAMPLE.infoHash(), SAMPLE.peerId(), ~0x10_0005L);
    assertFalse(none.supportsFast() || none.supportsExtensions() || none.supportsDht());
    assertNotEquals(SAMPLE, none);
  }

  @Test
  void everyByteOfTheProtocolNameCounts() {
    for (int i = 0; i < 20; i++) {
      ByteBuf in = bytes();
      in.setByte(i, in.getByte(i) ^ 0x20);
      assertThrows(ProtocolException.class, () -> Handshake.decode(in));
      ByteBuf arrived = in.slice(0, i + 1);
      ProtocolException early =
          assertThrows(ProtocolException.class, () -> Handshake.checkProtocol(arrived));
      assertTrue(early.getMessage().startsWith("handshake byte " + i + ": 0x"), early.getMessage());
    }
  }

  @Test
  void aBeginningOfTheNameIsNotYetWrong() throws ProtocolException {
    for (int length = 0; length <= Handshake.LENGTH; length++) {
      Handshake.checkProtocol(bytes().slice(0, length));
    }
  }

  @Test
  void infoHashIsReadableBeforeThePeerIdCame() {
    ByteBuf in = bytes().slice(0, Handshake.INFO_HASH_END);
    assertEquals(SAMPLE.infoHash(), Handshake.infoHash(in));
    assertEquals(Handshake.INFO_HASH_END, in.readableBytes());
  }

  @Test
  void peerIdsNameTheProgramAndDiffer() {
    Random random = new Random(1);
    byte[] one = Handshake.newPeerId(random);
    byte[] other = Handshake.newPeerId(random);
    String text = new String(one, StandardCharsets.US_ASCII);
    assertTrue(text.matches("-tS0100-[0-9A-Za-z]{12}"), text);
    assertNotEquals(text, new String(other, StandardCharsets.US_ASCII));
    assertArrayEquals(one, Handshake.newPeerId(new Random(1)));
  }

  @Test
  void peerIdTextHasNothingATerminalObeys() {
    byte[] id = new byte[Handshake.PEER_ID_LENGTH];
    id[0] = 0x1B;
    id[1] = '[';
    id[2] = '\n';
    id[3] = (byte) 0x9B;
    id[4] = 'x';
    id[5] = 0x7F;
    Handshake hostile = new Handshake(SAMPLE.infoHash(), id, 0);
    assertEquals(".[..x...............", hostile.peerIdText());
    assertTrue(hostile.toString().contains("peer-id=.[..x..............."));
  }

  @Test
  void peerIdsHaveTwentyBytes() {
    assertThrows(
        IllegalArgumentException.class, () -> new Handshake(SAMPLE.infoHash(), new byte[19], 0));
  }

  private static ByteBuf bytes() {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(HEX));
  }
}
