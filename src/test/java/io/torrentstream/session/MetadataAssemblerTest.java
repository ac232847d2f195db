package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.UtMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Peers are strings; time passes when the test says so. */
class MetadataAssemblerTest implements MetadataAssembler.Mediator<String> {
  private static final long SECOND = 1_000_000_000L;
  private static final int PIECES = 20;

  private final byte[] info = random(PIECES * UtMetadata.PIECE_BYTES - 100);
  private final MetadataAssembler<String> assembler =
      new MetadataAssembler<>(InfoHash.of(Digests.sha1().digest(info)), this);
  private final Map<String, Deque<Integer>> asked = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private long now = -5 * SECOND; // a clock may begin anywhere
  private byte[] result;
  private int window = MetadataAssembler.MAX_ASKED;

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Override
  public void request(String peer, int piece) {
    asked.computeIfAbsent(peer, key -> new ArrayDeque<>()).add(piece);
  }

  @Override
  public int window(String peer) {
    return window;
  }

  @Override
  public void onWrong(String peer) {
    wrong.add(peer);
    assembler.onGone(peer, now);
  }

  @Override
  public void onInfo(byte[] found) {
    assertNull(result, "told twice");
    result = found;
  }

  private Deque<Integer> asked(String peer) {
    return asked.computeIfAbsent(peer, key -> new ArrayDeque<>());
  }

  private void join(String... peers) {
    for (String peer : peers) {
      assembler.onSize(peer, info.length, now);
    }
  }

  /** Sends the oldest piece asked of a peer, out of a liar's or the true info. */
  private void answer(String peer, byte[] from) throws ProtocolException {
    assembler.onData(peer, UtMetadata.data(asked(peer).remove(), from), now);
  }

  /** Peers answer in turn, each out of its own info, while anything is asked of any. */
  private void run(Map<String, byte[]> infos) throws ProtocolException {
    boolean busy = true;
    while (busy) {
      busy = false;
      for (String peer : infos.keySet().stream().sorted().toList()) {
        if (result == null && !asked(peer).isEmpty() && !wrong.contains(peer)) {
          answer(peer, infos.get(peer));
          busy = true;
        }
      }
    }
  }

  private byte[] lie() {
    byte[] lie = info.clone();
    for (int i = 0; i < lie.length; i += 1000) {
      lie[i]++;
    }
    return lie;
  }

  private void tick(int seconds) {
    for (int i = 0; i < seconds; i++) {
      now += SECOND;
      assembler.onTick(now);
    }
  }

  @Test
  void onePeerIsEnough() throws ProtocolException {
    join("a");
    assertEquals(MetadataAssembler.MAX_ASKED, asked("a").size());
    run(Map.of("a", info));
    assertArrayEquals(info, result);
  }

  @Test
  void aPeerThatCannotQueueIsAskedForOneAtATime() throws ProtocolException {
    window = 1;
    join("a");
    for (int piece = 0; piece < PIECES; piece++) {
      assertEquals(List.of(piece), List.copyOf(asked("a")));
      answer("a", info);
    }
    assertArrayEquals(info, result);
  }

  @Test
  void severalShareTheWork() throws ProtocolException {
    join("a", "b", "c");
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), List.copyOf(asked("a")));
    assertEquals(List.of(8, 9, 10, 11, 12, 13, 14, 15), List.copyOf(asked("b")));
    assertEquals(List.of(16, 17, 18, 19), List.copyOf(asked("c")));
    run(Map.of("a", info, "b", info, "c", info));
    assertArrayEquals(info, result);
  }

  @Test
  void whoHasNothingToDoHelpsAtOnceAndAPieceIsAskedOfThreeAtMost() throws ProtocolException {
    byte[] small = random(100);
    MetadataAssembler<String> one =
        new MetadataAssembler<>(InfoHash.of(Digests.sha1().digest(small)), this);
    for (String peer : List.of("silent", "mute", "good", "late")) {
      one.onSize(peer, small.length, now);
    }
    assertEquals(List.of(0), List.copyOf(asked("good")));
    assertEquals(List.of(), List.copyOf(asked("late")));
    one.onData("good", UtMetadata.data(0, small), now);
    assertArrayEquals(small, result);
  }

  @Test
  void aPieceThatDoesNotComeIsAskedOfAnother() throws ProtocolException {
    join("silent");
    join("good");
    asked("silent").clear();
    run(Map.of("good", info));
    tick(2);
    run(Map.of("good", info));
    assertArrayEquals(info, result);
  }

  @Test
  void aSilentPeerIsAskedAgainLessAndLessOften() {
    join("silent");
    asked("silent").clear();
    int rounds = 0;
    for (int second = 0; second < 300; second++) {
      tick(1);
      if (!asked("silent").isEmpty()) {
        rounds++;
        asked("silent").clear();
      }
    }
    assertTrue(rounds >= 4 && rounds <= 8, "rounds: " + rounds);
  }

  @Test
  void aRefusalIsNoEnd() throws ProtocolException {
    join("a", "b");
    assembler.onReject("a", asked("a").remove(), now);
    asked("a").clear();
    run(Map.of("b", info));
    assertArrayEquals(info, result);
  }

  @Test
  void whoRefusesAloneIsAskedAgain() throws ProtocolException {
    join("a");
    assembler.onReject("a", asked("a").remove(), now);
    asked("a").clear();
    tick(2);
    run(Map.of("a", info));
    assertArrayEquals(info, result);
  }

  @Test
  void whatAPeerTakesWithItIsAskedOfOthersAtOnce() throws ProtocolException {
    join("a", "b");
    assembler.onGone("a", now);
    run(Map.of("b", info));
    assertArrayEquals(info, result);
  }

  @Test
  void aLiarAloneIsBlamed() throws ProtocolException {
    join("liar");
    run(Map.of("liar", lie()));
    assertEquals(List.of("liar"), wrong);
    join("good");
    run(Map.of("good", info));
    assertArrayEquals(info, result);
  }

  @Test
  void ofTwoThatMixedTheHonestOneIsRightAtOnce() throws ProtocolException {
    join("good", "liar");
    run(Map.of("good", info, "liar", lie()));
    assertArrayEquals(info, result);
    assertEquals(0, now + 5 * SECOND, "no time has passed");
  }

  @Test
  void aCrowdOfLiarsOfTheRightSizeCannotHideOneHonestPeer() throws ProtocolException {
    Map<String, byte[]> infos = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      infos.put("liar" + i, lie());
    }
    infos.put("good", info);
    join(infos.keySet().toArray(String[]::new));
    for (int second = 0; second < 10 && result == null; second++) {
      run(infos);
      tick(1);
    }
    assertArrayEquals(info, result);
  }

  @Test
  void anotherSizeIsAnotherAttempt() throws ProtocolException {
    assembler.onSize("liar", 5 * UtMetadata.PIECE_BYTES, now);
    join("good");
    run(Map.of("good", info, "liar", random(5 * UtMetadata.PIECE_BYTES)));
    assertArrayEquals(info, result);
    assertEquals(List.of("liar"), wrong);
  }

  @Test
  void aSizeCostsNothingUntilPiecesCome() {
    for (int i = 0; i < 1000; i++) { // 30 GB by their word
      assembler.onSize("liar" + i, UtMetadata.MAX_BYTES - i, now);
    }
    assertEquals(0, assembler.received());
    assertEquals(1000, assembler.sourceCount());
  }

  /** Ten peers send as much as they can of ten different sizes; an honest one comes through. */
  @Test
  void memoryIsBoundedWhateverComes() throws ProtocolException {
    Map<String, byte[]> infos = new HashMap<>();
    byte[] junk = new byte[UtMetadata.MAX_BYTES];
    for (int i = 0; i < 10; i++) {
      String liar = "liar" + i;
      int size = UtMetadata.MAX_BYTES - i;
      assembler.onSize(liar, size, now);
      byte[] own = java.util.Arrays.copyOf(junk, size);
      for (int sent = 0; sent < 1000 && !asked(liar).isEmpty(); sent++) {
        answer(liar, own);
        assertTrue(assembler.received() <= MetadataAssembler.MAX_HELD_BYTES);
      }
    }
    assertTrue(assembler.received() < 20 * 1024 * 1024, "the largest were given up");
    join("good");
    infos.put("good", info);
    run(infos);
    assertArrayEquals(info, result);
  }

  @Test
  void whatDoesNotFitEndsTheConnection() {
    join("a", "b", "c");
    UtMetadata right = UtMetadata.data(0, info);
    byte[] data = right.data();
    refuses("a", new UtMetadata(right.kind(), 0, info.length + 1, data));
    refuses("b", new UtMetadata(right.kind(), 8, info.length, random(3)));
    refuses("c", new UtMetadata(right.kind(), 19, info.length, data)); // the last one is shorter
  }

  private void refuses(String peer, UtMetadata message) {
    assertThrows(ProtocolException.class, () -> assembler.onData(peer, message, now));
  }

  @Test
  void whatNobodyAskedForIsDroppedAndCounted() throws ProtocolException {
    join("a");
    for (int i = 0; i < MetadataAssembler.MAX_USELESS; i++) {
      assembler.onData("a", UtMetadata.data(19, info), now);
    }
    assertEquals(0, assembler.received());
    refuses("a", UtMetadata.data(19, info));
    assembler.onData("stranger", UtMetadata.data(19, info), now);
    assembler.onReject("a", 19, now);
    assertEquals(8, asked("a").size());
  }

  @Test
  void aPeerThatChangesItsStoryWorksAlone() throws ProtocolException {
    assembler.onSize("a", 1000, now);
    asked("a").clear();
    join("a", "b");
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), List.copyOf(asked("a")));
    assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), List.copyOf(asked("b")));
    assembler.onSize("b", 0, now);
    assertEquals(1, assembler.sourceCount());
    run(Map.of("a", info));
    assertArrayEquals(info, result);
    join("late");
    assertEquals(List.of(), List.copyOf(asked("late")));
  }
}
