package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtEvent;
import io.torrentstream.storage.StorageOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions in a DHT of their own: two of them and a node that both begin with. */
class SessionDhtTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final TestTorrent TORRENT = TestTorrent.of(5 << 14, 1 << 14);

  /** The same data: a node keeps one peer for an address and a torrent, and all have one here. */
  private static final TestTorrent SECOND = TORRENT.asOther();

  private static final long LIMIT_SECONDS = 20;

  @TempDir Path dir;

  private DhtService router;

  @BeforeEach
  void openRouter() throws Exception {
    router =
        DhtService.open(new DhtService.Options(LOOPBACK, 0, 0, DhtConfig.DEFAULT, List.of(), null));
  }

  @AfterEach
  void closeRouter() {
    router.close();
  }

  private Session session(List<InetSocketAddress> nodes, String stateFile) throws Exception {
    return Session.open(
        SessionConfig.DEFAULT
            .withBind(LOOPBACK)
            .withPorts(0, 0)
            .withDht(new DhtSettings(nodes, dir.resolve(stateFile))));
  }

  private Session session(String stateFile) throws Exception {
    return session(List.of(new InetSocketAddress(LOOPBACK, router.port())), stateFile);
  }

  private TorrentHandle seed(Session session, TestTorrent torrent) throws Exception {
    Path seedDir = Files.createTempDirectory(dir, "seed"); // a file that changes is not shared
    torrent.writeTo(seedDir);
    return session.add(
        torrent.metainfo(),
        TorrentOptions.seeding(
            StorageOptions.in(seedDir),
            SourceOptions.DEFAULT,
            new TorrentOptions.Seeding(false, false)));
  }

  private TorrentHandle download(Session session, TestTorrent torrent, Duration stallTimeout)
      throws Exception {
    Path target = Files.createTempDirectory(dir, "download");
    return session.add(
        torrent.metainfo(),
        new TorrentOptions(
            StorageOptions.in(target), SourceOptions.DEFAULT, null, false, stallTimeout, null));
  }

  private void awaitAnnounces(int torrents) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (router.status().get().torrents() < torrents) {
      assertTrue(System.nanoTime() < end, "nobody announced");
      Thread.onSpinWait();
    }
  }

  @Test
  void aTorrentWithoutTrackersIsFoundAndKnownNodesAreRemembered() throws Exception {
    try (Session seeds = session("seed.dht")) {
      seed(seeds, TORRENT);
      seed(seeds, SECOND);
      awaitAnnounces(2);
      try (Session leeches = session("leech.dht")) {
        download(leeches, TORRENT, Duration.ZERO).completion().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
      // The next run needs nobody to begin with.
      try (Session leeches = session(List.of(), "leech.dht")) {
        download(leeches, SECOND, Duration.ZERO).completion().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void theNodesOfATorrentAreEnoughToBeginWith() throws Exception {
    TestTorrent torrent = TORRENT.withNodes("127.0.0.1:" + router.port());
    try (Session seeds = session(List.of(), "seed.dht")) {
      seed(seeds, torrent);
      awaitAnnounces(1);
    }
  }

  @Test
  void aPrivateTorrentAsksNobody() throws Exception {
    try (Session seeds = session("seed.dht")) {
      TorrentHandle handle = seed(seeds, TORRENT.asPrivate());
      handle.completion().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      // That of another torrent comes from the same session, later than a first one would have.
      seed(seeds, TORRENT);
      awaitAnnounces(1);
    }
    DhtService.Status status = router.status().get();
    assertEquals(1, status.torrents());
    assertTrue(status.counts().get(DhtEvent.ANSWERED) > 0);
  }

  /** Longer than the stall timeout: the DHT is asked first. */
  @Test
  void noPeersIsSaidOnlyWhenTheDhtKnowsNone() throws Exception {
    try (Session leeches = session("leech.dht")) {
      TorrentHandle handle = download(leeches, TORRENT, Duration.ofMillis(1));
      TorrentFailure failure = failure(handle);
      assertEquals(TorrentFailure.Reason.NO_PEERS, failure.reason());
      assertEquals("no peers found in 0 s", failure.getMessage());
    }
    assertTrue(router.status().get().counts().get(DhtEvent.ANSWERED) > 0, "it was asked");
  }

  @Test
  void aDhtOfNobodyIsSaidToBeOne() throws Exception {
    try (Session leeches = session(List.of(), "none.dht")) {
      TorrentFailure failure = failure(download(leeches, TORRENT, Duration.ofSeconds(1)));
      assertEquals("no peers found in 1 s, no DHT node answered", failure.getMessage());
    }
    assertFalse(Files.exists(dir.resolve("none.dht")), "nothing to remember");
  }

  private static TorrentFailure failure(TorrentHandle handle) {
    ExecutionException failed =
        assertThrows(
            ExecutionException.class,
            () -> handle.completion().get(LIMIT_SECONDS, TimeUnit.SECONDS));
    return (TorrentFailure) failed.getCause();
  }
}
