package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What a node remembers of each address: those heard of lately, and only so many. */
class AddressLimitsTest {
  private static InetSocketAddress address(int number) {
    byte[] ip = {60, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    return SimulatedNetwork.address(ip, 6881);
  }

  @Test
  void addressesAreForgotten() {
    AddressLimits limits = new AddressLimits(1);
    while (limits.take(address(0).getAddress(), 0)) {}
    for (int i = 1; i < AddressLimits.MAX_ADDRESSES; i++) {
      limits.take(address(i).getAddress(), 0);
    }
    assertFalse(limits.take(address(0).getAddress(), 0), "it asked too often");
    for (int i = 1; i <= AddressLimits.MAX_ADDRESSES; i++) {
      limits.take(address(i).getAddress(), 0);
    }
    assertTrue(limits.take(address(0).getAddress(), 0), "others have its place");
  }

  @Test
  void verifiedAddressesAreForgotten() {
    VerifiedAddresses verified = new VerifiedAddresses();
    for (int i = 0; i < VerifiedAddresses.MAX; i++) {
      verified.add(address(i), 0);
    }
    assertTrue(verified.contains(address(0), 0));
    for (int i = 1; i <= VerifiedAddresses.MAX; i++) {
      verified.add(address(i), 0);
    }
    assertFalse(verified.contains(address(0), 0));
  }
}
