package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.wire.PeerMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a swarm that has everything but its last piece answers to requests. */
@Timeout(60)
class UploadRulesTest {
  private static final int BLOCK = 16 * 1024;
  private static final int LACKING = 19;

  @TempDir private Path dir;
  private TestSwarm swarm;

  @BeforeEach
  void open() throws Exception {
    TestTorrent torrent = TestTorrent.of(20 * 4 * BLOCK, 4 * BLOCK);
    torrent.content()[LACKING * 4 * BLOCK] ^= 1;
    torrent.writeTo(dir);
    torrent.content()[LACKING * 4 * BLOCK] ^= 1;
    swarm = new TestSwarm(torrent, dir);
    assertEquals(19, swarm.picker.have().count());
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private TestPeer leech(long reserved) {
    TestPeer leech = swarm.join("10.0.0.1", reserved);
    assertEquals(1, leech.received(PeerMessage.BitfieldMessage.class).size());
    leech.send(new PeerMessage.Interested());
    assertEquals(List.of(new PeerMessage.Unchoke()), leech.received());
    return leech;
  }

  private static PeerMessage.Request request(int piece, int begin) {
    return new PeerMessage.Request(new Block(piece, begin, BLOCK));
  }

  private static PeerMessage.Reject reject(int piece, int begin) {
    return new PeerMessage.Reject(new Block(piece, begin, BLOCK));
  }

  @Test
  void sendsWhatIsAskedFor() throws Exception {
    TestPeer leech = leech(TestPeer.PLAIN);
    leech.send(request(3, BLOCK));
    swarm.await(() -> swarm.counters.up.total() == BLOCK);
    List<PeerMessage.Piece> pieces = leech.received(PeerMessage.Piece.class);
    assertEquals(3, pieces.get(0).piece());
    assertEquals(BLOCK, pieces.get(0).begin());
    assertArrayEquals(leech.bytes(new Block(3, BLOCK, BLOCK)), leech.lastBlock());
  }

  @Test
  void refusesWhatItLacksOrWhileItChokes() {
    TestPeer leech = leech(TestPeer.FAST);
    leech.send(request(LACKING, 0));
    assertEquals(List.of(reject(LACKING, 0)), leech.received());
    leech.send(new PeerMessage.NotInterested());
    assertEquals(List.of(new PeerMessage.Choke()), leech.received());
    leech.send(request(3, 0));
    assertEquals(List.of(reject(3, 0)), leech.received());
  }

  @Test
  void saysNothingToThoseWhoDoNotKnowRejects() {
    TestPeer leech = leech(TestPeer.PLAIN);
    leech.send(request(LACKING, 0), new PeerMessage.NotInterested());
    assertEquals(List.of(new PeerMessage.Choke()), leech.received());
    leech.send(request(3, 0));
    assertEquals(List.of(), leech.received());
    assertEquals(0, swarm.counters.up.total());
  }

  @Test
  void requestsBeyondTheLimitAreRefusedAndTheOthersServed() throws Exception {
    TestPeer leech = leech(TestPeer.FAST);
    List<PeerMessage> flood = new ArrayList<>();
    for (int i = 0; i < UploadQueue.LIMIT + 10; i++) {
      flood.add(new PeerMessage.Request(new Block(i % LACKING, i, 1)));
    }
    leech.send(flood.toArray(PeerMessage[]::new));
    assertEquals(10, leech.received(PeerMessage.Reject.class).size());
    swarm.await(() -> swarm.counters.up.total() == UploadQueue.LIMIT);
    assertEquals(UploadQueue.LIMIT, leech.received(PeerMessage.Piece.class).size());
  }

  @Test
  void neighboursAreSentAsOne() throws Exception {
    TestPeer leech = leech(TestPeer.FAST);
    leech.send(request(5, 0), request(5, BLOCK), request(5, 2 * BLOCK), request(5, 3 * BLOCK));
    swarm.awaitOne();
    assertEquals(4L * BLOCK, swarm.counters.up.total());
    assertEquals(4, leech.received(PeerMessage.Piece.class).size());
    assertArrayEquals(leech.bytes(new Block(5, 3 * BLOCK, BLOCK)), leech.lastBlock());
  }

  @Test
  void aCancelTakesBackWhatIsNotSentYet() throws Exception {
    TestPeer leech = leech(TestPeer.FAST);
    leech.send(request(0, 0), request(0, BLOCK), request(0, 2 * BLOCK), request(1, 0));
    // The first three are being read, the last one waits.
    Block reading = new Block(0, BLOCK, BLOCK);
    Block waiting = new Block(1, 0, BLOCK);
    leech.send(new PeerMessage.Cancel(waiting), new PeerMessage.Cancel(reading));
    leech.send(new PeerMessage.Cancel(reading), new PeerMessage.Cancel(new Block(9, 0, BLOCK)));
    assertEquals(
        List.of(new PeerMessage.Reject(waiting), new PeerMessage.Reject(reading)),
        leech.received());
    swarm.awaitOne();
    assertEquals(
        List.of(0, 2 * BLOCK),
        leech.received(PeerMessage.Piece.class).stream().map(PeerMessage.Piece::begin).toList());
    assertTrue(leech.isOpen());
  }

  @Test
  void aChokeAnswersEveryRequest() throws Exception {
    TestPeer fast = leech(TestPeer.FAST);
    TestPeer plain = leech(TestPeer.PLAIN);
    for (TestPeer leech : List.of(fast, plain)) {
      leech.send(request(0, 0), request(1, 0), request(2, 0)); // the first one is being read
      leech.send(new PeerMessage.NotInterested()); // which costs it its slot
    }
    assertEquals(List.of(new PeerMessage.Choke(), reject(1, 0), reject(2, 0)), fast.received());
    assertEquals(List.of(new PeerMessage.Choke()), plain.received());
    plain.send(new PeerMessage.Interested());
    assertEquals(List.of(new PeerMessage.Unchoke()), plain.received());
    TestPeer third = leech(TestPeer.PLAIN); // what the disk answers in order comes before its block
    third.send(request(0, BLOCK));
    swarm.await(() -> swarm.counters.up.total() == 2L * BLOCK);
    assertEquals(1, fast.received(PeerMessage.Piece.class).size());
    assertEquals(1, third.received(PeerMessage.Piece.class).size());
    assertEquals(List.of(), plain.received(), "both have forgotten what it asked for");
  }

  @Test
  void requestsOfAPeerThatLeftAreForgotten() throws Exception {
    TestPeer leaving = leech(TestPeer.FAST);
    for (int i = 0; i < 18; i++) {
      leaving.send(request(i, 0));
    }
    leaving.end();
    TestPeer staying = leech(TestPeer.FAST);
    for (int lane = 0; lane < 2; lane++) {
      staying.send(request(lane, BLOCK));
    }
    swarm.await(() -> staying.received(PeerMessage.Piece.class).size() > 0);
    swarm.await(() -> swarm.counters.up.total() == 2L * BLOCK);
  }

  @Test
  void requestsThatNoHonestPeerMakesEndTheConnection() {
    for (Block block :
        List.of(
            new Block(0, 0, 0),
            new Block(20, 0, BLOCK),
            new Block(0, 3 * BLOCK, BLOCK + 1),
            new Block(0, Integer.MAX_VALUE, BLOCK),
            new Block(0, 0, 128 * 1024 + 1))) {
      TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).send(new PeerMessage.Request(block));
      assertTrue(peer.isRefusedByRule(), block::toString);
    }
  }

  @Test
  void thoseThatWantNothingAreClosedWhenWeDoNeither() throws Exception {
    TestPeer seed = swarm.join("10.0.0.2", TestPeer.BOTH).sendAllPieces().unchoke();
    TestPeer uploadOnly = swarm.join("10.0.0.3", TestPeer.BOTH).sendExtensions(0, true);
    TestPeer later = swarm.join("10.0.0.4", TestPeer.BOTH).sendExtensions(0, false);
    TestPeer leech = leech(TestPeer.BOTH);
    seed.answer(seed.requested());
    swarm.await(swarm.picker::isComplete);
    assertTrue(!seed.isOpen() && !uploadOnly.isOpen() && later.isOpen() && leech.isOpen());
    List<PeerMessage> told = leech.received();
    assertTrue(told.contains(new PeerMessage.Have(LACKING)), told::toString);
    later.sendExtensions(0, true);
    assertTrue(!later.isOpen(), "it may say so at any time (BEP 21)");
  }

  /** Takes all slots, so that whoever comes next is choked. */
  private void fillSlots() {
    swarm.maxUploads = 1;
    swarm.pass(1);
    leech(TestPeer.PLAIN);
  }

  @Test
  void aBeginnerMayHaveAFewPiecesAlthoughItIsChoked() throws Exception {
    fillSlots();
    TestPeer beginner = swarm.join("10.0.0.2", TestPeer.FAST);
    beginner.received();
    beginner.send(new PeerMessage.HaveNone(), new PeerMessage.Interested());
    List<Integer> allowed =
        beginner.received(PeerMessage.AllowedFast.class).stream()
            .map(PeerMessage.AllowedFast::piece)
            .toList();
    assertTrue(allowed.size() >= 9 && !allowed.contains(LACKING), allowed::toString);
    int other = 0;
    while (allowed.contains(other)) {
      other++;
    }
    beginner.send(request(allowed.get(0), 0), request(other, 0));
    assertEquals(List.of(reject(other, 0)), beginner.received());
    swarm.await(() -> swarm.counters.up.total() == BLOCK);
    assertEquals(1, beginner.received(PeerMessage.Piece.class).size());
  }

  @Test
  void nobodyLivesOnAllowedFastPieces() throws Exception {
    fillSlots();
    TestPeer greedy = swarm.join("10.0.0.2", TestPeer.FAST).send(new PeerMessage.HaveNone());
    List<PeerMessage.AllowedFast> allowed = greedy.received(PeerMessage.AllowedFast.class);
    int piece = allowed.get(0).piece();
    long bytes = 4L * BLOCK * allowed.size(); // four blocks a piece
    for (long sent = BLOCK; sent <= bytes; sent += BLOCK) {
      long asked = sent;
      greedy.send(request(piece, 0));
      swarm.await(() -> swarm.counters.up.total() == asked);
    }
    assertEquals(List.of(), greedy.received(PeerMessage.Reject.class));
    greedy.send(request(piece, 0));
    assertEquals(List.of(reject(piece, 0)), greedy.received(PeerMessage.Reject.class));
  }

  @Test
  void whoHasManyPiecesIsNoBeginner() {
    fillSlots();
    TestPeer peer = swarm.join("10.0.0.2", TestPeer.FAST).send(new PeerMessage.HaveNone());
    int piece = peer.received(PeerMessage.AllowedFast.class).get(0).piece();
    for (int have = 0; have <= PieceOffers.ALLOWED_FAST; have++) {
      peer.send(new PeerMessage.Have(have));
    }
    peer.send(request(piece, 0));
    assertEquals(List.of(reject(piece, 0)), peer.received());
    TestPeer another = swarm.join("10.0.0.3", TestPeer.FAST);
    byte[] many = {-1, -1, 0};
    another.send(new PeerMessage.BitfieldMessage(many));
    assertEquals(List.of(), another.received(PeerMessage.AllowedFast.class));
  }

  @Test
  void aNumberOfSlotsIsKept() {
    swarm.maxUploads = 2;
    swarm.pass(1);
    List<TestPeer> leeches = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      leeches.add(swarm.join("10.0.0." + i, TestPeer.PLAIN).send(new PeerMessage.Interested()));
    }
    swarm.pass(25);
    long unchoked = swarm.swarm.peers().stream().filter(peer -> !peer.amChoking()).count();
    assertEquals(2, unchoked);
    swarm.maxUploads = 5;
    swarm.pass(1);
    unchoked = swarm.swarm.peers().stream().filter(peer -> !peer.amChoking()).count();
    assertEquals(5, unchoked, "free slots are given away at once");
  }

  @Test
  void superSeedingShowsOnePieceAtATime() throws Exception {
    swarm.swarm.superSeed(new java.util.SplittableRandom(1));
    TestPeer alone = swarm.join("10.0.0.2", TestPeer.BOTH);
    List<PeerMessage> greeting = alone.received();
    assertTrue(greeting.contains(new PeerMessage.HaveNone()), greeting::toString);
    PeerMessage.Have shown = (PeerMessage.Have) greeting.get(greeting.size() - 1);
    alone.send(new PeerMessage.HaveNone(), new PeerMessage.Interested());
    assertEquals(List.of(new PeerMessage.Unchoke()), alone.received());
    int hidden = (shown.piece() + 1) % LACKING;
    alone.send(request(hidden, 0), request(shown.piece(), 0));
    assertEquals(List.of(reject(hidden, 0)), alone.received());
    swarm.await(() -> swarm.counters.up.total() == BLOCK);
    assertEquals(1, alone.received(PeerMessage.Piece.class).size());
    alone.send(shown);
    assertEquals(1, alone.received(PeerMessage.Have.class).size());
  }
}
