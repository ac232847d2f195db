package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConnectionIdsTest {
  private static final byte[] ADDRESS = {10, 0, 0, 1};

  private final ConnectionIds ids = new ConnectionIds(new SipHash(1, 2));

  @Test
  void anIdIsGoodForOneToTwoMinutes() {
    for (int made = 0; made < 200; made++) {
      long id = ids.idFor(ADDRESS, made);
      assertTrue(ids.isGood(id, ADDRESS, made));
      assertTrue(ids.isGood(id, ADDRESS, made + 60), "BEP 15: a minute");
      assertFalse(ids.isGood(id, ADDRESS, made + 120));
    }
  }

  @Test
  void anIdIsGoodForOneAddressAndOneServer() {
    long id = ids.idFor(ADDRESS, 5);

    assertEquals(id, ids.idFor(ADDRESS, 6));
    assertFalse(ids.isGood(id, new byte[] {10, 0, 0, 2}, 5));
    assertFalse(ids.isGood(id, new byte[16], 5));
    assertFalse(ids.isGood(id + 1, ADDRESS, 5));
    assertNotEquals(id, new ConnectionIds(new SipHash(1, 3)).idFor(ADDRESS, 5));
  }
}
