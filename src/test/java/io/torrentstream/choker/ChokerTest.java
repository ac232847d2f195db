package io.torrentstream.choker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChokerTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<FakePeer> peers = new ArrayList<>();
  private Choker choker = new Choker(new Random(1));
  private long now = -5 * SECOND; // any nanoTime will do, negative ones too

  private FakePeer join(String name, long downRate) {
    FakePeer peer = new FakePeer(name);
    peer.downRate = downRate;
    peers.add(peer);
    choker.onPeer(peer, now);
    return peer;
  }

  private void joinMany(int count) {
    for (int i = 0; i < count; i++) {
      join("peer" + i, i);
    }
  }

  private void round() {
    now += Choker.ROUND_NANOS;
    choker.round(now);
  }

  private List<String> unchoked() {
    return peers.stream().filter(peer -> peer.unchoked).map(peer -> peer.name).toList();
  }

  @Test
  void aFreeSlotIsGivenAtOnce() {
    FakePeer early = join("early", 0);
    assertTrue(early.unchoked);
    FakePeer late = new FakePeer("late");
    late.interested = false;
    choker.onPeer(late, now);
    assertFalse(late.unchoked);
    late.interested = true;
    choker.onInterestChanged(now);
    assertTrue(late.unchoked);
    assertEquals(2, choker.unchokedCount());
  }

  @Test
  void aSlotThatBecomesFreeIsGivenAtOnce() {
    joinMany(9);
    FakePeer waiting = peers.get(8);
    assertFalse(waiting.unchoked);
    FakePeer gone = peers.get(3);
    choker.onPeerGone(gone, now);
    assertTrue(waiting.unchoked);
    assertTrue(gone.unchoked, "it is gone and not told");

    FakePeer next = join("next", 0);
    assertFalse(next.unchoked);
    peers.get(5).interested = false;
    choker.onInterestChanged(now);
    assertFalse(peers.get(5).unchoked);
    assertTrue(next.unchoked);
  }

  @Test
  void aSlotIsTakenAwayInARoundOnly() {
    joinMany(8);
    FakePeer generous = join("generous", 1_000_000);
    assertFalse(generous.unchoked);
    round();
    assertTrue(generous.unchoked);
    assertEquals(8, choker.unchokedCount());
  }

  @Test
  void theMostGenerousHaveTheRegularSlots() {
    joinMany(30);
    round();
    assertEquals(8, unchoked().size());
    assertTrue(
        unchoked()
            .containsAll(
                List.of("peer29", "peer28", "peer27", "peer26", "peer25", "peer24", "peer23")));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theOptimisticSlotChangesEveryThirdRound(long seed) {
    choker = new Choker(new Random(seed));
    joinMany(10);
    round();
    String lucky = unchoked().get(0); // of three who give too little
    round();
    round();
    assertEquals(lucky, unchoked().get(0));
    round();
    assertFalse(unchoked().contains(lucky));
  }

  @Test
  void theOptimisticSlotStaysWhenNobodyWaits() {
    joinMany(8);
    for (int i = 0; i < 10; i++) {
      round();
    }
    for (FakePeer peer : peers) {
      assertEquals(1, peer.changes, peer + " was unchoked once and never choked");
    }
  }

  @Test
  void newPeersAreThreeTimesAsLikelyToBeTried() {
    Map<Boolean, Integer> drawn = new HashMap<>();
    for (int seed = 0; seed < 4_000; seed++) {
      choker = new Choker(new Random(seed));
      peers.clear();
      joinMany(8);
      peers.forEach(peer -> peer.downRate = 1_000);
      FakePeer old = join("old", 0);
      now += 31 * SECOND;
      FakePeer fresh = join("fresh", 0);
      peers.get(0).downRate = 0; // it would be the eighth
      peers.get(0).interested = false;
      choker.round(now);
      assertTrue(old.unchoked != fresh.unchoked);
      drawn.merge(fresh.unchoked, 1, Integer::sum);
    }
    assertEquals(3_000, drawn.get(true), 150);
  }

  @Test
  void whoSnubsUsHasNoRegularSlot() {
    joinMany(4);
    FakePeer snubber = join("snubber", 1_000_000);
    FakePeer other = join("other", 500_000);
    snubber.snubbed = true;
    other.snubbed = true;
    round();
    assertTrue(snubber.unchoked != other.unchoked, "one of the two has the optimistic slot");
    assertEquals(5, choker.unchokedCount());
  }

  @Test
  void equalPeersKeepTheirSlots() {
    joinMany(20);
    peers.forEach(peer -> peer.downRate = 0);
    round();
    Map<FakePeer, Integer> changes = new HashMap<>();
    peers.forEach(peer -> changes.put(peer, peer.changes));
    round();
    round();
    peers.forEach(peer -> assertEquals(changes.get(peer), peer.changes, peer.name));
  }

  @Test
  void aSeedServesEveryoneInTurn() {
    choker.setSeeding(true);
    joinMany(24);
    Map<String, Integer> rounds = new HashMap<>();
    for (int i = 0; i < 18 * 4; i++) {
      round();
      assertEquals(8, unchoked().size());
      unchoked().forEach(name -> rounds.merge(name, 1, Integer::sum));
    }
    for (FakePeer peer : peers) {
      assertEquals(24, rounds.get(peer.name), 6, peer.name);
    }
  }

  @Test
  void aSeedKeepsTheFastestWhenFewWait() {
    choker.setSeeding(true);
    joinMany(8);
    FakePeer waiting = join("waiting", 0);
    peers.forEach(peer -> peer.upRate = peer.name.equals("peer5") ? 10 : 1_000);
    for (int i = 0; i < 5; i++) {
      round();
    }
    assertFalse(waiting.unchoked);
    round();
    assertTrue(waiting.unchoked);
    assertFalse(peers.get(5).unchoked);
  }

  @Test
  void becomingASeedKeepsTheNumberOfSlots() {
    joinMany(20);
    round();
    now += 61 * SECOND; // all have had their spell
    choker.setSeeding(true);
    FakePeer leaving = peers.stream().filter(peer -> peer.unchoked).toList().get(7);
    peers.remove(leaving);
    choker.onPeerGone(leaving, now);
    assertEquals(8, unchoked().size());
    for (int i = 0; i < 6; i++) {
      round();
      assertEquals(8, unchoked().size());
    }
    choker.setSeeding(false);
    choker.onInterestChanged(now);
    assertEquals(8, unchoked().size());
  }

  @Test
  void fewerSlotsTakeEffectInTheNextRound() {
    joinMany(20);
    choker.setSlots(4);
    choker.onInterestChanged(now);
    assertEquals(8, choker.unchokedCount());
    round();
    assertEquals(4, choker.unchokedCount());
    choker.setSlots(5);
    choker.onInterestChanged(now);
    assertEquals(5, choker.unchokedCount());
    assertThrows(IllegalArgumentException.class, () -> choker.setSlots(0));
  }

  @Test
  void peersMayGoWhileOneIsTold() {
    joinMany(8);
    FakePeer first = peers.get(0);
    FakePeer generous = join("generous", 100);
    FakePeer alsoGenerous = join("also generous", 200);
    first.downRate = -1;
    peers.get(1).downRate = -1;
    for (FakePeer loser : List.of(first, peers.get(1))) {
      loser.reaction =
          () -> {
            choker.onPeerGone(alsoGenerous, now);
            choker.onPeerGone(loser, now);
          };
    }
    round();
    assertTrue(generous.unchoked);
    assertFalse(alsoGenerous.unchoked, "it went before it was told");
    peers.remove(alsoGenerous);
    peers.removeIf(peer -> !peer.unchoked);
    assertEquals(peers.size(), choker.unchokedCount());
  }

  @Test
  void whoGoesWhileAnotherIsToldIsNotTold() {
    joinMany(8);
    FakePeer first = join("first", 100);
    FakePeer second = join("second", 200);
    for (FakePeer winner : List.of(first, second)) {
      FakePeer other = winner == first ? second : first;
      winner.reaction = () -> choker.onPeerGone(other, now);
    }
    round();
    assertTrue(first.unchoked != second.unchoked, "the one that was told has sent the other away");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 8",
    "0, 1048576, 12",
    "0, 104857600, 32",
    "1024, 0, 4",
    "65536, 65536, 4",
    "100000, 0, 6",
    "131072, 131072, 8",
    "1048576, 1048576, 12",
  })
  void slotsFollowTheRate(long limit, long rate, int slots) {
    assertEquals(slots, Choker.slotsFor(limit, rate));
  }
}
