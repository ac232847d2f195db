package io.torrentstream.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.tracker.Announce.Event;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class TrackerTiersTest {
  private static final List<InetSocketAddress> PEERS =
      List.of(InetSocketAddress.createUnresolved("peer.example", 1));

  /** Draws that leave each tier in its order: Fisher and Yates swap every entry with itself. */
  private static final RandomGenerator IN_ORDER =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          throw new IllegalStateException("only nextInt(bound) is expected");
        }

        @Override
        public int nextInt(int bound) {
          return bound - 1;
        }
      };

  /** Monotonic clocks may begin anywhere; here the sum overflows after ten seconds. */
  private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(10);

  private TrackerTiers tiers;

  private static ServerUrl url(String name) {
    return new ServerUrl("udp", name, 1, "");
  }

  /** Tiers separated by blanks, each letter a tracker. */
  private void tiers(String names) {
    tiers = new TrackerTiers(parse(names), IN_ORDER, now);
  }

  private static List<List<ServerUrl>> parse(String names) {
    return Arrays.stream(names.split(" "))
        .map(tier -> tier.chars().mapToObj(c -> url(Character.toString(c))).toList())
        .toList();
  }

  /** What is due, as "a:STARTED b:NONE". */
  private String due() {
    List<String> due = new ArrayList<>();
    for (TrackerTiers.Due one : tiers.due(now)) {
      due.add(one.tracker().host() + ":" + one.event());
    }
    return String.join(" ", due);
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  private long delaySeconds() {
    long delay = tiers.delayNanos(now);
    return delay == Long.MAX_VALUE ? -1 : TimeUnit.NANOSECONDS.toSeconds(delay);
  }

  private void answers(String name, int interval, List<InetSocketAddress> peers) {
    answers(name, interval, interval, peers, null);
  }

  private void answers(
      String name, int interval, int minInterval, List<InetSocketAddress> peers, String id) {
    tiers.onResponse(
        url(name), new Announce.Response(interval, minInterval, peers, 1, 1, id, null, null), now);
  }

  private void fails(String name) {
    tiers.onFailure(url(name), "broken", TrackerFailure.UNSPECIFIED, now);
  }

  @Test
  void aTorrentCannotListTrackersWithoutEnd() {
    List<List<ServerUrl>> many = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      many.add(List.of(url("t" + i), url("t" + i / 2)));
    }
    tiers = new TrackerTiers(many, IN_ORDER, now);
    Set<ServerUrl> asked = new HashSet<>();
    for (List<TrackerTiers.Due> due = tiers.due(now); !due.isEmpty(); due = tiers.due(now)) {
      asked.add(due.get(0).tracker());
      tiers.onFailure(due.get(0).tracker(), "broken", TrackerFailure.UNSPECIFIED, now);
    }
    assertEquals(TrackerTiers.MAX_TRACKERS, asked.size());
    assertTrue(tiers.allFailed());
  }

  @Test
  void oneTrackerThatWorksIsEnough() {
    tiers("abc d");
    assertEquals("a:STARTED", due());
    assertEquals("", due());
    answers("a", 1800, PEERS);
    pass(1799);
    assertEquals("", due());
    assertEquals(1, delaySeconds());
    pass(1);
    assertEquals("a:NONE", due());
    answers("a", 1800, PEERS);
    assertEquals(1800, delaySeconds());
  }

  @Test
  void failuresLeadThroughTheTiersAtOnce() {
    tiers("ab c");
    assertEquals("a:STARTED", due());
    fails("a");
    assertEquals("b:STARTED", due());
    fails("b");
    assertFalse(tiers.allFailed());
    assertEquals("c:STARTED", due());
    fails("c");
    assertTrue(tiers.allFailed());
    assertEquals("udp://c:1: broken", tiers.lastError());
    assertEquals("", due());
    assertEquals(60, delaySeconds());
    pass(60);
    assertEquals("a:STARTED", due());
    assertTrue(tiers.allFailed());
    answers("a", 1800, PEERS);
    assertFalse(tiers.allFailed());
    assertNull(tiers.lastError());
  }

  @Test
  void aSilentTrackerIsNotWaitedFor() {
    tiers("a b c");
    assertEquals("a:STARTED", due());
    assertEquals(3, delaySeconds());
    pass(2);
    assertEquals("", due());
    assertEquals(1, delaySeconds());
    pass(1);
    assertEquals("b:STARTED", due());
    answers("b", 1800, PEERS);
    pass(10);
    assertEquals("", due());
    fails("a");
    assertEquals("", due());
    assertEquals(1790, delaySeconds());
  }

  @Test
  void aTrackerWithoutPeersDoesNotEndTheSearch() {
    tiers("a b");
    assertEquals("a:STARTED", due());
    answers("a", 1800, List.of());
    assertEquals("b:STARTED", due());
    answers("b", 900, PEERS);
    pass(900);
    assertEquals("b:NONE", due());
    answers("b", 900, PEERS);
    pass(900);
    assertEquals("a:NONE b:NONE", due());
  }

  @Test
  void theOneThatWorksMovesToTheFrontOfItsTier() {
    // The second example of BEP 12.
    tiers("abc");
    assertEquals("a:STARTED", due());
    fails("a");
    assertEquals("b:STARTED", due());
    answers("b", 60, PEERS); // now b a c
    pass(60);
    assertEquals("b:NONE", due());
    fails("b");
    assertEquals("a:STARTED", due());
    fails("a");
    assertEquals("c:STARTED", due());
    answers("c", 1800, PEERS); // now c b a
    pass(240);
    assertEquals("b:NONE", due()); // it knows us, so it is told that we are still here
    fails("b");
    assertEquals("", due());
  }

  @Test
  void eachTierIsShuffled() {
    Set<String> firsts = new HashSet<>();
    Set<String> seconds = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      tiers = new TrackerTiers(parse("abc de"), new SplittableRandom(seed), now);
      List<String> order = new ArrayList<>();
      for (String due = due(); !due.isEmpty(); due = due()) {
        String name = due.substring(0, 1);
        order.add(name);
        fails(name);
      }
      assertEquals(Set.of("a", "b", "c"), Set.copyOf(order.subList(0, 3)));
      assertEquals(Set.of("d", "e"), Set.copyOf(order.subList(3, 5)));
      firsts.add(String.join("", order.subList(0, 3)));
      seconds.add(order.get(3));
    }
    assertEquals(6, firsts.size());
    assertEquals(2, seconds.size());
  }

  @Test
  void aTrackerNamedTwiceIsAskedOnce() {
    tiers("aa ba");
    assertEquals("a:STARTED", due());
    fails("a");
    assertEquals("b:STARTED", due());
    fails("b");
    assertEquals("", due());
  }

  @Test
  void failuresAreFollowedByLongerAndLongerSilence() {
    tiers("a");
    for (int expected : new int[] {60, 120, 240, 480, 960, 1920, 3600, 3600}) {
      assertEquals("a:STARTED", due());
      fails("a");
      assertEquals(expected, delaySeconds());
      pass(expected - 1);
      assertEquals("", due());
      pass(1);
    }
    assertEquals("a:STARTED", due());
    answers("a", 1800, PEERS);
    pass(1800);
    assertEquals("a:NONE", due());
    fails("a");
    assertEquals(60, delaySeconds());
  }

  @Test
  void aTrackerSaysWhenToComeBack() {
    tiers("a b");
    due();
    tiers.onFailure(url("a"), "busy", 300, now);
    due();
    tiers.onFailure(url("b"), "no tracker", TrackerFailure.NEVER, now);
    assertEquals(300, delaySeconds());
    pass(300);
    assertEquals("a:STARTED", due());
    tiers.onFailure(url("a"), "no tracker", TrackerFailure.NEVER, now);
    assertEquals(-1, delaySeconds());
    pass(1_000_000);
    assertEquals("", due());
    assertTrue(tiers.allFailed());
  }

  @Test
  void completedIsSaidOnceToThoseWhoKnowUs() {
    tiers("a b c");
    due();
    answers("a", 1800, List.of());
    due();
    answers("b", 1800, PEERS);
    tiers.complete(now);
    assertEquals("a:COMPLETED b:COMPLETED", due());
    answers("a", 1800, List.of());
    fails("b");
    assertEquals("c:STARTED", due());
    answers("c", 1800, PEERS);
    pass(60);
    assertEquals("b:COMPLETED", due());
    answers("b", 1800, PEERS);
    pass(1800);
    assertEquals("a:NONE b:NONE c:NONE", due());
  }

  @Test
  void completedWaitsForTheAnswerToStarted() {
    tiers("a");
    assertEquals("a:STARTED", due());
    tiers.complete(now);
    assertEquals("", due());
    answers("a", 1800, PEERS);
    assertEquals("a:COMPLETED", due());
    answers("a", 1800, PEERS);
    assertEquals("", due());
  }

  @Test
  void aTrackerFirstAskedAfterTheEndHearsStartedOnly() {
    tiers("a");
    tiers.complete(now);
    assertEquals("a:STARTED", due());
    answers("a", 1800, PEERS);
    assertEquals("", due());
  }

  @Test
  void stoppedGoesToThoseWhoKnowUs() {
    tiers("a b c");
    due();
    answers("a", 1800, List.of());
    due();
    fails("b");
    due();
    tiers.stop();
    assertFalse(tiers.isStopped());
    assertEquals("a:STOPPED", due());
    assertEquals(-1, delaySeconds());
    assertFalse(tiers.isStopped());
    answers("a", 1800, List.of());
    assertTrue(tiers.isStopped());
    assertEquals("", due());
  }

  @Test
  void stoppedDoesNotOvertakeAnAnnounce() {
    tiers("a");
    due();
    answers("a", 1800, PEERS);
    tiers.complete(now);
    assertEquals("a:COMPLETED", due());
    tiers.stop();
    assertEquals("", due());
    assertFalse(tiers.isStopped());
    answers("a", 1800, PEERS);
    assertEquals("a:STOPPED", due());
    fails("a");
    assertTrue(tiers.isStopped());
  }

  @Test
  void aTrackerThatNeverAnsweredIsNotWaitedForAtTheEnd() {
    tiers("a");
    due();
    tiers.stop();
    assertTrue(tiers.isStopped());
    answers("a", 1800, PEERS); // late, but now it knows us
    assertFalse(tiers.isStopped());
    assertEquals("a:STOPPED", due());
  }

  @Test
  void hurryRespectsTheMinInterval() {
    tiers("a");
    due();
    answers("a", 1800, 300, PEERS, null);
    tiers.hurry();
    assertEquals(300, delaySeconds());
    pass(300);
    tiers.hurry();
    assertEquals("a:NONE", due());
    answers("a", 1800, 1800, PEERS, null);
    tiers.hurry();
    assertEquals(1800, delaySeconds());
  }

  @Test
  void aMinIntervalAboveTheIntervalCounts() {
    tiers("a");
    due();
    answers("a", 60, 600, PEERS, null);
    assertEquals(600, delaySeconds());
  }

  @Test
  void theTrackerIdIsRepeated() {
    tiers("a");
    assertNull(tiers.due(now).get(0).trackerId());
    answers("a", 60, 60, PEERS, "x");
    pass(60);
    assertEquals("x", tiers.due(now).get(0).trackerId());
    answers("a", 60, 60, PEERS, null);
    pass(60);
    TrackerTiers.Due due = tiers.due(now).get(0);
    assertEquals("x", due.trackerId());
    assertEquals(Event.NONE, due.event());
  }

  @Test
  void noTrackersAreNoFailure() {
    tiers = new TrackerTiers(List.of(List.of()), IN_ORDER, now);
    assertEquals("", due());
    assertFalse(tiers.allFailed());
    assertNull(tiers.lastError());
    assertEquals(-1, delaySeconds());
    tiers.stop();
    assertTrue(tiers.isStopped());
  }
}
