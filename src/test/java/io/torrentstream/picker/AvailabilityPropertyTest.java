package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Bitfield;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvailabilityPropertyTest {
  /** Counts in plain arrays; the rarest by looking at every piece. */
  private static final class Model {
    final int[] counts;
    final TreeSet<Integer> startable = new TreeSet<>();

    Model(int pieces) {
      counts = new int[pieces];
    }

    int rarestCount(Bitfield pieces) {
      return startable.stream().filter(pieces::get).mapToInt(p -> counts[p]).min().orElse(-1);
    }

    int commonestCount(Bitfield pieces) {
      return startable.stream().filter(pieces::get).mapToInt(p -> counts[p]).max().orElse(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithCountingEveryPiece(long seed) {
    Random random = new Random(seed);
    int pieces = 1 + random.nextInt(200);
    Availability availability = new Availability(pieces, random);
    Model model = new Model(pieces);
    Bitfield peer = new Bitfield(pieces);
    for (int step = 0; step < 5_000; step++) {
      int piece = random.nextInt(pieces);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          availability.increment(piece);
          model.counts[piece]++;
        }
        case 2 -> {
          if (model.counts[piece] > (peer.get(piece) ? 1 : 0)) {
            availability.decrement(piece);
            model.counts[piece]--;
          }
        }
        case 3 -> {
          if (model.startable.add(piece)) {
            availability.add(piece);
          } else {
            model.startable.remove(piece);
            availability.remove(piece);
          }
        }
        default -> {
          if (peer.set(piece)) {
            availability.increment(piece);
            model.counts[piece]++;
          }
        }
      }
      availability.checkInvariants();
      assertEquals(model.counts[piece], availability.of(piece), "seed " + seed);
      assertEquals(model.startable.contains(piece), availability.isStartable(piece));
      int rarest = availability.rarest(peer);
      assertEquals(model.rarestCount(peer), rarest < 0 ? -1 : model.counts[rarest], "seed " + seed);
      int commonest = availability.commonest(peer);
      assertEquals(model.commonestCount(peer), commonest < 0 ? -1 : model.counts[commonest]);
    }
  }

  @Test
  void breaksTiesAtRandom() {
    Bitfield all = new Bitfield(16);
    all.setAll();
    int[] picks = new int[16];
    for (int seed = 0; seed < 1_600; seed++) {
      Availability availability = new Availability(16, new Random(seed));
      for (int piece = 0; piece < 16; piece++) {
        availability.add(piece);
      }
      availability.addAll(all);
      picks[availability.rarest(all)]++;
    }
    for (int pick : picks) {
      assertTrue(pick > 50 && pick < 150, "picked " + pick + " times (expected: about 100)");
    }
  }

  @Test
  void findsWhatAPeerHasBehindThousandsOfRarerPieces() {
    int pieces = 10_000;
    Availability availability = new Availability(pieces, new Random(1));
    Bitfield rare = new Bitfield(pieces);
    Bitfield common = new Bitfield(pieces);
    for (int piece = 0; piece < pieces; piece++) {
      availability.add(piece);
      (piece % 100 == 7 ? common : rare).set(piece);
    }
    availability.addAll(rare);
    for (int peer = 0; peer < 3; peer++) {
      availability.addAll(common);
    }
    int found = availability.rarest(common);
    assertTrue(common.get(found));
    availability.addAll(common);
    availability.removeAll(common);
    for (int piece = common.nextSet(0); piece >= 0; piece = common.nextSet(piece + 1)) {
      availability.remove(piece);
    }
    assertEquals(-1, availability.rarest(common));
    assertEquals(-1, availability.first(common, 0));
  }
}
