package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The picker's rules in the plainest words: every block is an object with a set of sources that are
 * asked, and every question is answered by looking at everything.
 */
final class PickerModel {
  /** One block; {@code sender} is null until it is received. */
  static final class BlockModel {
    final Set<FakeSource> asked = new LinkedHashSet<>();
    FakeSource sender;

    boolean isOpen() {
      return asked.isEmpty() && sender == null;
    }

    boolean isRequested() {
      return sender == null && !asked.isEmpty();
    }
  }

  private final PieceLayout layout;
  final Set<FakeSource> sources = new LinkedHashSet<>();
  private final Map<Block, BlockModel> blocks = new LinkedHashMap<>();
  private final List<Set<FakeSource>> involved = new ArrayList<>();
  private final boolean[] have;
  private final boolean[] wanted;

  PickerModel(PieceLayout layout, boolean[] have, boolean[] wanted) {
    this.layout = layout;
    this.have = have;
    this.wanted = wanted;
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      involved.add(new LinkedHashSet<>());
      for (int b = 0; b < layout.blockCount(piece); b++) {
        blocks.put(layout.block(piece, b), new BlockModel());
      }
    }
  }

  private List<BlockModel> blocksOf(int piece) {
    List<BlockModel> list = new ArrayList<>();
    for (int b = 0; b < layout.blockCount(piece); b++) {
      list.add(blocks.get(layout.block(piece, b)));
    }
    return list;
  }

  PieceState state(int piece) {
    if (have[piece]) {
      return PieceState.HAVE;
    }
    if (!wanted[piece]) {
      return PieceState.UNWANTED;
    }
    if (blocksOf(piece).stream().allMatch(BlockModel::isOpen)) {
      return PieceState.WANTED;
    }
    boolean all = blocksOf(piece).stream().allMatch(block -> block.sender != null);
    return all ? PieceState.VERIFYING : PieceState.DOWNLOADING;
  }

  int availability(int piece) {
    return (int) sources.stream().filter(source -> source.pieces.get(piece)).count();
  }

  boolean isComplete() {
    for (int piece = 0; piece < have.length; piece++) {
      if (wanted[piece] && !have[piece]) {
        return false;
      }
    }
    return true;
  }

  List<Integer> piecesIn(PieceState state) {
    List<Integer> pieces = new ArrayList<>();
    for (int piece = 0; piece < have.length; piece++) {
      if (state(piece) == state) {
        pieces.add(piece);
      }
    }
    return pieces;
  }

  private boolean isTrial(int piece) {
    return involved.get(piece).size() == 1 && involved.get(piece).iterator().next().parole;
  }

  private boolean isOnlyOf(FakeSource source, int piece) {
    return involved.get(piece).equals(Set.of(source));
  }

  /** The picker gave out a block: checks that it might, and does the same here. */
  void onPicked(FakeSource source, Block block, PickOrder order, boolean free) {
    PieceState state = state(block.piece());
    assertTrue(
        state == PieceState.WANTED || state == PieceState.DOWNLOADING, block + " is " + state);
    assertTrue(source.pieces.get(block.piece()), source + " has not " + block);
    if (state == PieceState.WANTED && free && !source.snubbed) {
      assertBestToStart(source, block.piece(), order);
    }
    boolean alone = involved.get(block.piece()).isEmpty() || isOnlyOf(source, block.piece());
    if (!alone && (source.parole || isTrial(block.piece()))) {
      startOver(block.piece());
    }
    BlockModel model = blocks.get(block);
    assertTrue(model.sender == null, block + " was received");
    if (model.isRequested()) {
      assertMayAskTwice(source, block, model);
    }
    assertTrue(model.asked.add(source), source + " is asked twice for " + block);
    involved.get(block.piece()).add(source);
  }

  private void assertBestToStart(FakeSource source, int piece, PickOrder order) {
    for (int other : piecesIn(PieceState.WANTED)) {
      if (source.pieces.get(other)) {
        boolean better =
            order == PickOrder.SEQUENTIAL
                ? other < piece
                : availability(other) < availability(piece);
        assertTrue(!better, "started " + piece + " (expected: " + other + ")");
      }
    }
  }

  private void assertMayAskTwice(FakeSource source, Block block, BlockModel model) {
    assertTrue(piecesIn(PieceState.WANTED).stream().noneMatch(source.pieces::get));
    for (int piece : piecesIn(PieceState.DOWNLOADING)) {
      if (source.pieces.get(piece) && !isTrial(piece) && !source.parole) {
        assertTrue(blocksOf(piece).stream().noneMatch(BlockModel::isOpen), piece + " has OPEN");
      }
    }
    long fastest =
        model.asked.stream().filter(s -> !s.snubbed).mapToLong(s -> s.rate).max().orElse(-1);
    long live = model.asked.stream().filter(s -> !s.snubbed).count();
    boolean idle =
        blocks.values().stream().noneMatch(b -> b.sender == null && b.asked.contains(source));
    assertTrue(live == 0 || source.rate > 2 * fastest || idle && live == 1, "no reason: " + block);
  }

  private void startOver(int piece) {
    blocksOf(piece)
        .forEach(
            block -> {
              block.asked.clear();
              block.sender = null;
            });
    involved.get(piece).clear();
  }

  /** Whether a block is to be written; when it is, it is received here too. */
  boolean onBlock(FakeSource source, Block block) {
    PieceState state = state(block.piece());
    BlockModel model = blocks.get(block);
    if (state != PieceState.WANTED && state != PieceState.DOWNLOADING || model.sender != null) {
      return false;
    }
    boolean late = !model.asked.contains(source);
    if (late && (source.parole || isTrial(block.piece()))) {
      return false;
    }
    model.sender = source;
    involved.get(block.piece()).add(source);
    return true;
  }

  /** Those who were asked for a received block and did not send it. */
  Set<FakeSource> others(Block block) {
    BlockModel model = blocks.get(block);
    Set<FakeSource> others = new LinkedHashSet<>(model.asked);
    others.remove(model.sender);
    return others;
  }

  void onAbandoned(FakeSource source, Block block) {
    BlockModel model = blocks.get(block);
    if (model.sender == null) {
      model.asked.remove(source);
    }
    forgetUntouched();
  }

  void onSourceGone(FakeSource source) {
    sources.remove(source);
    blocks.values().stream().filter(BlockModel::isRequested).forEach(b -> b.asked.remove(source));
    forgetUntouched();
  }

  private void forgetUntouched() {
    for (int piece : piecesIn(PieceState.WANTED)) {
      involved.get(piece).clear();
    }
  }

  void onVerified(int piece) {
    startOver(piece);
    have[piece] = true;
  }

  Set<FakeSource> onFailed(int piece) {
    Set<FakeSource> contributors = new LinkedHashSet<>();
    blocksOf(piece).forEach(block -> contributors.add(block.sender));
    startOver(piece);
    return contributors;
  }

  void assertAgrees(PiecePicker picker) {
    for (int piece = 0; piece < have.length; piece++) {
      assertEquals(state(piece), picker.state(piece), "piece " + piece);
      assertEquals(availability(piece), picker.availability(piece), "piece " + piece);
    }
    assertEquals(isComplete(), picker.isComplete());
  }
}
