package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecureIdTest {
  /** The vectors of BEP 42. */
  @ParameterizedTest
  @CsvSource({
    "124.31.75.21, 5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401",
    "21.75.31.124, 5a3ce9c14e7a08645677bbd1cfe7d8f956d53256",
    "65.23.51.170, a5d43220bc8f112a3d426c84764f8c2a1150e616",
    "84.124.73.14, 1b0321dd1bb1fe518101ceef99462b947a01ff41",
    "43.213.53.83, e56f6cbf5b7c4be0237986d5243b87aa6d51305a"
  })
  void idsOfBep42Fit(String ip, String hex) throws UnknownHostException {
    InetAddress address = InetAddress.getByName(ip);
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertTrue(SecureId.matches(NodeId.of(bytes), address));
    for (int bit : new int[] {0, 7, 8, 15, 16, 20}) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (0x80 >> bit % 8);
      assertFalse(SecureId.matches(NodeId.of(changed), address), "bit " + bit);
    }
    bytes[2] ^= 7; // these three bits are free, and so is all up to the last byte
    bytes[10] ^= (byte) 0xFF;
    assertTrue(SecureId.matches(NodeId.of(bytes), address));
    assertFalse(SecureId.matches(NodeId.of(bytes), InetAddress.getByName("124.31.74.21")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "203.0.113.9", "2001:db8:1:2::3", "2a00:1450:4001::5"})
  void madeIdsFitAndDiffer(String ip) throws UnknownHostException {
    InetAddress address = InetAddress.getByName(ip);
    SplittableRandom random = new SplittableRandom(1);
    NodeId first = SecureId.create(address, random);
    for (int i = 0; i < 100; i++) {
      NodeId id = SecureId.create(address, random);
      assertTrue(SecureId.matches(id, address));
      assertFalse(id.equals(first));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.1",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "fe80::1",
        "fd00::1"
      })
  void localNodesMayHaveAnyId(String ip) throws UnknownHostException {
    assertTrue(SecureId.matches(NodeId.of(new byte[20]), InetAddress.getByName(ip)));
  }

  @Test
  void strangersIdsAreRightByChanceOnceInAQuarterMillion() throws UnknownHostException {
    InetAddress address = InetAddress.getByName("8.8.4.4");
    SplittableRandom random = new SplittableRandom(2);
    int fitting = 0;
    for (int i = 0; i < 100_000; i++) {
      fitting += SecureId.matches(NodeId.random(random), address) ? 1 : 0;
    }
    assertEquals(0, fitting, "of 100,000");
  }
}
