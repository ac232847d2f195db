package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectsTest {
  /** What no redirect from the Internet may lead to. */
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.255.0.9, true",
    "::1, true",
    "::ffff:127.0.0.1, true",
    "0.0.0.0, true",
    "::, true",
    "10.1.2.3, true",
    "172.16.0.1, true",
    "192.168.1.1, true",
    "169.254.169.254, true",
    "fe80::1, true",
    "fd00::1, true",
    "fc00::1, true",
    "192.0.2.1, false",
    "172.32.0.1, false",
    "8.8.8.8, false",
    "2001:db8::1, false",
  })
  void knowsLocalAddresses(String address, boolean local) throws Exception {
    assertEquals(local, Redirects.isLocal(InetAddress.getByName(address)));
  }

  @Test
  void noServerOfTheInternetLeadsToALocalOne() throws Exception {
    List<InetAddress> remote = List.of(InetAddress.getByName("192.0.2.1"));
    List<InetAddress> local = List.of(InetAddress.getByName("10.0.0.1"));
    List<InetAddress> both = List.of(remote.get(0), local.get(0));
    assertFalse(Redirects.isAllowed(remote, local));
    assertFalse(Redirects.isAllowed(remote, both));
    assertFalse(Redirects.isAllowed(both, local));
    assertTrue(Redirects.isAllowed(remote, remote));
    assertTrue(Redirects.isAllowed(local, local));
    assertTrue(Redirects.isAllowed(local, remote));
  }
}
