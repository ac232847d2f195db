package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedirectsTest {
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
