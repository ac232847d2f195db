package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.net.RangeFailure;
import io.torrentstream.net.RangeFailure.Kind;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A web seed on virtual time, alone and beside peers. */
@Timeout(60)
class WebSeedTest {
  private static final int BLOCK = PieceLayout.BLOCK_LENGTH;
  private static final int PIECE = 2 * BLOCK;
  private static final String URL = "http://a.example/f";
  private static final String GONE = "; it is not used any more";

  @TempDir Path dir;
  private TestSwarm swarm;
  private final FakeWeb web = new FakeWeb();

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private void start(TestTorrent torrent) throws Exception {
    swarm = new TestSwarm(torrent, dir);
    swarm.serve(web, URL);
  }

  /** Of one file with so many pieces. */
  private TestTorrent startWithPieces(int pieces) throws Exception {
    TestTorrent torrent = TestTorrent.of(pieces * PIECE - 100, PIECE);
    start(torrent);
    return torrent;
  }

  private static byte[] file(TestTorrent torrent, int file) {
    var entry = torrent.metainfo().info().files().get(file);
    int from = (int) entry.offset();
    return java.util.Arrays.copyOfRange(torrent.content(), from, from + (int) entry.length());
  }

  /** The peers and the servers answer all that they are asked for, until nothing is missing. */
  private void finish(TestTorrent torrent, TestPeer... peers) throws Exception {
    swarm.pass(1);
    boolean asked = true;
    while (asked) {
      asked = web.waiting() > 0;
      while (web.waiting() > 0) {
        FakeWeb.Request request = web.next();
        if (!request.cancelled) {
          request.finish(torrent.content());
        }
        swarm.run();
      }
      for (TestPeer peer : peers) {
        List<Block> blocks = peer.requested();
        asked |= !blocks.isEmpty();
        peer.answer(blocks);
      }
    }
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void fetchesAllInOneRequest() throws Exception {
    TestTorrent torrent = startWithPieces(10);
    FakeWeb.Request request = web.next("/f 0+" + torrent.content().length);
    assertEquals(torrent.content().length, request.range.fileLength());
    request.finish(torrent.content());
    swarm.await(swarm.picker::isComplete);
    assertEquals(0, swarm.webSeeds.activeCount());
    assertEquals(torrent.content().length, swarm.counters.down.total());
    assertEquals(0, swarm.counters.wasted);
    assertEquals(List.of(), swarm.warnings);
  }

  @Test
  void goesOnWithTheNextRun() throws Exception {
    TestTorrent torrent = startWithPieces(40); // 1.25 MiB
    web.next("/f 0+1048576").finish(torrent.content());
    swarm.run();
    web.next("/f 1048576+262044").finish(torrent.content());
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void asksForEachFileAndForNoEmptyOne() throws Exception {
    TestTorrent torrent = TestTorrent.ofFiles(PIECE, 50_000, 0, 3_000, 40_000);
    start(torrent);
    web.next("/f/content/a.bin 0+50000").finish(file(torrent, 0));
    web.next("/f/content/c.bin 0+3000").finish(file(torrent, 2));
    web.next("/f/content/d.bin 0+40000").finish(file(torrent, 3));
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void padFilesAreKnown() throws Exception {
    TestTorrent torrent = TestTorrent.padded(PIECE, 50_000, 40_000);
    start(torrent);
    web.next("/f/content/a.bin 0+50000").finish(file(torrent, 0));
    web.next("/f/content/c.bin 0+40000").finish(file(torrent, 2));
    swarm.await(swarm.picker::isComplete);
    assertEquals(90_000, swarm.counters.down.total());
  }

  @Test
  void aMissingFileIsLeftOutAlone() throws Exception {
    TestTorrent torrent = TestTorrent.ofFiles(PIECE, 2 * PIECE, PIECE + 100, PIECE);
    start(torrent);
    web.next("/f/content/a.bin 0+65536").finish(file(torrent, 0));
    web.next("/f/content/b.bin 0+32868").fail(new RangeFailure(Kind.FILE, "HTTP status 404"));
    swarm.run();
    web.next("/f/content/c.bin 32668+100").finish(file(torrent, 2)); // the rest shares a piece
    assertEquals(
        List.of("web seed http://a.example/...: HTTP status 404 for content/b.bin; it is left out"),
        swarm.warnings);
    swarm.await(() -> swarm.picker.have().count() == 3);
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    peer.answer(peer.requested());
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void otherFilesStillComeAfterAMissingOne() throws Exception {
    TestTorrent torrent = TestTorrent.ofFiles(PIECE, PIECE, PIECE, PIECE, PIECE);
    start(torrent);
    web.next("/f/content/a.bin 0+32768").fail(Kind.FILE);
    swarm.run();
    web.next("/f/content/b.bin 0+32768").finish(file(torrent, 1));
    web.next("/f/content/c.bin 0+32768").fail(Kind.FILE);
    swarm.run();
    web.next("/f/content/d.bin 0+32768").finish(file(torrent, 3));
    swarm.await(() -> swarm.picker.have().count() == 2);
    assertEquals(1, swarm.warnings.size());
    assertEquals(0, swarm.picker.availability(0));
    assertEquals(1, swarm.picker.availability(1));
  }

  @Test
  void withoutAnyFileItIsGivenUp() throws Exception {
    startWithPieces(3);
    web.next().fail(new RangeFailure(Kind.FILE, "HTTP status 404"));
    assertEquals(List.of("web seed http://a.example/...: HTTP status 404" + GONE), swarm.warnings);
    swarm.pass(60);
    assertEquals(0, web.waiting());
    assertEquals("web seed http://a.example/...: HTTP status 404", swarm.webSeeds.lastError());
  }

  @Test
  void manyMissingFilesInARowAreNotAskedForOneByOne() throws Exception {
    int[] lengths = new int[100];
    java.util.Arrays.fill(lengths, PIECE);
    start(TestTorrent.ofFiles(PIECE, lengths));
    while (web.waiting() > 0) {
      web.next().fail(Kind.FILE);
      swarm.run();
    }
    assertEquals(50, web.requests.size());
    assertTrue(swarm.warnings.get(1).endsWith(GONE), swarm.warnings.toString());
  }

  @Test
  void aServerThatCannotBeUsedIsGivenUp() throws Exception {
    startWithPieces(3);
    web.next().fail(Kind.SERVER);
    swarm.pass(3600);
    assertEquals(0, web.waiting());
    assertEquals(List.of("web seed http://a.example/...: no luck" + GONE), swarm.warnings);
    assertEquals(0, swarm.picker.availability(0));
  }

  @Test
  void aWrongHashEndsIt() throws Exception {
    TestTorrent torrent = startWithPieces(40);
    byte[] changed = torrent.content().clone();
    changed[PIECE + 5]++;
    FakeWeb.Request request = web.next();
    request.send(changed, 2 * PIECE);
    swarm.await(() -> swarm.failures == 1);
    assertTrue(request.cancelled);
    assertEquals(
        List.of("web seed http://a.example/...: piece 1 has a wrong hash" + GONE), swarm.warnings);
    swarm.pass(60);
    assertEquals(0, web.waiting());
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    for (List<Block> asked = peer.requested(); !asked.isEmpty(); asked = peer.requested()) {
      peer.answer(asked);
    }
    swarm.await(swarm.picker::isComplete);
    assertEquals(1, swarm.failures);
  }

  /** Each has pieces of its own, so neither is suspected for what the other sends. */
  @Test
  void noPeerIsBlamedForItNorItForAPeer() throws Exception {
    TestTorrent torrent = TestTorrent.of(4 * PIECE, PIECE);
    swarm = new TestSwarm(torrent, dir);
    TestPeer bad = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    List<Block> asked = bad.requested();
    assertEquals(8, asked.size());
    bad.sendBlock(0, 0, new byte[BLOCK]);
    swarm.serve(web, URL);
    bad.end(); // leaves a wrong block behind
    finish(torrent);
    assertEquals(0, swarm.failures);
    assertEquals(List.of(), swarm.warnings);
  }

  @Test
  void aBusyServerIsLeftAloneForAsLongAsItSays() throws Exception {
    TestTorrent torrent = startWithPieces(3);
    web.next().fail(new RangeFailure(Kind.LATER, "no luck", java.time.Duration.ofSeconds(40)));
    swarm.pass(39);
    assertEquals(0, web.waiting());
    swarm.pass(2);
    web.next().finish(torrent.content());
    swarm.await(swarm.picker::isComplete);
    assertEquals(
        List.of("web seed http://a.example/...: no luck; it is asked again later"), swarm.warnings);
  }

  @Test
  void pausesDouble() throws Exception {
    startWithPieces(3);
    for (int pause : new int[] {5, 10, 20, 40, 80, 160, 320, 600, 600}) {
      web.next().fail(Kind.LATER);
      swarm.pass(pause - 1);
      assertEquals(0, web.waiting(), "pause of " + pause + " s");
      swarm.pass(2);
      assertEquals(1, web.waiting(), "pause of " + pause + " s");
    }
  }

  @Test
  void aBrokenRunGoesOnWhereItEnded() throws Exception {
    TestTorrent torrent = startWithPieces(3);
    FakeWeb.Request request = web.next("/f 0+98204");
    request.send(torrent.content(), PIECE + BLOCK + 5);
    request.fail(Kind.LATER);
    swarm.pass(6);
    web.next("/f 49152+16384").finish(torrent.content());
    swarm.run();
    web.next("/f 65536+32668").finish(torrent.content());
    swarm.await(swarm.picker::isComplete);
    assertEquals(List.of(), swarm.warnings); // once is no news
    assertEquals(0, swarm.counters.wasted);
  }

  @Test
  void silenceEndsTheConnection() throws Exception {
    TestTorrent torrent = startWithPieces(3);
    FakeWeb.Request request = web.next();
    request.send(torrent.content(), 10);
    swarm.pass(29);
    assertFalse(request.cancelled);
    swarm.pass(3);
    assertTrue(request.cancelled);
    assertEquals("web seed http://a.example/...: no data for 30 s", swarm.webSeeds.lastError());
    swarm.pass(6);
    assertEquals(1, web.waiting());
  }

  @Test
  void othersTakeOverFromASilentOne() throws Exception {
    TestTorrent torrent = startWithPieces(3);
    FakeWeb.Request request = web.next();
    request.send(torrent.content(), PIECE + BLOCK);
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    assertEquals(List.of(), peer.requested());
    swarm.pass(12);
    List<Block> asked = peer.requested();
    assertEquals(4, asked.size());
    peer.answer(asked);
    swarm.await(swarm.picker::isComplete);
    assertTrue(request.cancelled);
  }

  /**
   * A peer may begin anew what a slow server is about to send; the rest of the run still counts.
   */
  @Test
  void breaksOffWhatOthersHaveTakenOver() throws Exception {
    TestTorrent torrent = startWithPieces(6);
    FakeWeb.Request request = web.next();
    request.send(torrent.content(), 100);
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    swarm.pass(12);
    List<Block> asked = peer.requested();
    assertFalse(asked.isEmpty());
    request.send(torrent.content(), BLOCK); // too late for this one
    swarm.run();
    assertTrue(request.cancelled);
    peer.answer(asked);
    finish(torrent, peer);
    assertEquals(0, swarm.failures);
  }

  @Test
  void fillsUpWhatASlowPeerKeepsWaitingFor() throws Exception {
    TestTorrent torrent = TestTorrent.of(PIECE, PIECE);
    swarm = new TestSwarm(torrent, dir);
    TestPeer slow = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    assertEquals(2, slow.requested().size());
    swarm.serve(web, URL);
    web.next("/f 0+32768").finish(torrent.content()); // taken to be faster than nothing at all
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void aServerThatSendsNothingTakesNoPieceFromASlowPeer() throws Exception {
    startWithPieces(1);
    web.next().fail(Kind.LATER);
    TestPeer slow = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    List<Block> asked = slow.requested();
    swarm.pass(10);
    assertEquals(0, web.waiting());
    slow.answer(asked);
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void keepsToTheDownloadLimit() throws Exception {
    TestTorrent torrent = TestTorrent.of(10 * PIECE, PIECE);
    swarm = new TestSwarm(torrent, dir);
    swarm.downLimit = new RateLimiter(PIECE, swarm.time.nanoTime());
    swarm.serve(web, URL);
    FakeWeb.Request request = web.next();
    request.send(torrent.content(), BLOCK / 2);
    assertFalse(request.paused);
    request.send(torrent.content(), PIECE);
    assertTrue(request.paused);
    swarm.pass(1);
    assertFalse(request.paused);
    request.send(torrent.content(), 4 * PIECE);
    swarm.pass(3);
    assertTrue(request.paused);
    swarm.pass(2);
    assertFalse(request.paused);
  }

  @Test
  void aPauseOfOursIsNoSilence() throws Exception {
    TestTorrent torrent = TestTorrent.of(10 * PIECE, PIECE);
    swarm = new TestSwarm(torrent, dir);
    swarm.downLimit = new RateLimiter(1000, swarm.time.nanoTime());
    swarm.serve(web, URL);
    FakeWeb.Request request = web.next();
    request.send(torrent.content(), 2 * PIECE);
    swarm.pass(40);
    assertTrue(request.paused);
    assertFalse(request.cancelled);
  }

  @Test
  void theTorrentsOwnComeAfterTheNamedOnesAndAreNotTrusted() throws Exception {
    TestTorrent torrent =
        TestTorrent.of(3 * PIECE, PIECE)
            .withWebSeeds(URL, "ftp://a.example/f", "http://b.example/", "http://b.example/");
    start(torrent);
    assertTrue(web.next("/f 0+98304").range.trusted());
    assertEquals(0, web.waiting()); // the other has nothing left to ask for
    web.requests.get(0).fail(Kind.SERVER);
    swarm.pass(1);
    assertFalse(web.next("/content.bin 0+98304").range.trusted());
    assertEquals(1, swarm.warnings.size());
  }

  @Test
  void aTorrentCannotNameAnyNumber() throws Exception {
    String[] many = new String[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = "http://a" + i + ".example/f";
    }
    start(TestTorrent.of(200 * 64 * BLOCK, 64 * BLOCK).withWebSeeds(many));
    assertEquals(16, web.requests.size());
    assertEquals(16, swarm.webSeeds.activeCount());
  }

  @Test
  void aUserIsToldOfAnAddressOfNoUse() throws Exception {
    swarm = new TestSwarm(TestTorrent.ofFiles(PIECE, PIECE), dir);
    swarm.serve(web, "http://a.example/get?x=1");
    assertEquals(
        List.of("web seed: URL: has a query (expected: none, for names are added to it)"),
        swarm.warnings);
    assertTrue(swarm.webSeeds.isEmpty());
  }
}
