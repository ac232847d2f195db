package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.net.RangeFailure;
import io.torrentstream.net.RangeFailure.Kind;
import io.torrentstream.net.RangeFetcher;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A web seed that knows no ranges, and files that reach further than those are read for. */
@Timeout(60)
class WholeFileServerTest {
  private static final int MIB = 1 << 20;
  private static final int REACH = (int) RangeFetcher.WHOLE_FILE_REACH;

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

  /** Answers as the fetcher does for such a server, until it is asked for no more. */
  private void answerAll(TestTorrent torrent) throws Exception {
    while (web.waiting() > 0) {
      answer(torrent, web.next());
      swarm.settle(); // it asks for nothing while the disk is behind
      swarm.pass(1);
    }
  }

  private static void answer(TestTorrent torrent, FakeWeb.Request request) {
    RangeFetcher.Range range = request.range;
    if (range.from() + range.length() > REACH) {
      request.fail(new RangeFailure(Kind.TOO_FAR, "sends whole files only"));
    } else {
      request.finish(file(torrent, range.url().target()));
    }
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
  void onlyWhatLiesFarFromABeginningIsLeftToOthers() throws Exception {
    // The last piece of the second file also holds the third.
    TestTorrent torrent =
        TestTorrent.ofFiles(MIB, 3 * MIB, REACH + 2 * MIB + MIB / 2, MIB / 2, 4 * MIB);
    start(torrent);

    answerAll(torrent);

    int beyond = 3 + REACH / MIB;
    int pieces = torrent.layout().pieceCount();
    swarm.await(() -> swarm.picker.have().count() == pieces - 3);
    for (int piece = 0; piece < pieces; piece++) {
      boolean left = piece >= beyond && piece < beyond + 3;
      assertEquals(!left, swarm.picker.have().get(piece), "piece " + piece);
    }
    assertEquals(
        List.of(
            "web seed http://a.example/: sends whole files only for content/b.bin;"
                + " what lies beyond its first 64 MiB is left out"),
        swarm.warnings);

    TestPeer peer = swarm.join("10.0.0.1", TestPeer.FAST).sendAllPieces().unchoke();
    for (var asked = peer.requested(); !asked.isEmpty(); asked = peer.requested()) {
      peer.answer(asked);
    }
    swarm.await(swarm.picker::isComplete);
  }

  @Test
  void aFileThatIsAllWithinReachComesWhole() throws Exception {
    TestTorrent torrent = TestTorrent.of(REACH, MIB);
    start(torrent);
    answerAll(torrent);
    swarm.await(swarm.picker::isComplete);
    assertEquals(List.of(), swarm.warnings);
  }

  @Test
  void whereNothingLiesWithinReachItIsGivenUp() throws Exception {
    TestTorrent torrent = TestTorrent.of(REACH + 1, 2 * REACH);
    start(torrent);
    answerAll(torrent);
    assertTrue(swarm.warnings.get(0).endsWith("; it is not used any more"));
    assertFalse(swarm.picker.isComplete());
  }
}
