package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.wire.PeerMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a downloading swarm says to a peer that plays by the rules of BEP 3, 6, 10, 54, or not. */
@Timeout(60)
class PeerRulesTest {
  private static final int BLOCK = 16 * 1024;

  @TempDir private Path dir;
  private TestSwarm swarm;

  @BeforeEach
  void open() throws Exception {
    swarm = new TestSwarm(TestTorrent.of(20 * 4 * BLOCK, 4 * BLOCK), dir);
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private TestPeer seed(String address, long reserved) {
    TestPeer seed = swarm.join(address, reserved).sendAllPieces();
    assertEquals(1, seed.received(PeerMessage.Interested.class).size());
    return seed;
  }

  private static PeerMessage.BitfieldMessage somePieces() {
    return new PeerMessage.BitfieldMessage(new byte[] {(byte) 0x80, 0, 0});
  }

  // --- what it has

  @Test
  void whatAPeerHasIsSaidOnceAndFirst() {
    List<List<PeerMessage>> wrong =
        List.of(
            List.of(somePieces(), new PeerMessage.HaveAll()),
            List.of(new PeerMessage.HaveAll(), new PeerMessage.HaveNone()),
            List.of(new PeerMessage.HaveNone(), new PeerMessage.HaveNone()),
            List.of(new PeerMessage.Have(3), new PeerMessage.HaveAll()));
    for (List<PeerMessage> messages : wrong) {
      TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST);
      peer.send(messages.get(0));
      assertTrue(peer.isOpen(), messages::toString);
      peer.send(messages.get(1));
      assertTrue(peer.isRefusedByRule(), messages::toString);
    }
  }

  /** Aria2 sends one for many haves. */
  @Test
  void aLateBitfieldAddsPieces() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST);
    peer.send(new PeerMessage.Have(3), somePieces(), somePieces());
    assertTrue(peer.isOpen());
    assertEquals(1, swarm.picker.availability(0));
    assertEquals(1, swarm.picker.availability(3), "it had that before");
  }

  @Test
  void fastMessagesNeedTheFastExtension() {
    for (PeerMessage message :
        List.of(
            new PeerMessage.HaveAll(),
            new PeerMessage.HaveNone(),
            new PeerMessage.Suggest(0),
            new PeerMessage.AllowedFast(0),
            new PeerMessage.Reject(new Block(0, 0, BLOCK)))) {
      assertTrue(swarm.join("10.0.0.1", TestPeer.PLAIN).send(message).isRefusedByRule());
      assertTrue(swarm.join("10.0.0.2", TestPeer.FAST).send(message).isOpen());
    }
  }

  @Test
  void noPieceOutsideTheTorrentIsBelieved() {
    for (PeerMessage message :
        List.of(
            new PeerMessage.Have(20),
            new PeerMessage.Suggest(20),
            new PeerMessage.AllowedFast(20),
            new PeerMessage.BitfieldMessage(new byte[] {0, 0, 0x0F}))) {
      assertTrue(swarm.join("10.0.0.1", TestPeer.FAST).send(message).isRefusedByRule());
    }
    assertTrue(swarm.join("10.0.0.1", TestPeer.BOTH).sendDontHave(20).isOpen());
  }

  @Test
  void aFloodOfHavesIsAnsweredOnce() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST);
    peer.received();
    for (int i = 0; i < 10_000; i++) {
      peer.send(new PeerMessage.Have(i % 20));
    }
    assertEquals(List.of(new PeerMessage.Interested()), peer.received());
    assertEquals(1, swarm.picker.availability(7));
  }

  @Test
  void aPieceThatAPeerLostIsNotAskedOfIt() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.BOTH);
    peer.send(new PeerMessage.Have(3), new PeerMessage.Have(5)).sendDontHave(3);
    peer.unchoke();
    assertTrue(peer.requested().stream().allMatch(block -> block.piece() == 5));
    TestPeer other = swarm.join("10.0.0.2", TestPeer.BOTH).send(new PeerMessage.Have(4));
    assertEquals(1, other.received(PeerMessage.Interested.class).size());
    other.sendDontHave(4);
    assertEquals(0, swarm.picker.availability(4));
    assertEquals(List.of(new PeerMessage.NotInterested()), other.unchoke().received());
  }

  // --- choke and reject

  @ParameterizedTest
  @ValueSource(longs = {TestPeer.PLAIN, TestPeer.FAST})
  void whatAPeerWillNotSendIsAskedOfAnIdleOneAtOnce(long reserved) {
    TestPeer peer = seed("10.0.0.1", reserved).unchoke();
    TestPeer idle = swarm.join("10.0.0.2", TestPeer.PLAIN).send(new PeerMessage.Have(0));
    idle.unchoke();
    List<Block> asked = peer.requested();
    assertEquals(new Block(0, 0, BLOCK), asked.get(0));
    idle.answer(idle.requested()); // of piece 0 it may be asked one block twice, as in endgame
    swarm.run();
    peer.send(new PeerMessage.Choke());
    if (reserved == TestPeer.FAST) {
      assertEquals(List.of(), idle.requested(), "each request is refused by itself (BEP 6)");
      asked.forEach(block -> peer.send(new PeerMessage.Reject(block)));
    }
    List<Block> now = idle.requested();
    assertTrue(now.contains(new Block(0, BLOCK, BLOCK)), now::toString);
    peer.unchoke();
    assertFalse(peer.requested().isEmpty(), "a choke is no refusal to hold against it");
  }

  @Test
  void whatADepartedPeerOwedIsAskedOfAnIdleOneAtOnce() {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    TestPeer idle = swarm.join("10.0.0.2", TestPeer.PLAIN).send(new PeerMessage.Have(0));
    idle.unchoke().answer(idle.requested());
    idle.received();
    peer.end();
    assertFalse(idle.requested().isEmpty());
  }

  @Test
  void blocksThatCrossAChokeAreWelcome() throws Exception {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    List<Block> piece = peer.requested().subList(0, 4);
    peer.send(new PeerMessage.Choke()).answer(piece);
    swarm.await(() -> swarm.picker.have().get(0));
    assertEquals(0, swarm.counters.wasted);
  }

  @Test
  void theMessagesOfOneReadCountInTheirOrder() {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    List<Block> asked = peer.requested();
    PeerMessage.Piece first = peer.piece(asked.get(0));
    PeerMessage.Piece second = peer.piece(asked.get(1));

    peer.send(first, second, new PeerMessage.Choke(), peer.piece(asked.get(2)));

    assertEquals(3 * BLOCK, swarm.counters.down.total());
    assertEquals(0, swarm.counters.wasted, "two were answers, the third had crossed our word");
    assertEquals(asked.subList(3, asked.size()), peer.unchoke().requested().subList(0, 29));
  }

  @Test
  void whatComesBehindABrokenRuleIsNotTaken() {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    List<Block> asked = peer.requested();
    PeerMessage.Piece right = peer.piece(asked.get(0));
    PeerMessage.Piece shorter =
        new PeerMessage.Piece(0, BLOCK, Unpooled.wrappedBuffer(new byte[100]));

    peer.send(right, shorter, peer.piece(asked.get(2)));

    assertTrue(peer.isRefusedByRule());
    assertEquals(List.of(0), List.of(shorter.data().refCnt()));
    TestPeer other = seed("10.0.0.2", TestPeer.PLAIN).unchoke();
    assertEquals(new Block(0, BLOCK, BLOCK), other.requested().get(0), "only one block came");
  }

  @Test
  void aPeerThatChokesBeforeItSendsAnythingHoldsNoPiece() {
    TestPeer flapping = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    assertFalse(flapping.requested().isEmpty());
    flapping.send(new PeerMessage.Choke(), new PeerMessage.Unchoke());
    List<Block> held = flapping.requested();
    assertEquals(1, held.size(), "one at a time until it sends a block");

    TestPeer honest = seed("10.0.0.2", TestPeer.PLAIN).unchoke();

    assertEquals(held.get(0).piece(), honest.requested().get(0).piece(), "which others may have");
  }

  @Test
  void aPeerThatFlapsIsNotAskedAtLineRate() {
    TestPeer flapping = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    int asked = 0;
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 100; i++) {
        flapping.send(new PeerMessage.Choke(), new PeerMessage.Unchoke());
      }
      asked += flapping.requested().size();
      swarm.pass(1);
    }
    assertTrue(asked < 50, "requests: " + asked);
    swarm.pass(64);
    List<Block> last = flapping.requested();
    flapping.answer(last);
    assertFalse(flapping.requested().isEmpty(), "a block, and all is forgotten");
  }

  @Test
  void refusalsOfOneBatchAreOneRefusal() {
    TestPeer peer = seed("10.0.0.1", TestPeer.FAST).unchoke();
    List<Block> asked = peer.requested();
    assertTrue(asked.size() > 10);
    asked.forEach(block -> peer.send(new PeerMessage.Reject(block)));
    assertEquals(List.of(), peer.requested());
    swarm.pass(2);
    List<Block> again = peer.requested();
    assertEquals(1, again.size());
    peer.send(new PeerMessage.Reject(again.get(0)));
    swarm.pass(1);
    assertEquals(List.of(), peer.requested(), "the second pause is longer");
    swarm.pass(2);
    assertEquals(1, peer.requested().size());
  }

  @Test
  void aChokeExplainsTheRefusalsBeforeIt() {
    TestPeer peer = seed("10.0.0.1", TestPeer.FAST).unchoke();
    peer.requested().forEach(block -> peer.send(new PeerMessage.Reject(block)));
    peer.send(new PeerMessage.Choke()).unchoke();
    List<Block> again = peer.requested();
    assertFalse(again.isEmpty());
    // Once: a peer that goes on like this is not followed at line rate.
    again.forEach(block -> peer.send(new PeerMessage.Reject(block)));
    peer.send(new PeerMessage.Choke()).unchoke();
    assertEquals(List.of(), peer.requested());
  }

  @Test
  void flappingLeavesNothingBehind() {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN);
    for (int i = 0; i < 1000; i++) {
      peer.send(new PeerMessage.Unchoke(), new PeerMessage.Unchoke());
      peer.send(new PeerMessage.Choke(), new PeerMessage.Choke());
    }
    peer.received();
    TestPeer honest = seed("10.0.0.2", TestPeer.PLAIN).unchoke();
    assertEquals(32, honest.requested().size(), "its share is that of the only one unchoking");
  }

  @Test
  void allowedFastPiecesAreAskedForWhileChoked() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).send(new PeerMessage.HaveAll());
    int[] allowed = {2, 4, 6, 8, 10, 12};
    for (int piece : allowed) {
      peer.send(new PeerMessage.AllowedFast(piece));
    }
    List<Block> asked = peer.requested();
    assertEquals(16, asked.size(), "no more than a start");
    assertTrue(
        asked.stream().allMatch(b -> IntStream.of(allowed).anyMatch(piece -> piece == b.piece())));
  }

  @Test
  void aListOfAllowedFastPiecesWithoutEndIsCut() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST);
    for (int i = 0; i < 10_000; i++) {
      peer.send(new PeerMessage.AllowedFast(i % 20));
    }
    assertTrue(peer.isOpen());
    assertEquals(64, swarm.swarm.peers().get(0).allowedFast.length);
  }

  // --- blocks

  @Test
  void aBlockOfTheWrongLengthEndsTheConnection() {
    for (int length : List.of(1, BLOCK - 1)) {
      TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
      Block block = peer.requested().get(0);
      peer.sendBlock(block.piece(), block.begin(), new byte[length]);
      assertTrue(peer.isRefusedByRule());
    }
    assertEquals(BLOCK, swarm.counters.wasted);
  }

  @Test
  void blocksNobodyAskedForAreCountedAndLimited() {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN);
    for (int i = 0; i < 64; i++) {
      peer.sendBlock(i % 20, 0, new byte[BLOCK]);
    }
    assertTrue(peer.isOpen());
    assertEquals(64 * BLOCK, swarm.counters.wasted);
    peer.sendBlock(0, 0, new byte[BLOCK]);
    assertTrue(peer.isRefusedByRule());
    assertEquals(0, swarm.picker.have().count());
  }

  @Test
  void endgameAsksTwoAndCancelsTheSlower() throws Exception {
    TestPeer first = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    List<Block> asked = first.requested();
    while (swarm.picker.have().count() + asked.size() / 4 < 20) { // until all is asked for
      first.answer(asked.subList(0, 4));
      int have = swarm.picker.have().count();
      swarm.await(() -> swarm.picker.have().count() > have);
      asked = new java.util.ArrayList<>(asked.subList(4, asked.size()));
      asked.addAll(first.requested());
    }
    TestPeer second = seed("10.0.0.2", TestPeer.PLAIN).unchoke();
    List<Block> twice = second.requested();
    assertEquals(1, twice.size());
    second.answer(twice);
    assertEquals(
        List.of(new PeerMessage.Cancel(twice.get(0))), first.received(PeerMessage.Cancel.class));
    first.answer(twice);
    assertTrue(first.isOpen(), "what crosses a cancel is no fault");
    assertEquals(BLOCK, swarm.counters.wasted);
  }

  @Test
  void aPeerThatOwesBlocksIsSnubbedAndOthersAreAsked() {
    TestPeer silent = seed("10.0.0.1", TestPeer.FAST).unchoke();
    List<Block> asked = silent.requested();
    swarm.pass(19);
    assertEquals(List.of(), silent.received(PeerMessage.Cancel.class));
    TestPeer other = seed("10.0.0.2", TestPeer.FAST);
    swarm.pass(3);
    assertEquals(asked.size(), silent.received(PeerMessage.Cancel.class).size());
    assertTrue(other.unchoke().requested().contains(asked.get(0)));
  }

  /** Whoever has some pieces is a beginner no more, and is refused what it was allowed (BEP 6). */
  @Test
  void refusedAllowedFastPiecesAreNotAskedForAtLineRate() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).send(new PeerMessage.HaveAll());
    peer.send(new PeerMessage.AllowedFast(2));
    int asked = 0;
    for (int round = 0; round < 100; round++) {
      List<Block> blocks = peer.requested();
      asked += blocks.size();
      blocks.forEach(block -> peer.send(new PeerMessage.Reject(block)));
      swarm.run();
    }
    assertEquals(4, asked);
    assertFalse(peer.unchoke().requested().isEmpty(), "that was no reason to shun it");
  }

  /** With a low download limit and many peers it is minutes before one is read on. */
  @Test
  void aPeerThatWeDoNotReadIsNotSilent() {
    TestPeer peer = seed("10.0.0.1", TestPeer.PLAIN).unchoke();
    peer.channel.config().setAutoRead(false);
    swarm.pass(600);
    assertTrue(peer.isOpen());
    peer.channel.config().setAutoRead(true);
    swarm.pass(180);
    assertTrue(peer.isOpen());
    swarm.pass(2);
    assertFalse(peer.isOpen());
  }

  /** Else it would look slower than any that trickles, and never be asked to help it out. */
  @Test
  void aPeerThatIsAskedForNothingStaysAsFastAsItWas() throws Exception {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.PLAIN).send(new PeerMessage.Have(0)).unchoke();
    swarm.pass(1);
    peer.answer(peer.requested());
    swarm.await(() -> swarm.picker.have().get(0));
    swarm.pass(60);
    Peer idle = swarm.swarm.peers().get(0);
    assertEquals(4 * BLOCK, idle.usualRate());
    assertEquals(0, idle.rate());
  }
}
