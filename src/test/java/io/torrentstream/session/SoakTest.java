package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.ScriptedPeer;
import io.torrentstream.net.SeedingPeer;
import io.torrentstream.storage.StorageOptions;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Downloads again and again, with sessions that come and go and downloads that are broken off and
 * taken up again: nothing may pile up. A few rounds; {@code tsl.soak.seconds} makes it as long as
 * that.
 */
class SoakTest {
  private static final long SECONDS = Long.getLong("tsl.soak.seconds", 0);
  private static final int ROUNDS = 8;
  private static final int LIMIT_SECONDS = 60;
  private static final long SEED = 1;
  private static final long MIB = 1 << 20;
  private static final SessionConfig ANY_PORT =
      SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);

  @TempDir private Path dir;

  private final TestTorrent torrent = TestTorrent.of(8_000_001, 64 * 1024);
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final List<Sample> samples = new ArrayList<>();

  /** What the process holds after a collection. */
  private record Sample(long heap, long descriptors, long threads, long mappings, long resident) {
    static Sample now() throws IOException {
      System.gc();
      return new Sample(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
              ? unix.getOpenFileDescriptorCount()
              : 0,
          ManagementFactory.getThreadMXBean().getThreadCount(),
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .filter(pool -> pool.getName().equals("mapped"))
              .mapToLong(BufferPoolMXBean::getCount)
              .sum(),
          residentBytes());
    }

    /** Zero where there is no such file. */
    private static long residentBytes() throws IOException {
      Path status = Path.of("/proc/self/status");
      if (!Files.exists(status)) {
        return 0;
      }
      try (Stream<String> lines = Files.lines(status)) {
        return lines
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum()
            * 1024;
      }
    }
  }

  @Test
  void memoryDescriptorsAndThreadsStayFlat() throws Exception {
    Path seedDir = Files.createDirectory(dir.resolve("seed"));
    torrent.writeTo(seedDir);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    try (Session session = Session.open(ANY_PORT)) {
      session
          .add(torrent.metainfo(), TorrentOptions.of(StorageOptions.in(seedDir)))
          .completion()
          .get();
      InetSocketAddress seed = new InetSocketAddress("127.0.0.1", session.port());
      for (int round = 0; round < ROUNDS || System.nanoTime() - end < 0; round++) {
        round(seed);
        samples.add(Sample.now());
      }
    }
    report();
    assertFlat("heap", Sample::heap, 8 * MIB);
    assertFlat("descriptors", Sample::descriptors, 10);
    assertFlat("threads", Sample::threads, 6);
    assertFlat("mappings", Sample::mappings, 20);
    assertFlat("resident", Sample::resident, SECONDS > 0 ? 64 * MIB : 512 * MIB);
  }

  /** One client downloads; another begins, leaves in the middle, and comes back for the rest. */
  private void round(InetSocketAddress seed) throws Exception {
    Path steady = Files.createDirectory(dir.resolve("steady"));
    Path leaving = Files.createDirectory(dir.resolve("leaving"));
    try (Session session = Session.open(ANY_PORT)) {
      TorrentHandle download = session.add(torrent.metainfo(), from(steady, seed));
      InetSocketAddress other = new InetSocketAddress("127.0.0.1", session.port());
      leaveInTheMiddle(leaving);
      download.completion().get();
      try (Session back = Session.open(ANY_PORT)) {
        back.add(torrent.metainfo(), from(leaving, seed, other)).completion().get();
      }
    }
    assertTrue(torrent.isIn(steady) && torrent.isIn(leaving));
    delete(steady);
    delete(leaving);
  }

  /** A seed that falls silent after some blocks. */
  private final class Tiring extends SeedingPeer {
    private final CountDownLatch blocks = new CountDownLatch(1 + random.nextInt(300));

    Tiring() throws IOException {
      super(torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    }

    @Override
    protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
      if (blocks.getCount() > 0) {
        super.onRequest(peer, block);
        blocks.countDown();
      }
    }
  }

  private void leaveInTheMiddle(Path folder) throws Exception {
    try (Tiring seed = new Tiring();
        Session session = Session.open(ANY_PORT)) {
      session.add(torrent.metainfo(), from(folder, seed.address()));
      assertTrue(seed.blocks.await(LIMIT_SECONDS, TimeUnit.SECONDS), "nothing more comes");
    }
  }

  private static TorrentOptions from(Path folder, InetSocketAddress... peers) {
    return TorrentOptions.of(StorageOptions.in(folder)).withPeers(List.of(peers));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The middle value of the second quarter of the run, or of its last one. */
  private long typical(ToLongFunction<Sample> what, boolean atTheEnd) {
    int quarter = samples.size() / 4;
    int from = atTheEnd ? samples.size() - quarter : quarter;
    long[] values =
        samples.subList(from, from + quarter).stream().mapToLong(what).sorted().toArray();
    return values[values.length / 2];
  }

  private void assertFlat(String name, ToLongFunction<Sample> what, long slack) {
    long before = typical(what, false);
    long after = typical(what, true);
    assertTrue(after <= before + slack, name + ": " + before + ", at the end " + after);
  }

  private void report() {
    System.out.printf(
        Locale.ROOT,
        "soak: seed %d, %d rounds of %d bytes; typical in the second and the last quarter:"
            + " heap %.1f and %.1f MiB, descriptors %d and %d, threads %d and %d,"
            + " mappings %d and %d, resident %d and %d MiB%n",
        SEED,
        samples.size(),
        3L * torrent.content().length,
        typical(Sample::heap, false) / (double) MIB,
        typical(Sample::heap, true) / (double) MIB,
        typical(Sample::descriptors, false),
        typical(Sample::descriptors, true),
        typical(Sample::threads, false),
        typical(Sample::threads, true),
        typical(Sample::mappings, false),
        typical(Sample::mappings, true),
        typical(Sample::resident, false) / MIB,
        typical(Sample::resident, true) / MIB);
  }
}
