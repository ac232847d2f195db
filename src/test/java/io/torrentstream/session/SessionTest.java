package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.net.ScriptedPeer;
import io.torrentstream.net.SeedingPeer;
import io.torrentstream.storage.StorageOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a session promises of its torrents: options kept, and ended in any state. */
@Timeout(60)
class SessionTest {
  private static final SessionConfig ANY_PORT =
      SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);

  @TempDir private Path dir;

  private final TestTorrent torrent = TestTorrent.of(1_000_001, 64 * 1024);
  private Session session;

  @BeforeEach
  void open() throws IOException {
    session = Session.open(ANY_PORT);
  }

  @AfterEach
  void close() {
    session.close();
  }

  /** A seed that notes what it is asked for. */
  private static class Seed extends SeedingPeer {
    final Queue<Block> asked = new ConcurrentLinkedQueue<>();

    Seed(TestTorrent torrent) throws IOException {
      super(torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    }

    @Override
    protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
      asked.add(block);
      super.onRequest(peer, block);
    }
  }

  // --- options

  @Test
  void fetchesTheWantedFilesOnly() throws Exception {
    TestTorrent files = TestTorrent.ofFiles(64 * 1024, 100_000, 300_000, 400_000);
    BitSet second = new BitSet();
    second.set(1);
    try (Seed seed = new Seed(files)) {
      TorrentHandle download =
          session.add(files.metainfo(), options(second, false, 0, seed.address()));
      assertEquals(dir.resolve("content"), download.completion().get());
      byte[] wanted = java.util.Arrays.copyOfRange(files.content(), 100_000, 400_000);
      assertArrayEquals(wanted, Files.readAllBytes(dir.resolve("content/b.bin")));
      assertFalse(Files.exists(dir.resolve("content/a.bin")));
      assertFalse(Files.exists(dir.resolve("content/c.bin")));
      // Pieces 1 to 6 hold bytes 65,536 to 458,751.
      assertTrue(seed.asked.stream().allMatch(block -> block.piece() >= 1 && block.piece() <= 6));
      assertEquals(300_000, download.status().wanted());
      assertEquals(300_000, download.status().verified());
      assertEquals(6 * 64 * 1024, download.status().downloaded());
    }
  }

  @Test
  void sequentialAsksInOrder() throws Exception {
    try (Seed seed = new Seed(torrent)) {
      session.add(torrent.metainfo(), options(null, true, 0, seed.address())).completion().get();
      List<Block> asked = new ArrayList<>(seed.asked);
      for (int i = 1; i < asked.size(); i++) {
        long before = asked.get(i - 1).piece() * 1_000_000L + asked.get(i - 1).begin();
        assertTrue(before < asked.get(i).piece() * 1_000_000L + asked.get(i).begin());
      }
    }
  }

  @Test
  void keepsADownloadLimit() throws Exception {
    try (Session limited = Session.open(ANY_PORT.withRates(250_000, 0));
        Seed seed = new Seed(torrent)) {
      long begin = System.nanoTime();
      limited.add(torrent.metainfo(), options(null, false, 0, seed.address())).completion().get();
      assertTookAbout(begin, 3.0); // 1,000,000 bytes, less a burst and the last read
    }
  }

  @Test
  void keepsAnUploadLimit() throws Exception {
    Path seedDir = Files.createDirectory(dir.resolve("seed"));
    torrent.writeTo(seedDir);
    try (Session limited = Session.open(ANY_PORT.withRates(0, 400_000))) {
      TorrentHandle seed =
          limited.add(torrent.metainfo(), TorrentOptions.of(StorageOptions.in(seedDir)));
      seed.completion().get();
      long begin = System.nanoTime();
      InetSocketAddress address = new InetSocketAddress("127.0.0.1", limited.port());
      session.add(torrent.metainfo(), options(null, false, 0, address)).completion().get();
      assertTookAbout(begin, 2.0);
      await(() -> seed.status().uploaded() == torrent.content().length);
    }
  }

  private static void assertTookAbout(long begin, double seconds) {
    double took = (System.nanoTime() - begin) / 1e9;
    assertTrue(took > seconds * 0.7 && took < seconds * 8, () -> took + " s");
  }

  // --- ends

  @Test
  void aTorrentWithoutBytesIsCompleteAtOnce() throws Exception {
    TestTorrent empty = TestTorrent.ofFiles(64 * 1024, 0, 0);
    TorrentHandle download = session.add(empty.metainfo(), options(null, false, 0));
    assertEquals(dir.resolve("content"), download.completion().get());
    assertEquals(0, Files.size(dir.resolve("content/b.bin")));
    assertEquals(TorrentState.SEEDING, download.status().state());
  }

  @Test
  void aDiskThatFailsMidwayEndsItAndAsksNobodyAnyMore() throws Exception {
    CountDownLatch truncated = new CountDownLatch(1);
    try (Seed seed =
        new Seed(torrent) {
          @Override
          protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
            if (asked.size() > 20) {
              awaitLatch(truncated);
            }
            super.onRequest(peer, block);
          }
        }) {
      TorrentHandle download =
          session.add(torrent.metainfo(), options(null, true, 0, seed.address()));
      await(() -> download.status().verified() > 0);
      Path part = dir.resolve("content.bin.part");
      try (FileChannel file = FileChannel.open(part, StandardOpenOption.WRITE)) {
        file.truncate(0);
      }
      truncated.countDown();
      assertEquals(TorrentFailure.Reason.IO, failure(download).reason());
      assertEquals(TorrentState.ERROR, download.status().state());
      await(() -> download.status().peers() == 0);
      assertFalse(Files.exists(dir.resolve("content.bin")));
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTorrentStoppedWhileItIsCheckedMayBeAddedAnew() throws Exception {
    torrent.writeTo(dir);
    TorrentHandle first = session.add(torrent.metainfo(), options(null, false, 0));
    var stop = first.stop();
    var again = first.stop();
    stop.get();
    again.get();
    assertEquals(TorrentState.STOPPED, first.status().state());
    assertThrows(CancellationException.class, () -> first.completion().get());
    TorrentHandle second = session.add(torrent.metainfo(), options(null, false, 0));
    assertEquals(dir.resolve("content.bin"), second.completion().get());
    assertEquals(0, second.status().downloaded());
  }

  @Test
  void aStoppedDownloadHasNoPeersAndStaysStopped() throws Exception {
    try (Seed seed =
        new Seed(torrent) {
          @Override
          protected void onRequest(ScriptedPeer peer, Block block) {}
        }) {
      TorrentHandle download =
          session.add(torrent.metainfo(), options(null, false, 0, seed.address()));
      await(() -> download.status().peers() == 1);
      download.stop().get();
      assertEquals(0, download.status().peers());
      assertEquals(TorrentState.STOPPED, download.status().state());
      assertTrue(download.completion().isCancelled());
    }
  }

  @Test
  void closesWithTorrentsInEveryState() throws Exception {
    TestTorrent seeding = TestTorrent.of(70_000, 32 * 1024);
    seeding.writeTo(dir);
    TorrentHandle seed = session.add(seeding.metainfo(), options(null, false, 0));
    seed.completion().get();
    TorrentHandle failed = session.add(TestTorrent.of(3, 16384).metainfo(), failing());
    failure(failed);
    TestTorrent other = TestTorrent.of(5, 16384);
    TorrentHandle stopped = session.add(other.metainfo(), inFolder("stopped"));
    stopped.stop().get();
    TorrentHandle downloading =
        session.add(TestTorrent.of(6, 16384).metainfo(), inFolder("downloading"));
    await(() -> downloading.status().state() == TorrentState.DOWNLOADING);
    TorrentHandle refused = session.add(seeding.metainfo(), options(null, false, 0));
    failure(refused);
    TorrentHandle checking = session.add(torrent.metainfo(), inFolder("checking"));
    session.close();
    session.close();
    assertEquals(TorrentState.STOPPED, seed.status().state());
    assertEquals(TorrentState.ERROR, failed.status().state());
    assertTrue(downloading.completion().isCancelled());
    assertTrue(checking.completion().isCancelled());
    for (TorrentHandle handle : List.of(seed, failed, stopped, downloading, refused, checking)) {
      handle.stop().get();
    }
  }

  // --- connections

  @Test
  void twoThatDialEachOtherKeepOneConnection() throws Exception {
    try (Session other = Session.open(ANY_PORT)) {
      TorrentHandle here = session.add(torrent.metainfo(), inFolder("here", address(other.port())));
      TorrentHandle there =
          other.add(torrent.metainfo(), inFolder("there", address(session.port())));
      await(() -> here.status().peers() == 1 && there.status().peers() == 1);
      try (Seed seed = new Seed(torrent)) {
        seed.connectTo(address(session.port()));
        there.completion().get(); // through the one connection
        here.completion().get();
      }
    }
  }

  @Test
  void aConnectionToItselfIsNoPeer() {
    TorrentHandle download =
        session.add(torrent.metainfo(), options(null, false, 2, address(session.port())));
    assertEquals(TorrentFailure.Reason.NO_PEERS, failure(download).reason());
    assertEquals(0, download.status().knownAddresses());
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }

  private TorrentOptions failing() throws IOException {
    Path file = Files.createFile(dir.resolve("no-folder"));
    return TorrentOptions.of(StorageOptions.in(file));
  }

  private TorrentOptions inFolder(String name, InetSocketAddress... peers) throws IOException {
    Path folder = Files.createDirectory(dir.resolve(name));
    return TorrentOptions.of(StorageOptions.in(folder)).withPeers(List.of(peers));
  }

  private TorrentOptions options(
      BitSet files, boolean sequential, int stallSeconds, InetSocketAddress... peers) {
    return new TorrentOptions(
        StorageOptions.in(dir),
        SourceOptions.DEFAULT.withPeers(List.of(peers)),
        files,
        sequential,
        Duration.ofSeconds(stallSeconds),
        null);
  }

  private static TorrentFailure failure(TorrentHandle download) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> download.completion().get());
    return assertInstanceOf(TorrentFailure.class, failed.getCause());
  }

  /** Waits for a status, which changes once a second. */
  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) { // bounded by the class's timeout
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      assertFalse(Thread.currentThread().isInterrupted(), "timed out");
    }
  }
}
