package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalNetworkTest {
  @ParameterizedTest
  @CsvSource({
    "192.168.1.7, 192.168.1.200, 24, true",
    "192.168.1.7, 192.168.2.7, 24, false",
    "192.168.1.7, 192.168.2.7, 22, true",
    "192.168.1.7, 192.168.4.7, 22, false",
    "10.0.0.1, 10.0.0.1, 32, true",
    "10.0.0.1, 10.0.0.2, 32, false",
    "10.0.0.1, 10.0.0.1, 0, false",
    "10.0.0.1, 10.0.0.1, -1, false",
    "fe80::1, fe80::2, 64, true",
    "fe80::1, fe80:0:0:1::2, 64, false",
    "fe80::1, 10.0.0.1, 8, false"
  })
  void tellsNeighboursByTheirPrefix(String one, String other, int bits, boolean same)
      throws Exception {
    assertEquals(
        same,
        LocalNetwork.isSameNetwork(InetAddress.getByName(one), InetAddress.getByName(other), bits));
  }

  @Test
  void oneForEachInterfaceAndFamily() {
    List<LocalNetwork> all = LocalNetwork.all(null);
    Set<String> kinds = new HashSet<>();
    for (LocalNetwork network : all) {
      assertTrue(network.contains(network.address()), network::toString);
      assertTrue(!network.address().isLoopbackAddress(), network::toString);
      assertTrue(kinds.add(network.device().getName() + network.family()), network::toString);
    }
  }

  @Test
  void onlyTheAddressThatIsBoundTo() {
    for (LocalNetwork network : LocalNetwork.all(null)) {
      assertEquals(List.of(network), LocalNetwork.all(network.address()));
    }
    assertEquals(List.of(), LocalNetwork.all(InetAddress.getLoopbackAddress()));
  }
}
