package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.interop.RealTracker.Scrape;
import io.torrentstream.interop.TestContent.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code tsl peers} asks opentracker over HTTP, UDP and HTTPS at the same time. */
@ExtendWith(Workspace.Provider.class)
class PeersIT {
  private static final Scrape ONE_SEED = new Scrape(1, 0, 0);

  private final Workspace workspace;
  private RealTracker tracker;
  private HttpsFront front;
  private LibtorrentPeer seed;
  private List<String> urls;
  private String torrent;

  PeersIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void startSwarm() throws Exception {
    TestContent content = workspace.content(Shape.SINGLE_FILE, 64);
    tracker = RealTracker.start(content.info().infoHash(), workspace);
    front = HttpsFront.start(tracker, workspace);
    urls = List.of(tracker.httpUrl(), tracker.udpUrl(), front.url());
    TestContent announcing = content.withTrackers(workspace.newFolder("torrent"), urls);
    torrent = announcing.torrent().toString();
    seed = LibtorrentPeer.start(announcing, content.folder(), workspace);
    tracker.awaitSwarm(ONE_SEED);
  }

  /** What a skipped test did not start is null. */
  @AfterEach
  void stopSwarm() {
    if (seed != null) {
      seed.close();
    }
    if (front != null) {
      front.close();
    }
    if (tracker != null) {
      tracker.close();
    }
  }

  private List<String> peers(String... options) throws Exception {
    String[] args = new String[options.length + 5];
    args[0] = "peers";
    args[1] = torrent;
    args[2] = "--tracker-ca";
    args[3] = front.authority().toString();
    args[4] = "--no-dht";
    System.arraycopy(options, 0, args, 5, options.length);
    try (TslProcess tsl = TslProcess.start(workspace, args)) {
      tsl.assertExit(0);
      return tsl.stdout().lines().toList();
    }
  }

  @Test
  void namesTheSeedAndLeavesTheSwarm() throws Exception {
    List<String> lines = peers();
    assertEquals(urls.size() + 1, lines.size(), () -> String.join("\n", lines));
    for (int i = 0; i < urls.size(); i++) {
      assertTrue(lines.get(i).startsWith(urls.get(i) + " seeders 1, "), lines.get(i));
    }
    assertEquals(seed.address(), lines.get(urls.size()));
    tracker.awaitSwarm(ONE_SEED);
  }

  @Test
  void countsWithoutJoining() throws Exception {
    List<String> expected = urls.stream().map(url -> url + " seeders 1, leechers 0").toList();
    assertEquals(expected, peers("--scrape"));
  }
}
