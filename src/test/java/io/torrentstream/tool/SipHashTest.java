package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SipHashTest {
  /** Key 00 01 … 0f and inputs 00 01 …, as in the reference implementation's test vectors. */
  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "1, 74f839c593dc67fd",
    "7, ab0200f58b01d137",
    "8, 93f5f5799a932462",
    "15, a129ca6149be45e5",
    "20, bed65cf21aa2ee98"
  })
  void hashesAsThePaperDoes(int length, String hex) {
    SipHash hash = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    byte[] bytes = new byte[length + 3];
    for (int i = 0; i < length; i++) {
      bytes[3 + i] = (byte) i;
    }

    assertEquals(Long.parseUnsignedLong(hex, 16), hash.hash(bytes, 3, length));
    assertNotEquals(hash.hash(bytes, 3, length), new SipHash(1, 2).hash(bytes, 3, length));
  }
}
