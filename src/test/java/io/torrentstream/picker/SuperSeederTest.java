package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SuperSeederTest {
  private static final int PIECES = 20;

  private final SuperSeeder seeder = new SuperSeeder(PIECES, new Random(1));
  private long now = -7;

  private final class Leech implements SuperSeeder.Peer {
    final Bitfield pieces = new Bitfield(PIECES);
    final List<Integer> shown = new ArrayList<>();

    @Override
    public Bitfield pieces() {
      return pieces;
    }

    @Override
    public void show(int piece) {
      shown.add(piece);
    }

    Leech join() {
      seeder.onPeer(this);
      return this;
    }

    void has(int piece) {
      pieces.set(piece);
      seeder.onHave(this, piece, now);
    }

    int last() {
      return shown.get(shown.size() - 1);
    }
  }

  private Leech join() {
    return new Leech().join();
  }

  @Test
  void eachPeerIsShownAnotherPiece() {
    List<Leech> leeches = new ArrayList<>();
    for (int i = 0; i < PIECES; i++) {
      leeches.add(join());
    }
    assertEquals(PIECES, new HashSet<>(leeches.stream().map(Leech::last).toList()).size());
    assertTrue(leeches.stream().allMatch(leech -> leech.shown.size() == 1));
  }

  @Test
  void theNextPieceIsForWhoPassedOnTheFirst() {
    Leech a = join();
    Leech b = join();
    int first = a.last();
    a.has(first);
    assertEquals(1, a.shown.size(), "it is to pass it on first");
    b.has(first);
    assertEquals(2, a.shown.size());
    assertEquals(1, b.shown.size(), "it has not even got its own");
    assertNotEquals(b.last(), a.last());
  }

  @Test
  void aPieceThatOthersHaveIsNoReasonToWait() {
    Leech b = new Leech();
    for (int piece = 0; piece < PIECES - 1; piece++) {
      b.pieces.set(piece);
    }
    b.join();
    seeder.onPieces(b, now);
    Leech a = join();
    assertEquals(List.of(PIECES - 1), b.shown.subList(b.shown.size() - 1, b.shown.size()));
    int shown = a.last();
    a.has(shown);
    assertEquals(shown == PIECES - 1 ? 1 : 2, a.shown.size());
  }

  @Test
  void whoIsAloneNeedNotWait() {
    Leech alone = join();
    for (int i = 1; i <= PIECES; i++) {
      assertEquals(i, alone.shown.size());
      alone.has(alone.last());
    }
    assertEquals(PIECES, new HashSet<>(alone.shown).size());
    seeder.onTick(now + SuperSeeder.PATIENCE_NANOS + 1);
    assertEquals(PIECES, alone.shown.size(), "there is nothing more to show");
  }

  @Test
  void whoIsLeftAloneGoesOn() {
    Leech a = join();
    Leech b = join();
    a.has(a.last());
    seeder.onPeerGone(b);
    seeder.onTick(now);
    assertEquals(2, a.shown.size());
  }

  @Test
  void nobodyWaitsForEverForOthers() {
    Leech a = join();
    join();
    a.has(a.last());
    now += SuperSeeder.PATIENCE_NANOS;
    seeder.onTick(now);
    assertEquals(1, a.shown.size());
    seeder.onTick(now + 1);
    assertEquals(2, a.shown.size());
  }

  @Test
  void whoSaysNothingOfWhatItWasSentCountsToo() {
    Leech quiet = join();
    seeder.onSent(quiet, quiet.last(), now);
    assertEquals(2, quiet.shown.size());
    Leech other = join();
    int shown = quiet.last();
    seeder.onSent(quiet, shown, now);
    seeder.onSent(quiet, other.last(), now); // not what it was shown
    assertEquals(2, quiet.shown.size());
    other.has(shown);
    assertEquals(3, quiet.shown.size());
  }

  @Test
  void whoeverDoesNotFetchItsPieceGetsNoOther() {
    Leech lazy = join();
    now += 10 * SuperSeeder.PATIENCE_NANOS;
    seeder.onTick(now);
    assertEquals(1, lazy.shown.size());
  }

  /** What super-seeding is for: five peers that pass pieces on need far less than five copies. */
  @Test
  void aSwarmThatTradesNeedsFewCopies() {
    List<Leech> swarm = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      swarm.add(join());
    }
    int uploads = 0;
    for (int step = 0; swarm.stream().anyMatch(leech -> !leech.pieces.isFull()); step++) {
      assertTrue(step < 1000, "it comes to an end");
      Leech leech = swarm.get(step % swarm.size());
      if (!leech.pieces.get(leech.last())) {
        uploads++;
        leech.has(leech.last());
      }
      Leech giver = swarm.get((step + 1) % swarm.size());
      for (int piece = 0; piece < PIECES; piece++) {
        if (giver.pieces.get(piece) && !leech.pieces.get(piece)) {
          leech.has(piece);
        }
      }
      now++;
      seeder.onTick(now);
    }
    assertTrue(uploads >= PIECES && uploads < 2 * PIECES, "uploads: " + uploads);
  }

  @Test
  void strangersAreIgnored() {
    Leech stranger = new Leech();
    stranger.has(3);
    seeder.onPeerGone(stranger);
    assertEquals(List.of(), stranger.shown);
  }
}
