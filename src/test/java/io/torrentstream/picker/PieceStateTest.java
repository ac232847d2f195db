package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every event in every state of a piece: the table of which PiecePicker's picture is the sum. */
class PieceStateTest {
  private final PieceLayout layout =
      new PieceLayout(2 * PieceLayout.BLOCK_LENGTH, new long[] {2 * PieceLayout.BLOCK_LENGTH});
  private final FakeSource source = FakeSource.seed("source", 1);
  private final Block first = layout.block(0, 0);
  private final Block second = layout.block(0, 1);

  @ParameterizedTest(name = "{0} + {1} -> {2}")
  @CsvSource({
    // before, event, after ("!" for our own mistake: an exception)
    "UNWANTED, pick, UNWANTED",
    "UNWANTED, first, UNWANTED",
    "UNWANTED, abandon, UNWANTED",
    "UNWANTED, gone, UNWANTED",
    "UNWANTED, verified, !",
    "UNWANTED, failed, !",
    "WANTED, pick, DOWNLOADING",
    "WANTED, first, DOWNLOADING", // late: the request was given up, the block came
    "WANTED, abandon, WANTED",
    "WANTED, gone, WANTED",
    "WANTED, verified, !",
    "WANTED, failed, !",
    "REQUESTED, pick, DOWNLOADING",
    "REQUESTED, first, DOWNLOADING",
    "REQUESTED, abandon, WANTED",
    "REQUESTED, gone, WANTED",
    "REQUESTED, verified, !",
    "REQUESTED, failed, !",
    "DOWNLOADING, pick, DOWNLOADING",
    "DOWNLOADING, first, DOWNLOADING",
    "DOWNLOADING, second, VERIFYING",
    "DOWNLOADING, abandon, DOWNLOADING",
    "DOWNLOADING, gone, DOWNLOADING",
    "DOWNLOADING, verified, !",
    "DOWNLOADING, failed, !",
    "VERIFYING, pick, VERIFYING",
    "VERIFYING, first, VERIFYING",
    "VERIFYING, second, VERIFYING",
    "VERIFYING, abandon, VERIFYING",
    "VERIFYING, gone, VERIFYING",
    "VERIFYING, verified, HAVE",
    "VERIFYING, failed, WANTED",
    "HAVE, pick, HAVE",
    "HAVE, first, HAVE",
    "HAVE, abandon, HAVE",
    "HAVE, gone, HAVE",
    "HAVE, verified, !",
    "HAVE, failed, !",
  })
  void table(String before, String event, String after) {
    PiecePicker picker = picker(before);
    String result;
    try {
      happen(picker, event);
      result = picker.state(0).name();
    } catch (IllegalStateException e) {
      result = "!";
    }
    assertEquals(after, result);
    picker.checkInvariants();
  }

  private PiecePicker picker(String state) {
    boolean wanted = !state.equals("UNWANTED");
    PiecePicker picker =
        new PiecePicker(
            layout,
            new Bitfield(1),
            wanted ? layout.piecesOf(null) : new Bitfield(1),
            PickOrder.RAREST,
            new Random(1));
    picker.onPeerPieces(source);
    switch (state) {
      case "REQUESTED" -> happen(picker, "pick");
      case "DOWNLOADING" -> happen(picker, "pick", "first");
      case "VERIFYING" -> happen(picker, "pick", "first", "second");
      case "HAVE" -> happen(picker, "pick", "first", "second", "verified");
      default -> {}
    }
    return picker;
  }

  private void happen(PiecePicker picker, String... events) {
    for (String event : events) {
      switch (event) {
        case "pick" -> picker.pick(source, 2, block -> {});
        case "first" -> picker.onBlock(source, first);
        case "second" -> picker.onBlock(source, second);
        case "abandon" -> {
          picker.onAbandoned(source, first);
          picker.onAbandoned(source, second);
        }
        case "gone" -> picker.onSourceGone(source);
        case "verified" -> picker.onVerified(0);
        case "failed" -> picker.onFailed(0);
        default -> throw new IllegalArgumentException(event);
      }
    }
  }
}
