package io.torrentstream.choker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random events; what must hold after each is said without knowing how it is done. */
class ChokerPropertyTest {
  private final List<FakePeer> peers = new ArrayList<>();
  private int slots = 8;
  private long now;

  static java.util.stream.LongStream seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void slotsAreUsedAndDeserved(long seed) {
    Random random = new Random(seed);
    Choker choker = new Choker(random);
    boolean seeding = random.nextBoolean();
    choker.setSeeding(seeding);
    for (int step = 0; step < 1_000; step++) {
      now += random.nextInt(5) * 1_000_000_000L;
      switch (random.nextInt(7)) {
        case 0, 1 -> join(choker, random);
        case 2 -> leave(choker, random);
        case 3 -> change(choker, random);
        case 4 -> {
          slots = 1 + random.nextInt(12);
          choker.setSlots(slots);
          choker.round(now);
          assertDeserved(seeding);
        }
        case 5 -> {
          seeding = random.nextInt(4) == 0;
          choker.setSeeding(seeding);
          choker.onInterestChanged(now);
        }
        default -> {
          choker.round(now);
          assertDeserved(seeding);
        }
      }
      assertEquals(peers.stream().filter(peer -> peer.unchoked).count(), choker.unchokedCount());
      assertUsed(seeding);
    }
  }

  private void join(Choker choker, Random random) {
    FakePeer peer = new FakePeer("peer" + now);
    randomize(peer, random);
    peers.add(peer);
    choker.onPeer(peer, now);
  }

  private void leave(Choker choker, Random random) {
    if (!peers.isEmpty()) {
      choker.onPeerGone(peers.remove(random.nextInt(peers.size())), now);
    }
  }

  private void change(Choker choker, Random random) {
    if (!peers.isEmpty()) {
      randomize(peers.get(random.nextInt(peers.size())), random);
      choker.onInterestChanged(now);
    }
  }

  private static void randomize(FakePeer peer, Random random) {
    peer.interested = random.nextInt(4) > 0;
    peer.snubbed = random.nextInt(4) == 0;
    peer.downRate = random.nextInt(10);
    peer.upRate = random.nextInt(10);
  }

  /** No more slots than there are, no slot for the uninterested, none idle while someone waits. */
  private void assertUsed(boolean seeding) {
    long used = peers.stream().filter(peer -> peer.unchoked).count();
    assertTrue(used <= slots, used + " of " + slots);
    assertTrue(peers.stream().noneMatch(peer -> peer.unchoked && !peer.interested));
    int optimistic = seeding ? 0 : Math.max(1, slots / 5);
    boolean deserving =
        peers.stream()
            .anyMatch(peer -> !peer.unchoked && peer.interested && (seeding || !peer.snubbed));
    assertTrue(!deserving || used == slots, used + " of " + slots + " while someone waits");
    boolean anyone = peers.stream().anyMatch(peer -> !peer.unchoked && peer.interested);
    assertTrue(!anyone || used >= Math.min(optimistic, slots), "nobody is tried");
  }

  /** All but the optimistic ones give at least as much as any that waits. */
  private void assertDeserved(boolean seeding) {
    long best =
        peers.stream()
            .filter(peer -> !peer.unchoked && peer.interested && !peer.snubbed)
            .mapToLong(peer -> peer.downRate)
            .max()
            .orElse(-1);
    long lucky =
        peers.stream()
            .filter(peer -> peer.unchoked && (peer.downRate < best || peer.snubbed))
            .count();
    assertTrue(seeding || lucky <= Math.max(1, slots / 5), lucky + " undeserved slots");
  }
}
