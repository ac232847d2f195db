package io.torrentstream.util;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DigestsTest {
  // The examples of FIPS 180 for "abc".
  @Test
  void areTheStandardAlgorithms() {
    byte[] abc = "abc".getBytes(US_ASCII);
    assertEquals(
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        HexFormat.of().formatHex(Digests.sha1().digest(abc)));
    assertEquals(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        HexFormat.of().formatHex(Digests.sha256().digest(abc)));
    assertEquals(Digests.SHA1_BYTES, Digests.sha1().getDigestLength());
  }

  @Test
  void eachCallHasItsOwnState() {
    assertNotSame(Digests.sha1(), Digests.sha1());
  }

  @Test
  void protocolExceptionsAreCheap() {
    ProtocolException e = new ProtocolException("piece index: 812 (expected: 0..811)");
    assertEquals(0, e.getStackTrace().length);
    assertEquals("piece index: 812 (expected: 0..811)", e.getMessage());
  }
}
