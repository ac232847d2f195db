package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.session.PeerList.Source;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerListTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = Long.MAX_VALUE - 5 * SECOND; // the clock will wrap around

  private final PeerList list = new PeerList(new Random(1));

  private static InetSocketAddress peer(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // literals only
    }
  }

  private static InetSocketAddress peer(int number) {
    return peer("10.1." + (number >> 8) + "." + (number & 0xFF), 6881);
  }

  private List<InetSocketAddress> dialable(long nowNanos) {
    List<InetSocketAddress> all = new ArrayList<>();
    for (InetSocketAddress next = list.next(nowNanos); next != null; next = list.next(nowNanos)) {
      all.add(next);
    }
    return all;
  }

  /** A peer is dialed when it may be for the first time after a wait, and no earlier. */
  private void assertDueAfter(long seconds, long nowNanos) {
    assertNull(list.next(nowNanos + seconds * SECOND - 1));
    assertEquals(peer(1), list.next(nowNanos + seconds * SECOND));
  }

  @Test
  void dialsEachOnce() {
    assertTrue(list.offer(peer(1), Source.TRACKER));
    assertTrue(list.offer(peer(2), Source.TRACKER));
    assertFalse(list.offer(peer(1), Source.TRACKER));
    assertEquals(2, list.size());
    assertEquals(Set.of(peer(1), peer(2)), Set.copyOf(dialable(START)));
    assertNull(list.next(START + 3_600 * SECOND), "as long as nobody says what became of them");
  }

  @Test
  void dialsEqualsInRandomOrder() {
    Map<InetSocketAddress, Integer> first = new HashMap<>();
    for (int seed = 0; seed < 900; seed++) {
      PeerList some = new PeerList(new Random(seed));
      for (int i = 0; i < 3; i++) {
        some.offer(peer(i), Source.TRACKER);
      }
      first.merge(some.next(START), 1, Integer::sum);
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(300, first.get(peer(i)), 60);
    }
  }

  @Test
  void backsOffLongerWithEachFailureWhoeverOffersIt() {
    list.offer(peer(1), Source.TRACKER);
    assertEquals(peer(1), list.next(START));
    long now = START;
    for (long seconds = 3; seconds <= 192; seconds *= 2) {
      list.markFailed(peer(1), now);
      assertFalse(list.offer(peer(1), Source.INCOMING));
      assertDueAfter(seconds, now);
      now += seconds * SECOND;
    }
  }

  @Test
  void givesUpUnlessItIsHeardOfAgain() {
    list.offer(peer(1), Source.TRACKER);
    for (int i = 0; i < PeerList.MOST_FAILURES; i++) {
      list.markFailed(peer(1), START);
    }
    assertNull(list.next(START + 3_600 * SECOND));
    list.offer(peer(1), Source.TRACKER);
    assertDueAfter(384, START);
    list.markFailed(peer(1), START);
    assertNull(list.next(START + 3_600 * SECOND), "one more try");
  }

  @Test
  void neverGivesUpWhatTheUserAskedFor() {
    list.offer(peer(1), Source.USER);
    for (int i = 0; i < 100; i++) {
      list.markFailed(peer(1), START);
    }
    assertDueAfter(600, START);
  }

  @Test
  void aUsefulConnectionClearsTheFailures() {
    list.offer(peer(1), Source.TRACKER);
    list.markFailed(peer(1), START);
    list.markFailed(peer(1), START);
    list.markConnected(peer(1));
    assertNull(list.next(START + 3_600 * SECOND));
    list.markClosed(peer(1), START);
    assertDueAfter(3, START);
  }

  @Test
  void thoseThatFailedComeAfterThoseThatDidNot() {
    list.offer(peer(1), Source.TRACKER);
    list.markFailed(peer(1), START);
    list.offer(peer(2), Source.TRACKER);
    list.offer(peer(3), Source.TRACKER);
    List<InetSocketAddress> order = dialable(START + 10 * SECOND);
    assertEquals(3, order.size());
    assertEquals(peer(1), order.get(2));
  }

  @Test
  void anIncomingPeerIsNotDialed() {
    list.offer(peer(1), Source.TRACKER);
    list.markConnected(peer(1));
    list.markConnected(peer(2));
    assertEquals(2, list.size());
    assertNull(list.next(START));
    list.markClosed(peer(2), START);
    assertEquals(peer(2), list.next(START + 3 * SECOND));
  }

  @Test
  void bansAllPortsOfAnAddress() {
    list.offer(peer("10.0.0.1", 1), Source.TRACKER);
    list.offer(peer("10.0.0.1", 2), Source.USER);
    list.offer(peer("10.0.0.2", 1), Source.TRACKER);
    list.ban(peer("10.0.0.1", 0));
    assertTrue(list.isBanned(peer("10.0.0.1", 1)));
    assertFalse(list.offer(peer("10.0.0.1", 3), Source.USER));
    list.markConnected(peer("10.0.0.1", 4));
    list.markConnected(peer("10.0.0.1", 1));
    list.markClosed(peer("10.0.0.1", 1), START);
    list.offer(peer("10.0.0.1", 1), Source.TRACKER);
    assertEquals(List.of(peer("10.0.0.2", 1)), dialable(START + 3_600 * SECOND));
    assertEquals(3, list.size(), "they are still known");
  }

  @Test
  void bansOnePortWhereOthersAreSomebodyElses() {
    list.offer(peer("127.0.0.1", 1), Source.TRACKER);
    list.offer(peer("127.0.0.1", 2), Source.TRACKER);
    list.ban(peer("127.0.0.1", 1));
    assertTrue(list.isBanned(peer("127.0.0.1", 1)));
    assertEquals(List.of(peer("127.0.0.1", 2)), dialable(START));
  }

  @Test
  void remembersItself() {
    list.offer(peer(1), Source.TRACKER);
    assertEquals(peer(1), list.next(START));
    list.markSelf(peer(1));
    assertFalse(list.offer(peer(1), Source.TRACKER));
    assertTrue(list.offer(peer("10.1.0.1", 6882), Source.TRACKER), "another port is another peer");
  }

  @Test
  void aSeedDialsNoSeeds() {
    list.offer(peer(1), Source.TRACKER);
    list.offer(peer(2), Source.TRACKER);
    list.markSeed(peer(1));
    list.setComplete(true);
    assertEquals(List.of(peer(2)), dialable(START));
    list.setComplete(false);
    assertEquals(List.of(peer(1)), dialable(START));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 0",
    "0.0.0.0, 6881",
    "0.1.2.3, 6881",
    "224.0.0.1, 6881",
    "239.255.255.255, 6881",
    "240.0.0.1, 6881",
    "255.255.255.255, 6881",
    "::, 6881",
    "ff02::1, 6881",
    "::ffff:0.0.0.0, 6881",
  })
  void refusesWhatIsNobodysAddress(String host, int port) {
    assertFalse(list.offer(peer(host, port), Source.TRACKER));
    list.markConnected(peer(host, port));
    assertEquals(0, list.size());
  }

  @Test
  void refusesUnresolvedNames() {
    assertFalse(list.offer(InetSocketAddress.createUnresolved("peer.example", 1), Source.USER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "1.2.3.4", "192.168.0.1", "2001:db8::1", "fe80::1"})
  void takesAddressesOfHosts(String host) {
    assertTrue(list.offer(peer(host, 65535), Source.TRACKER));
  }

  /** A list of all its ports would have us scan somebody's machine. */
  @Test
  void ofOneAddressAFewPortsAreKnown() {
    for (int port = 1; port <= 2000; port++) {
      list.offer(peer("192.0.2.1", port), Source.TRACKER);
    }
    assertEquals(PeerList.MAX_PORTS, list.size());
    assertTrue(list.offer(peer("192.0.2.2", 1), Source.TRACKER));
    assertTrue(list.offer(peer("192.0.2.1", 2001), Source.USER));
    for (int port = 1; port <= 100; port++) {
      assertTrue(list.offer(peer("127.0.0.1", port), Source.TRACKER), "here each is a peer");
    }

    InetSocketAddress failed = peer("192.0.2.1", 5);
    list.markFailed(failed, START);
    assertTrue(list.offer(peer("192.0.2.1", 3000), Source.TRACKER), "in place of the one");
    assertFalse(list.offer(failed, Source.TRACKER));
  }

  /** A magnet link's list ends with its metadata; the torrent's list goes on with what it knew. */
  @Test
  void whatIsTakenOverCountsAsMuchAsWhatIsOffered() {
    PeerList earlier = new PeerList(new Random(2));
    for (int port = 1; port <= PeerList.MAX_PORTS; port++) {
      earlier.offer(peer("192.0.2.1", port), Source.TRACKER);
    }
    list.takeOver(earlier);
    assertFalse(list.offer(peer("192.0.2.1", 3000), Source.TRACKER));
    assertEquals(PeerList.MAX_PORTS, list.size());
  }

  @Test
  void whoWasBannedIsNotDialedWhenTakenOver() {
    list.ban(peer("10.0.0.1", 0)); // in an earlier run
    PeerList earlier = new PeerList(new Random(2));
    earlier.offer(peer("10.0.0.1", 1), Source.TRACKER);
    earlier.offer(peer("10.0.0.2", 1), Source.TRACKER);
    list.takeOver(earlier);
    assertEquals(List.of(peer("10.0.0.2", 1)), dialable(START));
  }

  @Test
  void aFloodWashesAwayOnlyWhatFailed() {
    for (int i = 0; i < PeerList.MOST_KNOWN; i++) {
      assertTrue(list.offer(peer(i), Source.TRACKER));
    }
    assertFalse(list.offer(peer(5_000), Source.TRACKER));
    list.markFailed(peer(7), START);
    list.markFailed(peer(8), START);
    list.markFailed(peer(8), START);
    assertTrue(list.offer(peer(5_000), Source.TRACKER));
    assertFalse(dialable(START + 60 * SECOND).contains(peer(8)));
    assertFalse(list.offer(peer(5_001), Source.TRACKER), "all are being dialed");
    assertEquals(PeerList.MOST_KNOWN, list.size());
  }

  @Test
  void aFloodWashesAwayTheBannedFirst() {
    for (int i = 0; i < PeerList.MOST_KNOWN; i++) {
      list.offer(peer(i), Source.TRACKER);
    }
    list.markFailed(peer(3), START);
    list.ban(peer(4));
    assertTrue(list.offer(peer(5_000), Source.TRACKER));
    assertEquals(PeerList.MOST_KNOWN, list.size());
    assertTrue(dialable(START + 60 * SECOND).contains(peer(3)));
  }

  @Test
  void aFloodDoesNotWashAwayWhatTheUserAskedFor() {
    list.offer(peer(0), Source.USER);
    for (int i = 1; i < PeerList.MOST_KNOWN; i++) {
      list.offer(peer(i), Source.TRACKER);
    }
    list.markFailed(peer(0), START);
    assertFalse(list.offer(peer(5_000), Source.TRACKER));
  }

  @Test
  void bansAreBounded() {
    for (int i = 0; i <= PeerList.MOST_KNOWN; i++) {
      list.ban(peer(i));
    }
    assertFalse(list.isBanned(peer(0)));
    assertTrue(list.isBanned(peer(1)));
    assertTrue(list.isBanned(peer(PeerList.MOST_KNOWN)));
  }

  /** Whatever happens, no address is dialed while it is connected, banned or backing off. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void dialsNobodyTooSoon(long seed) {
    Random random = new Random(seed);
    Map<InetSocketAddress, Long> notBefore = new HashMap<>();
    Map<InetSocketAddress, Integer> failures = new HashMap<>();
    Set<InetSocketAddress> busy = new HashSet<>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      now += random.nextInt(1_000) * 1_000_000L;
      InetSocketAddress peer = peer(random.nextInt(40));
      switch (random.nextInt(6)) {
        case 0, 1 -> list.offer(peer, Source.values()[random.nextInt(Source.values().length)]);
        case 2 -> {
          InetSocketAddress next = list.next(now);
          if (next != null) {
            assertTrue(busy.add(next), "seed " + seed + ": " + next + " is busy");
            assertTrue(notBefore.getOrDefault(next, 0L) <= now, "seed " + seed + ": " + next);
            assertFalse(list.isBanned(next));
          }
        }
        case 3 -> {
          if (busy.contains(peer)) {
            list.markConnected(peer);
          }
        }
        default -> {
          if (busy.remove(peer)) {
            boolean useful = random.nextInt(4) == 0;
            if (useful) {
              list.markClosed(peer, now);
            } else {
              list.markFailed(peer, now);
            }
            int count = useful ? 0 : failures.getOrDefault(peer, 0) + 1;
            failures.put(peer, Math.min(count, PeerList.MOST_FAILURES - 1));
            notBefore.put(peer, now + Math.min(600, 3L << Math.max(0, count - 1)) * SECOND);
          }
        }
      }
    }
    assertTrue(failures.size() > 30, "the test has dialed hardly anyone");
  }
}
