package io.torrentstream.picker;

import static io.torrentstream.picker.FakeSource.seed;
import static io.torrentstream.picker.FakeSource.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs of whole pieces for a source that sends a long range as easily as a block. */
class PickRunTest {
  private static final int PIECES = 16;
  private static final int BLOCKS = 4; // of a piece

  private final PieceLayout layout =
      new PieceLayout(
          BLOCKS * PieceLayout.BLOCK_LENGTH,
          new long[] {(long) PIECES * BLOCKS * PieceLayout.BLOCK_LENGTH - 100});
  private PiecePicker picker = picker(PickOrder.RAREST);
  private final FakeSource server = seed("server", PIECES);

  private PiecePicker picker(PickOrder order) {
    return new PiecePicker(
        layout, new Bitfield(PIECES), layout.piecesOf(null), order, new Random(42));
  }

  @AfterEach
  void everythingKeptTwiceAgrees() {
    picker.checkInvariants();
  }

  private List<Block> run(int pieces) {
    List<Block> blocks = new ArrayList<>();
    assertEquals(picker.pickRun(server, pieces * BLOCKS, blocks::add), blocks.size());
    return blocks;
  }

  private List<Block> blocksOf(int from, int to) {
    return IntStream.range(from, to)
        .boxed()
        .flatMap(p -> IntStream.range(0, BLOCKS).mapToObj(b -> layout.block(p, b)))
        .toList();
  }

  private void announce(FakeSource... sources) {
    for (FakeSource source : sources) {
      picker.onPeerPieces(source);
    }
  }

  private void complete(int piece) {
    FakeSource peer = with("peer", PIECES, piece);
    announce(peer);
    picker.pick(peer, BLOCKS, block -> {});
    blocksOf(piece, piece + 1).forEach(block -> picker.onBlock(peer, block));
    picker.onVerified(piece);
    picker.onSourceGone(peer);
  }

  @Test
  void isAWindowOfNeighboursAroundTheRarest() {
    announce(server, with("a", PIECES, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    assertEquals(blocksOf(4, 8), run(4)); // around 6
  }

  @Test
  void goesInOrderForASourceThatSendsInOrder() {
    announce(server, with("a", PIECES, 0, 1, 2));
    complete(5);
    assertEquals(0, picker.next(server, 0));
    assertEquals(2, picker.next(server, 2));
    assertEquals(6, picker.next(server, 5));
    List<Block> blocks = new ArrayList<>();
    picker.pickRunAt(2, server, 4 * BLOCKS, blocks::add);
    assertEquals(blocksOf(2, 5), blocks, "up to what is there already");
    blocks.forEach(block -> picker.onBlock(server, block));
    assertEquals(-1, picker.next(server, PIECES));
  }

  @Test
  void whatASourceHasBegunComesFirstInOrderToo() {
    announce(server);
    List<Block> blocks = new ArrayList<>();
    picker.pickRunAt(3, server, BLOCKS, blocks::add);
    picker.onBlock(server, blocks.get(0));
    blocks.subList(1, BLOCKS).forEach(block -> picker.onAbandoned(server, block));
    assertEquals(3, picker.next(server, 0));
    assertEquals(4, picker.next(server, 4));
    List<Block> rest = new ArrayList<>();
    picker.pickRunAt(3, server, 4 * BLOCKS, rest::add);
    assertEquals(blocks.subList(1, BLOCKS), rest);
  }

  @Test
  void windowsLeaveNoGaps() {
    announce(server);
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      List<Block> blocks = run(4);
      assertEquals(4 * BLOCKS, blocks.size());
      starts.add(blocks.get(0).piece());
    }
    assertEquals(List.of(0, 4, 8, 12), starts.stream().sorted().toList());
  }

  @Test
  void endsAtWhatIsThereAlready() {
    complete(5);
    complete(10);
    announce(server, with("a", PIECES, 0, 1, 2, 3, 4, 6, 8, 9, 11, 12, 13, 14, 15));
    assertEquals(blocksOf(6, 10), run(16)); // around 7
  }

  @Test
  void endsAtWhatTheServerHasNot() {
    announce(server);
    picker.onPeerDontHave(server, 3);
    announce(with("a", PIECES, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    assertEquals(blocksOf(0, 3), run(16)); // around 1
  }

  @Test
  void hasOnePieceAtLeast() {
    announce(server);
    List<Block> blocks = new ArrayList<>();
    assertEquals(BLOCKS, picker.pickRun(server, 1, blocks::add));
    assertEquals(1, blocks.stream().map(Block::piece).distinct().count());
  }

  @Test
  void goesForwardWhenSequential() {
    picker = picker(PickOrder.SEQUENTIAL);
    complete(0);
    announce(server);
    assertEquals(blocksOf(1, 5), run(4));
    assertEquals(blocksOf(5, 9), run(4));
  }

  @Test
  void whatWasBrokenOffComesFirst() {
    announce(server);
    List<Block> blocks = run(2);
    server.parole = true; // as a web seed always is
    picker.onBlock(server, blocks.get(0));
    blocks.subList(1, blocks.size()).forEach(block -> picker.onAbandoned(server, block));
    assertEquals(blocks.subList(1, BLOCKS), run(4));
  }

  @Test
  void withNothingToStartItTakesAPieceFromTheSlow() {
    server.parole = true;
    server.rate = 1000;
    FakeSource slow = seed("slow", PIECES);
    slow.rate = 10;
    announce(slow);
    picker.pick(slow, PIECES * BLOCKS, block -> {});
    announce(server);
    List<Block> blocks = run(4);
    assertEquals(BLOCKS, blocks.size());
    assertEquals(blocksOf(blocks.get(0).piece(), blocks.get(0).piece() + 1), blocks);
    server.rate = 15;
    assertTrue(run(4).isEmpty());
  }

  @Test
  void itsPiecesAreItsOwn() {
    server.parole = true;
    announce(server);
    List<Block> blocks = run(16);
    FakeSource peer = seed("peer", PIECES);
    announce(peer);
    List<Block> taken = new ArrayList<>();
    picker.pick(peer, 1, taken::add);
    assertEquals(List.of(), taken); // no faster than the server
    blocks.forEach(block -> picker.onBlock(server, block));
    assertEquals(PieceState.VERIFYING, picker.state(3));
    assertEquals(java.util.Set.of(server), java.util.Set.copyOf(picker.onFailed(3)));
  }
}
