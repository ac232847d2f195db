package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class BloomFilterTest {
  /** BEP 33's test vector. */
  private static final String GOLDEN =
      """
      F6C3F5EA A07FFD91 BDE89F77 7F26FB2B FF37BDB8 FB2BBAA2 FD3DDDE7 BACFFF75 EE7CCBAE
      FE5EEDB1 FBFAFF67 F6ABFF5E 43DDBCA3 FD9B9FFD F4FFD3E9 DFF12D1B DF59DB53 DBE9FA5B
      7FF3B8FD FCDE1AFB 8BEDD7BE 2F3EE71E BBBFE93B CDEEFE14 8246C2BC 5DBFF7E7 EFDCF24F
      D8DC7ADF FD8FFFDF DDFFF7A4 BBEEDF5C B95CE81F C7FCFF1F F4FFFFDF E5F7FDCB B7FD79B3
      FA1FC77B FE07FFF9 05B7B7FF C7FEFEFF E0B8370B B0CD3F5B 7F2BD93F EB4386CF DD6F7FD5
      BFAF2E9E BFFFFEEC D67ADBF7 C67F17EF D5D75EBA 6FFEBA7F FF47A91E B1BFBB53 E8ABFB57
      62ABE8FF 237279BF EFBFEEF5 FFC5FEBF DFE5ADFF ADFEE1FB 737FFFFB FD9F6AEF FEEE76B6
      FD8F72EF
      """
          .replaceAll("\\s", "");

  @Test
  void isThatOfBep33() throws UnknownHostException {
    BloomFilter ipv4 = new BloomFilter();
    BloomFilter ipv6 = new BloomFilter();
    for (int i = 0; i < 256; i++) {
      ipv4.add(InetAddress.getByName("192.0.2." + i));
    }
    for (int i = 0; i < 1000; i++) {
      ipv6.add(InetAddress.getByName("2001:db8::" + Integer.toHexString(i)));
    }
    ipv6.addAll(ipv4);
    assertEquals(GOLDEN, HexFormat.of().formatHex(ipv6.bytes()).toUpperCase(Locale.ROOT));
    assertEquals(1224.9308, ipv6.estimate(), 0.0001);
    assertEquals(256, ipv4.estimate(), 15);
    assertTrue(ipv4.contains(InetAddress.getByName("192.0.2.77")));
    assertFalse(ipv4.contains(InetAddress.getByName("192.0.3.2")));
  }

  @Test
  void anEmptyOneHoldsNobody() {
    assertEquals(0, new BloomFilter().estimate());
  }
}
