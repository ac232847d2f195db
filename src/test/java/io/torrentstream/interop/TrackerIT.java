package io.torrentstream.interop;

import io.torrentstream.interop.RealTracker.Scrape;
import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The seed is found through opentracker alone, and opentracker is told what becomes of tsl. */
@ExtendWith(Workspace.Provider.class)
class TrackerIT {
  private static final Scrape ONE_SEED = new Scrape(1, 0, 0);
  private static final Scrape ONE_SEED_AFTER_DOWNLOAD = new Scrape(1, 0, 1);

  private final Workspace workspace;
  private TestContent content;
  private Path dir;
  private RealTracker tracker;
  private LibtorrentPeer seed;

  TrackerIT(Workspace workspace) {
    this.workspace = workspace;
  }

  @BeforeEach
  void startSwarm() throws Exception {
    content = workspace.content(Shape.SINGLE_FILE, 64);
    dir = workspace.newFolder("download");
    tracker = RealTracker.start(content.info().infoHash(), workspace);
    seed = LibtorrentPeer.start(announcingTo(tracker.httpUrl()), content.folder(), workspace);
    tracker.awaitSwarm(ONE_SEED);
  }

  /** What a skipped test did not start is null. */
  @AfterEach
  void stopSwarm() {
    if (seed != null) {
      seed.close();
    }
    if (tracker != null) {
      tracker.close();
    }
  }

  @Test
  void announcesOverHttp() throws Exception {
    downloadThrough("HTTP tracker", List.of(tracker.httpUrl()));
  }

  @Test
  void announcesOverUdp() throws Exception {
    downloadThrough("UDP tracker", List.of(tracker.udpUrl()));
  }

  @Test
  void announcesOverHttps() throws Exception {
    try (HttpsFront front = HttpsFront.start(tracker, workspace)) {
      downloadThrough(
          "HTTPS tracker", List.of(front.url()), "--tracker-ca", front.authority().toString());
    }
  }

  @Test
  void distrustsUnknownAuthority() throws Exception {
    try (HttpsFront front = HttpsFront.start(tracker, workspace);
        TslProcess tsl =
            TslProcess.download(
                workspace, announcingTo(front.url()), dir, "--stall-timeout", "2s")) {
      tsl.assertExit(4, Duration.ofSeconds(30));
      tracker.awaitSwarm(ONE_SEED);
    }
  }

  @Test
  void asksNextTierWhenTheFirstIsDead() throws Exception {
    String dead = "http://127.0.0.1:" + Workspace.freePort() + "/announce";
    downloadThrough("second tier", List.of(dead, tracker.udpUrl()));
  }

  /** Afterwards the tracker has counted one completion, and tsl has taken its leave. */
  private void downloadThrough(String label, List<String> trackers, String... options)
      throws Exception {
    TestContent announcing = announcingTo(trackers.toArray(String[]::new));
    try (TslProcess tsl = TslProcess.download(workspace, announcing, dir, options)) {
      Report.cell(label, content, tsl.assertDownloads(content, dir));
    }
    tracker.awaitSwarm(ONE_SEED_AFTER_DOWNLOAD);
  }

  private TestContent announcingTo(String... trackers) throws Exception {
    return content.withTrackers(workspace.newFolder("torrent"), List.of(trackers));
  }
}
