package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random events, each done to the picker and to {@link PickerModel}, which must agree. */
class PiecePickerPropertyTest {
  private static final int STEPS = 2_000;

  /** A request on its way: the picker may have given it up meanwhile. */
  private record Asked(FakeSource source, Block block) {}

  private Random random;
  private PieceLayout layout;
  private PickOrder order;
  private PiecePicker picker;
  private PickerModel model;
  private final List<Asked> asked = new ArrayList<>();
  private final List<FakeSource> sources = new ArrayList<>();
  private int names;

  static java.util.stream.LongStream seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 100);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void agreesWithTheModelAndThenCompletes(long seed) {
    random = new Random(seed);
    start();
    for (int step = 0; step < STEPS && !picker.isComplete(); step++) {
      step();
      check();
    }
    completeFromOneGoodSource();
  }

  private void start() {
    int pieceLength = PieceLayout.BLOCK_LENGTH / 2 * (1 + random.nextInt(12));
    long length = 1 + (long) (random.nextDouble() * 25 * pieceLength);
    layout = new PieceLayout(pieceLength, new long[] {length});
    order = random.nextBoolean() ? PickOrder.RAREST : PickOrder.SEQUENTIAL;
    Bitfield have = new Bitfield(layout.pieceCount());
    Bitfield wanted = new Bitfield(layout.pieceCount());
    boolean[] modelHave = new boolean[layout.pieceCount()];
    boolean[] modelWanted = new boolean[layout.pieceCount()];
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      if (random.nextInt(8) == 0) {
        modelHave[piece] = have.set(piece);
      }
      if (random.nextInt(8) != 0) {
        modelWanted[piece] = wanted.set(piece);
      }
    }
    picker = new PiecePicker(layout, have, wanted, order, random);
    model = new PickerModel(layout, modelHave, modelWanted);
  }

  private void check() {
    picker.checkInvariants();
    model.assertAgrees(picker);
  }

  private void step() {
    switch (random.nextInt(16)) {
      case 0 -> join();
      case 1 -> change();
      case 2 -> leave();
      case 3 -> abandon();
      case 4, 5, 6, 7 -> pick();
      case 8 -> verify();
      default -> deliver();
    }
  }

  private FakeSource randomSource() {
    return sources.get(random.nextInt(sources.size()));
  }

  private void join() {
    if (sources.size() == 12) {
      return;
    }
    FakeSource source = new FakeSource("s" + names++, layout.pieceCount());
    int percent = random.nextInt(4) == 0 ? 100 : random.nextInt(100);
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      if (random.nextInt(100) < percent) {
        source.pieces.set(piece);
      }
    }
    picker.onPeerPieces(source);
    sources.add(source);
    model.sources.add(source);
  }

  private void change() {
    if (sources.isEmpty()) {
      return;
    }
    FakeSource source = randomSource();
    int piece = random.nextInt(layout.pieceCount());
    switch (random.nextInt(5)) {
      case 0 -> picker.onPeerHave(source, piece);
      case 1 -> picker.onPeerDontHave(source, piece);
      case 2 -> source.rate = random.nextInt(3) * (long) random.nextInt(layout.pieceLength());
      case 3 -> snub(source, !source.snubbed);
      default -> source.parole = random.nextInt(3) == 0;
    }
  }

  private void snub(FakeSource source, boolean snubbed) {
    source.snubbed = snubbed;
    if (snubbed) {
      for (Asked request : asked) {
        if (request.source == source) {
          picker.onAbandoned(source, request.block);
          model.onAbandoned(source, request.block);
        }
      }
    }
  }

  private void leave() {
    if (!sources.isEmpty() && random.nextInt(3) == 0) {
      gone(sources.remove(random.nextInt(sources.size())));
    }
  }

  private void gone(FakeSource source) {
    asked.removeIf(request -> request.source == source);
    picker.onSourceGone(source);
    model.onSourceGone(source);
  }

  private void abandon() {
    if (!asked.isEmpty()) {
      int i = random.nextInt(asked.size());
      Asked request = random.nextBoolean() ? asked.get(i) : asked.remove(i);
      picker.onAbandoned(request.source, request.block);
      model.onAbandoned(request.source, request.block);
    }
  }

  private void pick() {
    if (sources.isEmpty()) {
      return;
    }
    FakeSource source = randomSource();
    int count = 1 + random.nextInt(8);
    List<Block> out = new ArrayList<>();
    if (random.nextInt(6) == 0) {
      assertEquals(picker.pickRun(source, count, out::add), out.size());
      out.forEach(block -> onPicked(source, block, false));
      count = Math.max(count, layout.blockCount(0));
    } else if (random.nextInt(4) == 0) {
      int[] some = random.ints(3, -1, layout.pieceCount() + 1).toArray();
      assertEquals(out.size(), picker.pickAmong(source, some, 0, out::add));
      picker.pickAmong(source, some, count, out::add);
      out.forEach(block -> onPicked(source, block, false));
    } else {
      int picked = picker.pick(source, count, out::add);
      assertEquals(out.size(), picked);
      out.forEach(block -> onPicked(source, block, true));
    }
    assertTrue(out.size() <= count);
  }

  private void onPicked(FakeSource source, Block block, boolean free) {
    model.onPicked(source, block, order, free);
    asked.removeIf(request -> request.source == source && request.block.equals(block));
    asked.add(new Asked(source, block));
  }

  private void deliver() {
    if (!asked.isEmpty()) {
      deliver(asked.remove(random.nextInt(asked.size())));
    }
  }

  private void deliver(Asked request) {
    boolean welcome = model.onBlock(request.source, request.block);
    Receipt receipt = picker.onBlock(request.source, request.block);
    assertEquals(welcome, receipt != Receipt.UNWANTED, request.toString());
    if (welcome) {
      boolean last = model.state(request.block.piece()) == PieceState.VERIFYING;
      assertEquals(last, receipt == Receipt.PIECE_RECEIVED);
      List<Source> cancels = picker.takeOtherRequesters(request.block, request.source);
      assertEquals(model.others(request.block), Set.copyOf(cancels));
      assertEquals(Set.copyOf(cancels).size(), cancels.size(), "each once");
    }
  }

  private void verify() {
    for (int piece : model.piecesIn(PieceState.VERIFYING)) {
      if (random.nextInt(4) > 0) {
        picker.onVerified(piece);
        model.onVerified(piece);
      } else {
        assertEquals(model.onFailed(piece), Set.copyOf(picker.onFailed(piece)));
      }
    }
  }

  /** Whatever the others have been asked for and whatever is wrong with them. */
  private void completeFromOneGoodSource() {
    FakeSource good = FakeSource.seed("good", layout.pieceCount());
    sources.forEach(source -> source.rate = 0);
    good.rate = 1;
    picker.onPeerPieces(good);
    model.sources.add(good);
    for (int round = 0; !picker.isComplete(); round++) {
      assertTrue(round < 10_000, "the good source is not asked for what is missing");
      picker.pick(good, 5, block -> onPicked(good, block, true));
      for (Asked request : List.copyOf(asked)) {
        if (request.source == good) {
          asked.remove(request);
          deliver(request);
        }
      }
      for (int piece : model.piecesIn(PieceState.VERIFYING)) {
        picker.onVerified(piece);
        model.onVerified(piece);
      }
      check();
    }
  }
}
