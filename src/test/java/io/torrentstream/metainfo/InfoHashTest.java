package io.torrentstream.metainfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.util.ProtocolException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfoHashTest {
  private static final String HEX = "0123456789abcdef0123456789abcdef01234567";

  @Test
  void hexadecimalRoundTrips() throws ProtocolException {
    InfoHash hash = InfoHash.fromHex(HEX);
    assertEquals(HEX, hash.toString());
    assertEquals(hash, InfoHash.fromHex(HEX.toUpperCase(Locale.ROOT)));
    assertEquals(hash, InfoHash.of(hash.bytes()));
    assertEquals(hash.hashCode(), InfoHash.of(hash.bytes()).hashCode());
    assertNotEquals(hash, InfoHash.of(new byte[20]));
  }

  @Test
  void nobodyCanChangeItsBytes() throws ProtocolException {
    byte[] bytes = new byte[20];
    InfoHash hash = InfoHash.of(bytes);
    bytes[0] = 1;
    hash.bytes()[1] = 1;
    assertArrayEquals(new byte[20], hash.bytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcdef0123456789abcdef0123456",
        "0123456789abcdef0123456789abcdef012345678",
        "0123456789abcdef0123456789abcdef0123456g",
        " 123456789abcdef0123456789abcdef01234567"
      })
  void refusesOtherText(String text) {
    ProtocolException e = assertThrows(ProtocolException.class, () -> InfoHash.fromHex(text));
    assertEquals("info-hash: " + text + " (expected: 40 hexadecimal digits)", e.getMessage());
  }

  @Test
  void refusesOtherLengths() {
    assertThrows(IllegalArgumentException.class, () -> InfoHash.of(new byte[19]));
    assertThrows(IllegalArgumentException.class, () -> InfoHash.of(new byte[32]));
  }
}
