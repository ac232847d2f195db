package io.torrentstream.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachTest {
  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, WORLD",
    "11.0.0.1, WORLD",
    "172.15.0.1, WORLD",
    "172.32.0.1, WORLD",
    "100.63.0.1, WORLD",
    "100.128.0.1, WORLD",
    "192.167.0.1, WORLD",
    "2001:db8::1, WORLD",
    "fe00::1, WORLD",
    "10.1.2.3, NETWORK",
    "172.16.0.1, NETWORK",
    "172.31.255.255, NETWORK",
    "192.168.0.1, NETWORK",
    "169.254.1.1, NETWORK",
    "100.64.0.1, NETWORK",
    "100.127.255.255, NETWORK",
    "fe80::1, NETWORK",
    "fc00::1, NETWORK",
    "fdff::1, NETWORK",
    "127.0.0.1, MACHINE",
    "127.255.0.9, MACHINE",
    "::1, MACHINE"
  })
  void ofAnAddress(String address, Reach reach) throws UnknownHostException {
    assertEquals(reach, Reach.of(InetAddress.getByName(address).getAddress()));
  }

  @Test
  void oneSeesWhatReachesAtLeastAsFar() {
    for (Reach asker : Reach.values()) {
      for (Reach other : Reach.values()) {
        assertEquals(other.ordinal() <= asker.ordinal(), asker.sees(other), asker + " " + other);
      }
    }
  }
}
