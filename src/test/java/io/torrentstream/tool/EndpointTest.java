package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Reach;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class EndpointTest {
  @Test
  void isWhatCompactListsHave() {
    Endpoint ipv4 = Endpoint.of(new byte[] {10, 0, 0, (byte) 200}, 51413);

    assertArrayEquals(new byte[] {10, 0, 0, (byte) 200, (byte) 0xC8, (byte) 0xD5}, ipv4.bytes());
    assertEquals(Reach.NETWORK, ipv4.reach());
    assertFalse(ipv4.isIpv6());
    assertEquals("10.0.0.200:51413", ipv4.toString());
  }

  @Test
  void ofIpv6() throws Exception {
    Endpoint ipv6 = Endpoint.of(InetAddress.getByName("2001:db8::7").getAddress(), 80);

    assertTrue(ipv6.isIpv6());
    assertEquals("[2001:db8:0:0:0:0:0:7]:80", ipv6.toString());
  }
}
