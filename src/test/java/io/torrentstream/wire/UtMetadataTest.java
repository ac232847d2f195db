package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UtMetadataTest {
  private static UtMetadata decode(String payload) throws ProtocolException {
    return UtMetadata.decode(Unpooled.wrappedBuffer(payload.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static String encoded(UtMetadata message) {
    return message.encode().toString(StandardCharsets.ISO_8859_1);
  }

  /** The examples of BEP 9. */
  @Test
  void readsAndWritesTheThreeKinds() throws ProtocolException {
    assertEquals("d8:msg_typei0e5:piecei3ee", encoded(UtMetadata.request(3)));
    assertEquals("d8:msg_typei2e5:piecei3ee", encoded(UtMetadata.reject(3)));
    assertEquals(UtMetadata.request(3), decode("d8:msg_typei0e5:piecei3ee"));
    assertEquals(UtMetadata.reject(3), decode("d8:msg_typei2e5:piecei3ee"));
    UtMetadata data = decode("d8:msg_typei1e5:piecei0e10:total_sizei3425eexxxxxxxx");
    assertEquals(UtMetadata.Kind.DATA, data.kind());
    assertEquals(3425, data.totalSize());
    assertArrayEquals("xxxxxxxx".getBytes(StandardCharsets.US_ASCII), data.data());
  }

  @Test
  void cutsTheInfoIntoPieces() throws ProtocolException {
    byte[] info = new byte[40_000];
    new Random(1).nextBytes(info);
    assertEquals(3, UtMetadata.pieceCount(info.length));
    for (int piece = 0; piece < 3; piece++) {
      UtMetadata data = UtMetadata.decode(UtMetadata.data(piece, info).encode());
      int from = piece * 16_384;
      assertArrayEquals(
          Arrays.copyOfRange(info, from, Math.min(from + 16_384, 40_000)), data.data());
      assertEquals(info.length, data.totalSize());
    }
    assertEquals(1, UtMetadata.pieceCount(16_384));
    assertEquals(2, UtMetadata.pieceCount(16_385));
    assertEquals(1, UtMetadata.pieceLength(1, 16_385));
  }

  /** BEP 9 says so. */
  @ParameterizedTest
  @ValueSource(strings = {"d8:msg_typei3e5:piecei0ee", "d8:msg_typei-1ee", "de", "d8:msg_type1:0e"})
  void passesOverKindsThatItDoesNotKnow(String payload) throws ProtocolException {
    assertNull(decode(payload));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "le",
        "i0e",
        "d8:msg_type",
        "d8:msg_typei0ee",
        "d8:msg_typei0e5:piecei-1ee",
        "d8:msg_typei1e5:piecei1920ee",
        "d8:msg_typei1e5:piecei9223372036854775807ee",
        "d8:msg_typei1e5:piece1:0e",
      })
  void refusesNonsense(String payload) {
    assertThrows(ProtocolException.class, () -> decode(payload));
  }

  @Test
  void refusesMoreThanAPiece() throws ProtocolException {
    String head = "d8:msg_typei1e5:piecei0e10:total_sizei99999ee";
    assertEquals(16_384, decode(head + "x".repeat(16_384)).data().length);
    assertThrows(ProtocolException.class, () -> decode(head + "x".repeat(16_385)));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, UtMetadata.MAX_BYTES + 1L, Long.MAX_VALUE})
  void aSizeOfNonsenseIsNone(long size) throws ProtocolException {
    UtMetadata data = decode("d8:msg_typei1e5:piecei0e10:total_sizei" + size + "eex");
    assertEquals(0, data.totalSize());
    assertTrue(data.toString().contains("bytes=1"), data.toString());
  }
}
