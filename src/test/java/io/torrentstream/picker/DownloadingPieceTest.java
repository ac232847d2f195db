package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DownloadingPieceTest {
  private static final int BLOCK = 1;

  private final FakeSource s = FakeSource.seed("s", 1);
  private final FakeSource t = FakeSource.seed("t", 1);
  private DownloadingPiece piece = new DownloadingPiece(0, 3, s);

  /** Every event in every state of a block. Events name the source, s or t. */
  @ParameterizedTest(name = "{0} + {1} -> {2}")
  @CsvSource({
    "'', ask s, REQUESTED s",
    "'', receive s, RECEIVED s", // late
    "'', release s, OPEN",
    "'', gone s, OPEN",
    "'', over s, OPEN",
    "ask s, ask s, !",
    "ask s, ask t, REQUESTED s t",
    "ask s, receive s, RECEIVED s",
    "ask s, receive t, RECEIVED t cancel s",
    "ask s, release s, OPEN",
    "ask s, release t, REQUESTED s",
    "ask s, gone s, OPEN",
    "ask s, gone t, REQUESTED s",
    "ask s, over t, OPEN",
    "ask s ask t, ask t, !",
    "ask s ask t, receive s, RECEIVED s cancel t",
    "ask s ask t, receive t, RECEIVED t cancel s",
    "ask s ask t, release s, REQUESTED t",
    "ask s ask t, release t, REQUESTED s",
    "ask s ask t, gone s, REQUESTED t",
    "ask s ask t, gone t, REQUESTED s",
    "ask s ask t, over t, OPEN",
    "receive s, ask s, !",
    "receive s, ask t, !",
    "receive s, receive s, !",
    "receive s, receive t, !",
    "receive s, release s, RECEIVED s",
    "receive s, gone s, RECEIVED s",
    "receive s, over s, OPEN",
  })
  void table(String before, String event, String after) {
    happen(before);
    String result;
    try {
      happen(event);
      result = describe();
    } catch (IllegalStateException e) {
      result = "!";
    }
    assertEquals(after, result);
    piece.checkInvariants();
  }

  private void happen(String events) {
    String[] words = events.split(" ");
    for (int i = 0; i + 1 < words.length; i += 2) {
      FakeSource source = words[i + 1].equals("s") ? s : t;
      switch (words[i]) {
        case "ask" -> piece.ask(BLOCK, source);
        case "receive" -> piece.receive(BLOCK, source);
        case "release" -> piece.release(BLOCK, source);
        case "gone" -> piece.releaseAll(source);
        case "over" -> piece.startOver(source);
        default -> throw new IllegalArgumentException(words[i]);
      }
    }
  }

  private String describe() {
    StringBuilder text = new StringBuilder(piece.state(BLOCK).name());
    for (int i = 0; i < piece.askedCount(BLOCK); i++) {
      text.append(' ').append(piece.asked(BLOCK, i));
    }
    piece.contributors().forEach(source -> text.append(' ').append(source));
    piece.takeOthers(BLOCK, null).forEach(source -> text.append(" cancel ").append(source));
    return text.toString();
  }

  @Test
  void belongsToOneSourceUntilAnotherTakesPart() {
    assertTrue(piece.isOnlyOf(s));
    assertFalse(piece.isTrial());
    s.parole = true;
    assertTrue(piece.isTrial());
    piece.ask(0, s);
    piece.ask(1, t);
    assertFalse(piece.isOnlyOf(s));
    assertFalse(piece.isTrial());
    piece.startOver(t);
    assertTrue(piece.isOnlyOf(t));
  }

  @Test
  void fallsToOneWhoIsAskedWhenItsOwnerGoes() {
    piece.ask(0, s);
    piece.ask(1, t);
    piece.releaseAll(s);
    assertEquals(t, piece.owner());
    assertEquals(2, piece.openCount());
    piece.releaseAll(t);
    assertEquals(t, piece.owner(), "nobody is left who could have it");
    assertTrue(piece.isUntouched());
  }

  @Test
  void knowsWhoSentWhat() {
    piece.ask(0, s);
    piece.ask(1, s);
    piece.ask(2, t);
    piece.receive(0, s);
    piece.receive(2, t);
    assertEquals(Set.of(s, t), piece.contributors());
    assertFalse(piece.isReceived());
    piece.receive(1, s);
    assertTrue(piece.isReceived());
  }

  @Test
  void findsOpenBlocksUpwardsAndRequestedOnesDownwards() {
    piece.ask(0, s);
    piece.ask(2, s);
    List<Integer> open = new ArrayList<>();
    for (int b = piece.nextOpen(0); b >= 0; b = piece.nextOpen(b + 1)) {
      open.add(b);
    }
    List<Integer> requested = new ArrayList<>();
    for (int b = piece.previousRequested(2); b >= 0; b = piece.previousRequested(b - 1)) {
      requested.add(b);
    }
    assertEquals(List.of(1), open);
    assertEquals(List.of(2, 0), requested);
  }
}
