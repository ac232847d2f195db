package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerPriorityTest {
  private static InetSocketAddress peer(String address, int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(address), port);
  }

  /** The first two are BEP 40's own; the others say what is hashed. */
  @ParameterizedTest
  @CsvSource({
    "123.213.32.10, 98.76.54.32, 624C14007BD50000",
    "123.213.32.10, 123.213.32.234, 7BD5200A7BD520EA",
    "123.213.32.10, 123.213.33.234, 7BD520007BD52140",
    "1.2.3.4, 5.6.7.8, 0102010405060500",
    "2001:db8:1:2::ff, 2001:db9:1:2::1, 20010DB8000100000000000000000055"
        + "20010DB9000100000000000000000001",
    "2001:db8:1:12ff::ff, 2001:db8:1:22ff::1, 20010DB8000112550000000000000055"
        + "20010DB8000122550000000000000001",
    "2001:db8:1:2::ff, 2001:db8:1:3::1, 20010DB8000100020000000000000055"
        + "20010DB8000100030000000000000001",
    "2001:db8:1:2::ff, 2001:db8:1:2::1, 20010DB80001000200000000000000FF"
        + "20010DB8000100020000000000000001"
  })
  void hashesTheMaskedAddresses(String us, String them, String hashed) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hashed);
    int half = bytes.length / 2;
    boolean swap = java.util.Arrays.compareUnsigned(bytes, 0, half, bytes, half, bytes.length) > 0;
    CRC32C crc = new CRC32C();
    crc.update(bytes, swap ? half : 0, half);
    crc.update(bytes, swap ? 0 : half, half);
    assertEquals(crc.getValue(), PeerPriority.of(peer(us, 1), peer(them, 2)));
    assertEquals(crc.getValue(), PeerPriority.of(peer(them, 3), peer(us, 4)), "the other way");
  }

  @Test
  void isTheNumberOfTheBep() throws Exception {
    InetSocketAddress us = peer("123.213.32.10", 6881);
    assertEquals(0xEC2D7224L, PeerPriority.of(us, peer("98.76.54.32", 7000)));
    assertEquals(0x99568189L, PeerPriority.of(us, peer("123.213.32.234", 7000)));
  }

  @Test
  void ofOneAddressThePortsCount() throws Exception {
    CRC32C crc = new CRC32C();
    crc.update(new byte[] {0x1A, (byte) 0xE1, (byte) 0xFF, (byte) 0xFE});
    InetSocketAddress low = peer("10.0.0.1", 0x1AE1);
    InetSocketAddress high = peer("10.0.0.1", 0xFFFE);
    assertEquals(crc.getValue(), PeerPriority.of(low, high));
    assertEquals(crc.getValue(), PeerPriority.of(high, low));
    assertNotEquals(crc.getValue(), PeerPriority.of(low, peer("10.0.0.1", 0xFFFD)));
  }
}
