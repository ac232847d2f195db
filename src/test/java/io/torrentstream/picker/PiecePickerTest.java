package io.torrentstream.picker;

import static io.torrentstream.picker.FakeSource.seed;
import static io.torrentstream.picker.FakeSource.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PiecePickerTest {
  private static final int BLOCK = PieceLayout.BLOCK_LENGTH;
  private static final int PIECES = 10;
  private static final int BLOCKS = 4; // of a piece

  /** Takes whole pieces: fast enough for one in 20 s. */
  private static final long FAST = BLOCKS * BLOCK;

  private final PieceLayout layout =
      new PieceLayout(BLOCKS * BLOCK, new long[] {(long) PIECES * BLOCKS * BLOCK - 100});
  private PiecePicker picker = picker(PickOrder.RAREST);

  private PiecePicker picker(PickOrder order) {
    return new PiecePicker(
        layout, new Bitfield(PIECES), layout.piecesOf(null), order, new Random(42));
  }

  @AfterEach
  void everythingKeptTwiceAgrees() {
    picker.checkInvariants();
  }

  private List<Block> pick(Source source, int count) {
    List<Block> blocks = new ArrayList<>();
    assertEquals(count, picker.pick(source, count, blocks::add), "picked");
    assertEquals(count, blocks.size());
    return blocks;
  }

  private List<Block> pickUpTo(Source source, int count) {
    List<Block> blocks = new ArrayList<>();
    picker.pick(source, count, blocks::add);
    return blocks;
  }

  private void download(Source source, int piece) {
    List<Block> blocks = new ArrayList<>();
    picker.pickAmong(source, new int[] {piece}, BLOCKS, blocks::add);
    blocks.forEach(block -> picker.onBlock(source, block));
    assertEquals(PieceState.VERIFYING, picker.state(piece));
    picker.onVerified(piece);
  }

  private static Set<Integer> pieces(List<Block> blocks) {
    Set<Integer> pieces = new java.util.TreeSet<>();
    blocks.forEach(block -> pieces.add(block.piece()));
    return pieces;
  }

  private FakeSource announce(FakeSource source) {
    picker.onPeerPieces(source);
    return source;
  }

  @Nested
  class Order {
    @Test
    void rarestFirst() {
      FakeSource seed = announce(seed("seed", PIECES));
      announce(with("a", PIECES, 0, 1, 2, 3, 4, 6, 7, 8, 9));
      announce(with("b", PIECES, 0, 1, 2, 4, 6, 7, 8, 9));
      List<Block> blocks = pick(seed, 3 * BLOCKS);
      assertEquals(5, blocks.get(0).piece());
      assertEquals(3, blocks.get(BLOCKS).piece());
      assertFalse(List.of(3, 5).contains(blocks.get(2 * BLOCKS).piece()));
    }

    @Test
    void sequentialFromTheFirstMissingPiece() {
      picker = picker(PickOrder.SEQUENTIAL);
      FakeSource seed = announce(seed("seed", PIECES));
      download(seed, 0);
      assertEquals(Set.of(1, 2, 3), pieces(pick(seed, 3 * BLOCKS)));
    }

    @Test
    void blocksOfAPieceInOrderAndTheLastIsShort() {
      FakeSource peer = announce(with("peer", PIECES, PIECES - 1));
      List<Block> blocks = pickUpTo(peer, 100);
      assertEquals(
          List.of(
              new Block(9, 0, BLOCK),
              new Block(9, BLOCK, BLOCK),
              new Block(9, 2 * BLOCK, BLOCK),
              new Block(9, 3 * BLOCK, BLOCK - 100)),
          blocks);
    }

    @Test
    void aStartedPieceComesBeforeARarerNewOne() {
      FakeSource seed = announce(seed("seed", PIECES));
      int started = pick(seed, 1).get(0).piece();
      for (int peer = 0; peer < 3; peer++) {
        announce(with("p" + peer, PIECES, started));
      }
      assertEquals(Set.of(started), pieces(pick(seed, BLOCKS - 1)));
    }

    @Test
    void ofStartedPiecesTheOneNearestItsEnd() {
      FakeSource a = announce(with("a", PIECES, 2));
      FakeSource b = announce(with("b", PIECES, 7));
      pick(a, 1);
      pick(b, 2);
      FakeSource seed = announce(seed("seed", PIECES));
      assertEquals(Set.of(7), pieces(pick(seed, 2)));
      assertEquals(Set.of(2), pieces(pick(seed, 3)));
    }

    @Test
    void sequentiallyTheFirstOfTheStartedPieces() {
      picker = picker(PickOrder.SEQUENTIAL);
      FakeSource a = announce(with("a", PIECES, 7));
      FakeSource b = announce(with("b", PIECES, 2));
      pick(a, 2);
      pick(b, 1);
      FakeSource seed = announce(seed("seed", PIECES));
      assertEquals(Set.of(2), pieces(pick(seed, 3)));
    }

    @Test
    void nothingOfWhatIsUnwantedOrVerifiedOrNotThere() {
      Bitfield have = new Bitfield(PIECES);
      have.set(0);
      Bitfield wanted = new Bitfield(PIECES);
      wanted.set(0);
      wanted.set(1);
      wanted.set(2);
      picker = new PiecePicker(layout, have, wanted, PickOrder.RAREST, new Random(1));
      FakeSource peer = announce(with("peer", PIECES, 0, 1, 5));
      assertEquals(Set.of(1), pieces(pickUpTo(peer, 100)));
      assertEquals(PieceState.UNWANTED, picker.state(5));
      assertEquals(PieceState.HAVE, picker.state(0));
      assertEquals(PieceState.WANTED, picker.state(2));
    }

    @Test
    void suggestedPiecesInTheOrderSuggested() {
      FakeSource peer = announce(with("peer", PIECES, 3, 7, 8));
      download(peer, 8);
      List<Block> blocks = new ArrayList<>();
      int picked = picker.pickAmong(peer, new int[] {8, 7, 1, -1, 99, 3}, 6, blocks::add);
      assertEquals(6, picked);
      assertEquals(7, blocks.get(0).piece());
      assertEquals(3, blocks.get(5).piece());
      assertEquals(2, picker.pickAmong(peer, new int[] {7, 3}, 6, blocks::add));
    }

    @Test
    void asksForNothingWhenCountIsNotPositive() {
      FakeSource seed = announce(seed("seed", PIECES));
      assertEquals(0, picker.pick(seed, 0, block -> {}));
      assertEquals(0, picker.pick(seed, -3, block -> {}));
    }
  }

  @Nested
  class Sharing {
    @Test
    void slowSourcesWorkOnOnePieceTogether() {
      FakeSource a = announce(seed("a", PIECES));
      FakeSource b = announce(seed("b", PIECES));
      assertEquals(pieces(pick(a, 2)), pieces(pick(b, 2)));
    }

    @Test
    void fastSourcesTakePiecesOfTheirOwn() {
      FakeSource a = announce(seed("a", PIECES));
      FakeSource b = announce(seed("b", PIECES));
      a.rate = FAST;
      b.rate = FAST;
      Set<Integer> ofA = pieces(pick(a, 2));
      Set<Integer> ofB = pieces(pick(b, 2));
      assertFalse(ofA.equals(ofB));
      assertEquals(ofA, pieces(pick(a, 2)));
      assertEquals(ofB, pieces(pick(b, 2)));
    }

    @Test
    void aSlowSourceLeavesTheFastOnesPieceAlone() {
      FakeSource fast = announce(seed("fast", PIECES));
      fast.rate = FAST;
      FakeSource slow = announce(seed("slow", PIECES));
      int reserved = pick(fast, 1).get(0).piece();
      assertFalse(pieces(pick(slow, (PIECES - 1) * BLOCKS)).contains(reserved));
      assertEquals(Set.of(reserved), pieces(pick(slow, 1)), "when there is nothing else");
    }

    @Test
    void aPieceLeftByItsSourceIsContinuedFirst() {
      FakeSource gone = announce(seed("gone", PIECES));
      FakeSource fast = announce(seed("fast", PIECES));
      fast.rate = FAST;
      Block first = pick(gone, 2).get(0);
      picker.onBlock(gone, first);
      picker.onSourceGone(gone);
      List<Block> blocks = pick(fast, BLOCKS - 1);
      assertEquals(Set.of(first.piece()), pieces(blocks));
      assertFalse(blocks.contains(first));
    }

    @Test
    void aPieceOfWhichNothingCameIsWantedAgain() {
      FakeSource peer = announce(seed("peer", PIECES));
      int piece = pick(peer, 2).get(0).piece();
      assertEquals(PieceState.DOWNLOADING, picker.state(piece));
      picker.onSourceGone(peer);
      assertEquals(PieceState.WANTED, picker.state(piece));
      assertEquals(0, picker.availability(piece));
    }

    @Test
    void aSnubbedSourceGetsTheCommonestPieceForItself() {
      FakeSource seed = announce(seed("seed", PIECES));
      FakeSource other = announce(with("other", PIECES, 4));
      pick(other, 1);
      announce(with("third", PIECES, 6));
      seed.snubbed = true;
      assertEquals(6, pick(seed, 1).get(0).piece());
      assertEquals(6, pick(seed, 1).get(0).piece());
    }

    @Test
    void othersContinueThePieceOfASnubbedSource() {
      FakeSource slow = announce(seed("slow", PIECES));
      slow.rate = FAST;
      Block asked = pick(slow, 1).get(0);
      slow.snubbed = true;
      FakeSource fast = announce(seed("fast", PIECES));
      fast.rate = FAST;
      assertEquals(Set.of(asked.piece()), pieces(pick(fast, BLOCKS - 1)));
    }
  }

  @Nested
  class Parole {
    @Test
    void picksOnlyPiecesNobodyElseHasAPartIn() {
      FakeSource good = announce(seed("good", PIECES));
      int shared = pick(good, 1).get(0).piece();
      FakeSource suspect = announce(seed("suspect", PIECES));
      suspect.parole = true;
      Set<Integer> alone = pieces(pick(suspect, 2 * BLOCKS));
      assertEquals(2, alone.size());
      assertFalse(alone.contains(shared));
    }

    @Test
    void nobodyElseIsAskedForItsPiece() {
      FakeSource suspect = announce(seed("suspect", PIECES));
      suspect.parole = true;
      int trial = pick(suspect, 1).get(0).piece();
      FakeSource good = announce(seed("good", PIECES));
      assertFalse(pieces(pickUpTo(good, 100)).contains(trial));
    }

    @Test
    void itsBlocksAreDroppedWhenAnotherTakesThePieceOver() {
      FakeSource suspect = announce(seed("suspect", PIECES));
      suspect.parole = true;
      Block sent = pick(suspect, 2).get(0);
      picker.onBlock(suspect, sent);
      picker.onSourceGone(suspect);
      FakeSource good = announce(seed("good", PIECES));
      List<Block> blocks = pick(good, BLOCKS);
      assertTrue(blocks.contains(sent));
      blocks.forEach(block -> picker.onBlock(good, block));
      assertEquals(Set.of(good), Set.copyOf(picker.onFailed(sent.piece())));
    }

    @Test
    void aSlowSuspectCannotHoldTheLastPiece() {
      FakeSource good = announce(seed("good", PIECES));
      for (int piece = 1; piece < PIECES; piece++) {
        download(good, piece);
      }
      FakeSource suspect = announce(seed("suspect", PIECES));
      suspect.parole = true;
      suspect.rate = 10;
      Block sent = pick(suspect, 3).get(0);
      picker.onBlock(suspect, sent);
      good.rate = 15;
      assertEquals(List.of(), pickUpTo(good, BLOCKS));
      good.rate = FAST;
      assertEquals(BLOCKS, pickUpTo(good, BLOCKS).size());
      Block late = layout.block(0, 1);
      assertEquals(Receipt.UNWANTED, picker.onBlock(suspect, late), "it is no longer asked");
    }

    /** Its OPEN blocks must not be mixed with the suspect's, so nobody else would ask for them. */
    @Test
    void aSlowSourceCannotKeepTheLastPieceFromAFastSuspect() {
      FakeSource slow = announce(seed("slow", PIECES));
      for (int piece = 1; piece < PIECES; piece++) {
        download(slow, piece);
      }
      slow.rate = 10;
      pick(slow, 1);
      FakeSource suspect = announce(seed("suspect", PIECES));
      suspect.parole = true;
      suspect.rate = 15;
      assertEquals(List.of(), pickUpTo(suspect, BLOCKS));
      suspect.rate = FAST;
      assertEquals(BLOCKS, pickUpTo(suspect, BLOCKS).size());
      assertEquals(List.of(), pickUpTo(slow, BLOCKS), "they do not take it in turns");
    }

    @Test
    void ifOnlySuspectsAreLeftAMixedPieceIsDoneAgain() {
      FakeSource gone = announce(with("gone", PIECES, 0));
      picker.onBlock(gone, pick(gone, 1).get(0));
      picker.onSourceGone(gone);
      FakeSource suspect = announce(with("suspect", PIECES, 0));
      suspect.parole = true;
      List<Block> blocks = pick(suspect, BLOCKS);
      blocks.forEach(block -> picker.onBlock(suspect, block));
      assertEquals(Set.of(suspect), Set.copyOf(picker.onFailed(0)));
    }
  }

  @Nested
  class EndOfDownload {
    private final FakeSource slow = seed("slow", PIECES);
    private final FakeSource fast = seed("fast", PIECES);
    private List<Block> last;

    private void allButOnePieceDone() {
      announce(slow);
      announce(fast);
      for (int piece = 1; piece < PIECES; piece++) {
        download(fast, piece);
      }
      assertFalse(picker.isEndgame());
      last = pick(slow, BLOCKS);
      assertTrue(picker.isEndgame());
    }

    @Test
    void aFasterSourceIsAskedForTheLastBlocksFirst() {
      allButOnePieceDone();
      slow.rate = 100;
      fast.rate = 201;
      List<Block> twice = pick(fast, 2);
      assertEquals(List.of(last.get(3), last.get(2)), twice);
      assertEquals(Set.of(), pieces(pickUpTo(slow, 4)), "it is asked already");
    }

    @Test
    void theSlowerOneIsToBeTold() {
      allButOnePieceDone();
      fast.rate = 100;
      Block block = pick(fast, 1).get(0);
      assertEquals(Receipt.ACCEPTED, picker.onBlock(fast, block));
      assertEquals(List.of(slow), picker.takeOtherRequesters(block, fast));
      assertEquals(List.of(), picker.takeOtherRequesters(block, fast), "each is told once");
      assertEquals(Receipt.UNWANTED, picker.onBlock(slow, block));
    }

    @Test
    void anIdleEqualIsAskedForOneBlockAtATime() {
      allButOnePieceDone();
      slow.rate = 100;
      fast.rate = 100;
      assertEquals(1, pickUpTo(fast, 4).size());
      assertEquals(0, pickUpTo(fast, 4).size());
    }

    @Test
    void threeIdleEqualsDoNotAskForTheSameBlockThrice() {
      allButOnePieceDone();
      FakeSource third = announce(seed("third", PIECES));
      Block second = pickUpTo(fast, 1).get(0);
      assertEquals(1, pickUpTo(third, 1).size());
      FakeSource fourth = announce(seed("fourth", PIECES));
      FakeSource fifth = announce(seed("fifth", PIECES));
      assertEquals(1, pickUpTo(fourth, 1).size());
      assertEquals(1, pickUpTo(fifth, 1).size());
      FakeSource sixth = announce(seed("sixth", PIECES));
      assertEquals(List.of(), pickUpTo(sixth, 1));
      picker.onAbandoned(fast, second);
      assertEquals(List.of(second), pickUpTo(sixth, 1));
    }

    @Test
    void blocksOfASnubbedSourceAreFreeForAll() {
      allButOnePieceDone();
      slow.snubbed = true;
      assertEquals(BLOCKS, pickUpTo(fast, 10).size());
    }

    @Test
    void aSnubbedSourceGetsOneOfThemAtMost() {
      allButOnePieceDone();
      slow.snubbed = true;
      fast.snubbed = true;
      assertEquals(1, pickUpTo(fast, 10).size());
      assertEquals(0, pickUpTo(fast, 10).size());
    }

    @Test
    void thePieceStartedLastComesFirst() {
      announce(slow);
      announce(fast);
      for (int piece = 2; piece < PIECES; piece++) {
        download(fast, piece);
      }
      List<Block> asked = pick(slow, 2 * BLOCKS);
      fast.rate = 100;
      List<Block> expected = new ArrayList<>(asked);
      Collections.reverse(expected);
      assertEquals(expected, pick(fast, 2 * BLOCKS));
    }

    @Test
    void beingFasterIsNoReasonWhileOthersHaveOpenBlocks() {
      announce(slow);
      Block held = pick(slow, BLOCKS).get(0);
      FakeSource peer = announce(with("peer", PIECES, held.piece()));
      peer.rate = 1_000_000;
      assertEquals(List.of(), pickUpTo(peer, 10));
    }

    @Test
    void notOnlyAtTheEnd() {
      announce(slow);
      Block held = pick(slow, 1).get(0);
      pick(slow, 3);
      slow.snubbed = true;
      FakeSource peer = announce(with("peer", PIECES, held.piece()));
      assertFalse(picker.isEndgame());
      assertEquals(BLOCKS, pickUpTo(peer, 10).size());
    }

    @Test
    void aBlockIsOpenOnlyWhenTheLastOneAskedGivesUp() {
      allButOnePieceDone();
      fast.rate = 100;
      Block block = pick(fast, 1).get(0);
      FakeSource third = announce(seed("third", PIECES));
      assertEquals(1, pickUpTo(third, 1).size());
      picker.onAbandoned(slow, block);
      assertTrue(picker.isEndgame());
      picker.onSourceGone(fast);
      assertFalse(picker.isEndgame());
      assertEquals(List.of(block), pick(slow, 1));
    }
  }

  @Nested
  class Blocks {
    @Test
    void theLastOneMakesThePieceVerifying() {
      FakeSource seed = announce(seed("seed", PIECES));
      List<Block> blocks = pick(seed, BLOCKS);
      for (Block block : blocks.subList(0, BLOCKS - 1)) {
        assertEquals(Receipt.ACCEPTED, picker.onBlock(seed, block));
        assertEquals(Receipt.UNWANTED, picker.onBlock(seed, block), "the second time");
      }
      assertEquals(Receipt.PIECE_RECEIVED, picker.onBlock(seed, blocks.get(BLOCKS - 1)));
      assertEquals(PieceState.VERIFYING, picker.state(blocks.get(0).piece()));
    }

    @Test
    void lateOnesAreWelcomeUnlessSomeoneElseSentThem() {
      FakeSource late = announce(seed("late", PIECES));
      FakeSource other = announce(seed("other", PIECES));
      List<Block> blocks = pick(late, 2);
      blocks.forEach(block -> picker.onAbandoned(late, block));
      assertEquals(PieceState.WANTED, picker.state(blocks.get(0).piece()));
      assertEquals(Receipt.ACCEPTED, picker.onBlock(late, blocks.get(0)));
      assertEquals(List.of(blocks.get(1)), pick(other, 1));
      assertEquals(Receipt.ACCEPTED, picker.onBlock(late, blocks.get(1)));
      assertEquals(List.of(other), picker.takeOtherRequesters(blocks.get(1), late));
      assertEquals(Receipt.UNWANTED, picker.onBlock(other, blocks.get(1)));
    }

    @Test
    void nonsenseIsUnwanted() {
      FakeSource seed = announce(seed("seed", PIECES));
      pick(seed, BLOCKS);
      assertEquals(Receipt.UNWANTED, picker.onBlock(seed, new Block(-1, 0, BLOCK)));
      assertEquals(Receipt.UNWANTED, picker.onBlock(seed, new Block(PIECES, 0, BLOCK)));
      assertEquals(Receipt.UNWANTED, picker.onBlock(seed, new Block(0, 1, BLOCK)));
      assertEquals(Receipt.UNWANTED, picker.onBlock(seed, new Block(0, 0, BLOCK - 1)));
      assertEquals(Receipt.UNWANTED, picker.onBlock(seed, new Block(0, Integer.MIN_VALUE, BLOCK)));
    }

    @Test
    void aWrongHashNamesEveryoneWhoSentABlock() {
      FakeSource a = announce(seed("a", PIECES));
      FakeSource b = announce(seed("b", PIECES));
      FakeSource asked = announce(seed("asked", PIECES));
      List<Block> ofA = pick(a, 2);
      List<Block> ofB = pick(b, 1);
      Block abandoned = pick(asked, 1).get(0);
      picker.onAbandoned(asked, abandoned);
      ofA.forEach(block -> picker.onBlock(a, block));
      ofB.forEach(block -> picker.onBlock(b, block));
      picker.onSourceGone(a);
      pick(b, 1).forEach(block -> picker.onBlock(b, block));
      int piece = ofA.get(0).piece();
      assertEquals(Set.of(a, b), Set.copyOf(picker.onFailed(piece)));
      assertEquals(PieceState.WANTED, picker.state(piece));
      assertTrue(picker.isMissing(piece));
    }
  }

  @Nested
  class Peers {
    @Test
    void seedsAreCountedWithoutTouchingPieces() {
      FakeSource seed = announce(seed("seed", PIECES));
      assertEquals(1, picker.availability(3));
      picker.onPeerDontHave(seed, 3);
      assertEquals(0, picker.availability(3));
      assertEquals(1, picker.availability(4));
      picker.onPeerHave(seed, 3);
      assertTrue(seed.pieces.isFull());
      picker.onSourceGone(seed);
      assertEquals(0, picker.availability(3));
    }

    @Test
    void aPieceIsCountedOnceHoweverOftenItIsAnnounced() {
      FakeSource peer = with("peer", PIECES);
      picker.onPeerHave(peer, 2);
      picker.onPeerHave(peer, 2);
      assertEquals(1, picker.availability(2));
      picker.onPeerDontHave(peer, 2);
      picker.onPeerDontHave(peer, 2);
      assertEquals(0, picker.availability(2));
      picker.onSourceGone(peer);
      picker.onSourceGone(peer);
    }

    @Test
    void announcingTwiceIsAMistake() {
      FakeSource peer = announce(with("peer", PIECES, 1));
      assertThrows(IllegalStateException.class, () -> picker.onPeerPieces(peer));
    }

    @Test
    void interestingIsWhoHasAMissingPiece() {
      FakeSource peer = announce(with("peer", PIECES, 1));
      assertTrue(picker.isInteresting(peer.pieces));
      download(peer, 1);
      assertFalse(picker.isInteresting(peer.pieces));
      assertTrue(picker.have().get(1));
    }
  }

  @Test
  void isCompleteWhenEverythingWantedIsVerified() {
    FakeSource seed = announce(seed("seed", PIECES));
    for (int piece = 0; piece < PIECES; piece++) {
      assertFalse(picker.isComplete());
      download(seed, piece);
    }
    assertTrue(picker.isComplete());
    assertFalse(picker.isEndgame());
    assertEquals(List.of(), pickUpTo(seed, 1));
  }
}
