package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FloodLimitTest {
  private static final byte[] ADDRESS = {10, 0, 0, 1};
  private static final byte[] OTHER = {10, 0, 0, 2};

  private final FloodLimit limit = new FloodLimit(3, new SipHash(1, 2));

  private int admitted(byte[] address, int nowSeconds) {
    int count = 0;
    while (limit.admits(address, nowSeconds)) {
      count++;
    }
    return count;
  }

  @Test
  void aBurstThenSoManyASecond() {
    assertEquals(3 * FloodLimit.BURST_SECONDS, admitted(ADDRESS, 0));
    assertEquals(3, admitted(ADDRESS, 1));
    assertEquals(6, admitted(ADDRESS, 3));
    assertEquals(0, admitted(ADDRESS, 3));
    assertEquals(3 * FloodLimit.BURST_SECONDS, admitted(ADDRESS, 1_000_000));
  }

  @Test
  void oneAddressDoesNotUseUpWhatAnotherHas() {
    admitted(ADDRESS, 0);

    assertTrue(limit.admits(OTHER, 0));
  }

  @Test
  void theSecondHalfOfAnIpv6AddressIsTheCustomersOwn() {
    byte[] ipv6 = new byte[16];
    ipv6[0] = 0x20;
    admitted(ipv6, 0);
    byte[] neighbour = ipv6.clone();
    neighbour[15] = 7;
    byte[] stranger = ipv6.clone();
    stranger[7] = 7;

    assertFalse(limit.admits(neighbour, 0));
    assertTrue(limit.admits(stranger, 0));
  }

  @Test
  void zeroIsNoLimit() {
    FloodLimit none = new FloodLimit(0, new SipHash(1, 2));
    for (int i = 0; i < 100_000; i++) {
      assertTrue(none.admits(ADDRESS, 0));
    }
  }

  /** So the memory is the same for any number of addresses: a tenth of all buckets is used up. */
  @Test
  void manyAddressesShareBuckets() {
    FloodLimit one = new FloodLimit(1, new SipHash(1, 2));
    int flooding = FloodLimit.BUCKETS / 10;
    for (int i = 0; i < flooding; i++) {
      for (int request = 0; request < FloodLimit.BURST_SECONDS; request++) {
        one.admits(address(i), 0);
      }
    }
    int refused = 0;
    for (int i = flooding; i < flooding + 10_000; i++) {
      refused += one.admits(address(i), 0) ? 0 : 1;
    }
    assertEquals(950, refused, 100);
  }

  private static byte[] address(int number) {
    return new byte[] {11, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
  }
}
