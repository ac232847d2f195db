package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.net.RangeFailure.Kind;
import io.torrentstream.wire.PeerMessage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A web seed that knows no ranges: whatever it is asked for, it sends files from their first byte.
 */
@Timeout(60)
class WholeFileServerTest {
  private static final int MIB = 1 << 20;
  private static final int BLOCKS = MIB / (16 * 1024); // of a piece

  /** So much is read and dropped for what lies behind it, whoever else sends. */
  private static final int FREE_SKIP = 64 * MIB;

  @TempDir Path dir;
  private TestSwarm swarm;
  private final FakeWeb web = new FakeWeb();

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private void start(TestTorrent torrent) throws Exception {
    swarm = new TestSwarm(torrent, dir);
    swarm.serve(web, "http://a.example/");
  }

  /** Sends all of what was asked for next, in small parts, but for what is no longer wanted. */
  private void answer(TestTorrent torrent) throws Exception {
    FakeWeb.Request request = web.next();
    request.answer(true);
    send(torrent, request, (int) request.range.fileLength());
  }

  private void send(TestTorrent torrent, FakeWeb.Request request, int length) throws Exception {
    byte[] file = file(torrent, request.range.url().target());
    int part;
    for (int sent = 0; sent < length && !request.cancelled; sent += part) {
      part = Math.min(length - sent, 100_000);
      request.send(file, part);
      swarm.settle(); // a server would be held up while the disk is behind
    }
    if (!request.cancelled && request.isWhole()) {
      request.finish(file);
    }
    swarm.run();
  }

  private TestPeer joinWith(int... pieces) throws Exception {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST);
    for (int piece : pieces) {
      peer.send(new PeerMessage.Have(piece));
    }
    return peer.unchoke();
  }

  private static byte[] file(TestTorrent torrent, String target) {
    var entry =
        torrent.metainfo().info().files().stream()
            .filter(each -> target.endsWith("/" + String.join("/", each.path())))
            .findFirst()
            .orElseThrow();
    int from = (int) entry.offset();
    return Arrays.copyOfRange(torrent.content(), from, from + (int) entry.length());
  }

  @Test
  void aLargeFileComesInOneAnswer() throws Exception {
    TestTorrent torrent = TestTorrent.of(FREE_SKIP + 3 * MIB + 100, MIB);
    start(torrent);
    answer(torrent);
    swarm.await(swarm.picker::isComplete);
    assertEquals(1, web.requests.size());
    assertEquals(0, swarm.counters.wasted);
    assertEquals(List.of(), swarm.warnings);
  }

  @Test
  void eachFileHasAnAnswerOfItsOwn() throws Exception {
    TestTorrent torrent = TestTorrent.ofFiles(MIB, 3 * MIB + 5, 100, 0, 2 * MIB, 70_000);
    start(torrent);
    while (web.waiting() > 0) {
      answer(torrent);
    }
    swarm.await(swarm.picker::isComplete);
    assertEquals(4, web.requests.size());
    assertEquals(0, swarm.counters.wasted);
  }

  @Test
  void padFilesAreNotAskedFor() throws Exception {
    TestTorrent torrent = TestTorrent.padded(MIB, 3 * MIB / 2, 40_000);
    start(torrent);
    answer(torrent);
    answer(torrent);
    swarm.await(swarm.picker::isComplete);
    assertEquals(2, web.requests.size());
  }

  @Test
  void whatIsThereAlreadyIsPassedOver() throws Exception {
    TestTorrent torrent = TestTorrent.of(10 * MIB, MIB);
    swarm = new TestSwarm(torrent, dir);
    TestPeer peer = joinWith(0, 1, 4);
    for (var asked = peer.requested(); !asked.isEmpty(); asked = peer.requested()) {
      peer.answer(asked);
    }
    swarm.await(() -> swarm.picker.have().count() == 3);
    swarm.serve(web, "http://a.example/");
    answer(torrent);
    swarm.await(swarm.picker::isComplete);
    assertEquals(1, web.requests.size());
    assertEquals(3 * MIB, swarm.counters.wasted);
  }

  /** Nobody knows before the first answer, and what was asked for lies somewhere in the middle. */
  @Test
  void beginsAtTheFrontOnceItIsKnown() throws Exception {
    TestTorrent torrent = TestTorrent.of(10 * MIB, MIB);
    swarm = new TestSwarm(torrent, dir);
    TestPeer slow = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    List<Block> asked = slow.requested();
    swarm.serve(web, "http://a.example/");
    FakeWeb.Request request = web.next();
    assertTrue(request.range.from() > 0, request.text());
    slow.end(); // so that what it was asked for is free again
    request.answer(true);
    send(torrent, request, 10 * MIB);
    assertEquals(0, asked.get(0).piece());
    swarm.await(swarm.picker::isComplete);
    assertEquals(1, web.requests.size());
    assertEquals(0, swarm.counters.wasted);
  }

  @Test
  void breaksOffWhatNobodyNeeds() throws Exception {
    TestTorrent torrent = TestTorrent.of(10 * MIB, MIB);
    swarm = new TestSwarm(torrent, dir);
    TestPeer peer = joinWith(3, 4, 5, 6, 7, 8, 9);
    for (var asked = peer.requested(); !asked.isEmpty(); asked = peer.requested()) {
      peer.answer(asked);
    }
    swarm.await(() -> swarm.picker.have().count() == 7);
    swarm.serve(web, "http://a.example/");
    FakeWeb.Request request = web.next();
    request.answer(true);
    send(torrent, request, 4 * MIB);
    swarm.await(swarm.picker::isComplete);
    assertTrue(request.cancelled);
    assertTrue(swarm.counters.wasted < 100_000, "wasted " + swarm.counters.wasted);
  }

  /** One block that came from elsewhere costs its piece, and not the answer. */
  @Test
  void goesOnBehindAPieceThatOthersHaveTakenOver() throws Exception {
    TestTorrent torrent = TestTorrent.of(4 * MIB, MIB);
    start(torrent);
    FakeWeb.Request request = web.next();
    request.answer(true);
    request.send(torrent.content(), 100);
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    swarm.pass(12); // it is silent for so long that others may begin anew
    assertFalse(peer.requested().isEmpty());
    send(torrent, request, 4 * MIB - 100);
    assertFalse(request.cancelled);
    answer(torrent); // the peer sends nothing, and a server is faster than that
    swarm.await(swarm.picker::isComplete);
    assertEquals(0, swarm.failures);
  }

  @Test
  void aBrokenAnswerIsReadToWhereItBroke() throws Exception {
    TestTorrent torrent = TestTorrent.of(FREE_SKIP + 10 * MIB, MIB);
    start(torrent);
    FakeWeb.Request request = web.next();
    request.answer(true);
    send(torrent, request, FREE_SKIP + 5 * MIB + MIB / 2);
    request.fail(Kind.LATER);
    swarm.pass(30); // nobody else sends, so however much lies in front is read
    FakeWeb.Request again = web.next();
    again.answer(true);
    long before = swarm.counters.useful();
    send(torrent, again, FREE_SKIP);
    assertEquals(before + FREE_SKIP, swarm.counters.useful(), "or a long way would be a stall");
    again.finish(torrent.content());
    swarm.await(swarm.picker::isComplete);
    assertEquals(FREE_SKIP + 5 * MIB + MIB / 2, swarm.counters.wasted, 16 * 1024);
  }

  @Test
  void asLongAsFasterPeersSendItDoesNotReadFar() throws Exception {
    TestTorrent torrent = TestTorrent.of(FREE_SKIP + 40 * MIB, MIB);
    start(torrent);
    FakeWeb.Request request = web.next();
    request.answer(true);
    send(torrent, request, FREE_SKIP + 5 * MIB);
    for (int i = 0; i < 10; i++) {
      swarm.pass(20);
      request.send(torrent.content(), 1000);
    }
    request.fail(Kind.LATER);
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    for (int i = 0; i < 10; i++) {
      swarm.pass(1);
      List<Block> asked = peer.requested();
      peer.answer(asked.subList(0, Math.min(BLOCKS, asked.size())));
      swarm.settle();
      assertEquals(0, web.waiting());
    }
    for (int seconds = 0; seconds < 60 && web.waiting() == 0; seconds++) {
      swarm.pass(1);
    }
    assertEquals(1, web.waiting());
  }

  /** A proxy in front of it may have learned them meanwhile. */
  @Test
  void rangesAreUsedOnceTheyCome() throws Exception {
    TestTorrent torrent = TestTorrent.ofFiles(MIB, MIB, 5 * MIB);
    start(torrent);
    FakeWeb.Request first = web.next();
    first.answer(true);
    send(torrent, first, MIB);
    FakeWeb.Request second = web.next();
    second.answer(false);
    second.send(file(torrent, "/content/b.bin"), 3 * MIB / 2);
    second.fail(Kind.LATER);
    swarm.pass(6);
    FakeWeb.Request third = web.next();
    assertEquals(3 * MIB / 2, third.range.from());
    third.finish(file(torrent, "/content/b.bin"));
    while (web.waiting() > 0 || !swarm.picker.isComplete()) {
      swarm.settle();
      swarm.pass(1);
      while (web.waiting() > 0) {
        web.next().finish(file(torrent, "/content/b.bin"));
        swarm.settle();
      }
    }
    assertEquals(0, swarm.counters.wasted);
  }
}
