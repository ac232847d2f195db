package io.torrentstream.cli;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.Session;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.SourceOptions;
import io.torrentstream.session.TorrentOptions;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.tool.TrackerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A tracker and seeds on this machine. All of them listen on the loopback address only, so nobody
 * else sees them, and the addresses that the tracker hands out are loopback addresses.
 */
final class DemoSwarm implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final CountDownLatch ready = new CountDownLatch(1);
  private final List<Session> seeds = new ArrayList<>();
  private final int seedCount;
  private final TrackerServer tracker;

  /** A swarm of {@code seedCount} seeds, none of which has started yet. */
  DemoSwarm(int seedCount) throws IOException {
    this.seedCount = seedCount;
    this.tracker = TrackerServer.open(InetAddress.getLoopbackAddress(), 0, this::onAnnounce);
  }

  private void onAnnounce(InfoHash infoHash, int seeders, int leechers) {
    if (seeders >= seedCount) {
      ready.countDown();
    }
  }

  String announceUrl() {
    return tracker.announceUrl();
  }

  /**
   * Starts one seed.
   *
   * @param dir that has the torrent's data
   * @param maxUpRate bytes per second, 0 for unlimited
   */
  void addSeed(Metainfo metainfo, Path dir, long maxUpRate) throws IOException {
    SessionConfig config =
        SessionConfig.DEFAULT
            .withBind(InetAddress.getLoopbackAddress())
            .withPorts(0, 0)
            .withRates(0, maxUpRate);
    Session seed = Session.open(config);
    seeds.add(seed);
    seed.add(
        metainfo,
        TorrentOptions.seeding(
            StorageOptions.in(dir),
            SourceOptions.DEFAULT.withTrackers(List.of(tracker.announceUrl())),
            new TorrentOptions.Seeding(false, false)));
  }

  /** The port of the first seed. */
  int seedPort() {
    return seeds.get(0).port();
  }

  /**
   * Waits until the tracker has heard of every seed, so that the first announce of the download
   * finds them.
   */
  void awaitSeeds() throws IOException, InterruptedException {
    if (!ready.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("the seeds are not at the tracker after a minute");
    }
  }

  @Override
  public void close() {
    seeds.forEach(Session::close);
    tracker.close();
  }
}
