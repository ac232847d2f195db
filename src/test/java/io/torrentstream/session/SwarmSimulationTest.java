package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.session.SimulatedPeer.Manner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rules of all peers together add up to. */
class SwarmSimulationTest {
  private static final long SEED = Long.getLong("tsl.simulation.seed", 1);
  private static final int PEERS = Integer.getInteger("tsl.simulation.peers", 100);
  private static final int PIECE = 32 * 1024;
  private static final int SMALL_PIECE = 16 * 1024;
  private static final int LENGTH = 48 * PIECE;
  private static final long RATE = 128 * 1024;
  private static final long LIMIT_SECONDS = 3_600;

  @TempDir Path dir;

  private SimulatedSwarm net;

  private void network(int length) {
    net = new SimulatedSwarm(TestTorrent.of(length, PIECE), dir, SEED);
  }

  @AfterEach
  void nothingIsLeft() {
    net.close();
  }

  private List<SimulatedPeer> leechers(int count, long upRate) {
    List<SimulatedPeer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(net.leecher(upRate));
    }
    return all;
  }

  private void runUntilComplete(List<SimulatedPeer> those) throws Exception {
    net.run(LIMIT_SECONDS, () -> those.stream().allMatch(peer -> peer.gone || peer.isComplete()));
    net.run(5, () -> false); // files get their names
    for (SimulatedPeer peer : those) {
      assertTrue(peer.gone || peer.hasContent(), () -> "seed " + SEED + ": " + state(peer));
    }
  }

  private static String state(SimulatedPeer peer) {
    return peer.address
        + " has "
        + peer.picker.have().count()
        + " pieces and "
        + peer.swarm.peerCount()
        + " peers";
  }

  private void report(String what, List<SimulatedPeer> those) {
    List<SimulatedPeer> done = those.stream().filter(SimulatedPeer::isComplete).toList();
    double[] times = done.stream().mapToDouble(p -> p.completedAt).sorted().toArray();
    long wasted = done.stream().mapToLong(p -> p.counters.wasted).sum();
    System.out.printf(
        Locale.ROOT,
        "simulation %s: seed %d, %d peers, complete after %.0f, %.0f, %.0f s (first, median, last),"
            + " wasted %.2f %%, %d blocks twice outside endgame, %d wrong pieces%n",
        what,
        SEED,
        net.peers.size(),
        times[0],
        times[times.length / 2],
        times[times.length - 1],
        100.0 * wasted / ((double) net.torrent.content().length * times.length),
        done.stream().mapToInt(p -> p.cameTwice).sum(),
        done.stream().mapToInt(p -> p.failures).sum());
  }

  /** One seed, and everybody else comes at the same time and stays. */
  @Test
  void aFlashCrowdCompletesAndNothingComesTwice() throws Exception {
    network(LENGTH);
    SimulatedPeer seed = net.seed(8 * RATE);
    List<SimulatedPeer> leechers = leechers(PEERS - 1, RATE);
    runUntilComplete(leechers);
    report("flash crowd", leechers);
    assertEquals(0, leechers.stream().mapToInt(p -> p.askedThere).sum(), "asked for what is there");
    // Who chokes before its first block counts as silent, and others get its requests; when they
    // What crosses with a peer's choke, others may have been asked for in between.
    int blocks = leechers.size() * LENGTH / (16 * 1024);
    int cameTwice = leechers.stream().mapToInt(p -> p.cameTwice).sum();
    assertTrue(cameTwice < 0.005 * blocks, cameTwice + " of " + blocks + " came twice");
    assertEquals(0, leechers.stream().mapToInt(p -> p.failures).sum(), "wrong pieces");
    double[] times = leechers.stream().mapToDouble(p -> p.completedAt).sorted().toArray();
    // Fairness: all give the same, so all are to get the same.
    assertTrue(
        times[times.length - 1] < 2 * times[times.length / 2],
        "the last: " + times[times.length - 1]);
    long given = leechers.stream().mapToLong(p -> p.counters.up.total()).sum();
    assertTrue(given > seed.counters.up.total() * 2, "most is to come from each other: " + given);
  }

  /**
   * How much the one seed has to send until it could leave. If peers chose blindly, this would be
   * like collecting cards until there is one of each: 6.8 contents for 512 pieces. If they knew of
   * each other's requests, it would be one.
   */
  @Test
  void theRarestSpreads() throws Exception {
    net = new SimulatedSwarm(TestTorrent.of(512 * SMALL_PIECE, SMALL_PIECE), dir, SEED);
    SimulatedPeer seed = net.seed(4 * RATE);
    List<SimulatedPeer> leechers = leechers(25, RATE);
    net.run(LIMIT_SECONDS, () -> copies(leechers) >= 1);
    double sent = (double) seed.counters.up.total() / net.torrent.content().length;
    System.out.printf(
        Locale.ROOT, "simulation rarest: seed %d, all is out after %.2f contents%n", SEED, sent);
    assertTrue(sent < 2.5, "the seed had to send the content " + sent + " times");
    seed.leave();
    runUntilComplete(leechers);
  }

  /** How many leechers have the piece that fewest have. */
  private long copies(List<SimulatedPeer> leechers) {
    return IntStream.range(0, net.torrent.layout().pieceCount())
        .mapToLong(
            piece ->
                leechers.stream()
                    .filter(p -> p.picker != null && p.picker.have().get(piece))
                    .count())
        .min()
        .orElse(0);
  }

  /** Who gives more gets it sooner. */
  @Test
  void whoGivesNothingWaits() throws Exception {
    network(LENGTH);
    net.seed(2 * RATE);
    List<SimulatedPeer> givers = leechers(20, RATE);
    List<SimulatedPeer> takers = leechers(20, RATE / 16);
    runUntilComplete(givers);
    runUntilComplete(takers);
    report("givers", givers);
    report("takers", takers);
    assertTrue(
        mean(takers) > 1.1 * mean(givers), mean(takers) + " s, givers: " + mean(givers) + " s");
  }

  private static double mean(List<SimulatedPeer> those) {
    return those.stream().mapToDouble(p -> p.completedAt).average().orElseThrow();
  }

  /** Peers come and go, lines break, and a fifth of all peers lie. */
  @Test
  void churnLossAndLiarsCannotStopIt() throws Exception {
    network(LENGTH);
    net.seed(8 * RATE);
    for (int i = 0; i < PEERS / 10; i++) {
      net.seed(RATE).manner = Manner.CORRUPT;
      net.seed(RATE).manner = Manner.MUTE;
    }
    List<SimulatedPeer> leechers = leechers(PEERS * 7 / 10, RATE);
    net.everySecond(() -> change(leechers));
    runUntilComplete(List.copyOf(leechers));
    report("churn", leechers);
    assertTrue(leechers.stream().mapToInt(p -> p.failures).sum() > 0, "no liar was met");
  }

  /** One peer in fifty goes each ten seconds, and another comes; one line in the swarm breaks. */
  private void change(List<SimulatedPeer> leechers) {
    net.breakOne();
    if (net.random.nextInt(10) == 0 && leechers.size() < PEERS) {
      leechers.get(net.random.nextInt(leechers.size())).leave();
      leechers.add(net.leecher(RATE));
    }
  }

  /** Else no failure of the tests above could be looked at again. */
  @Test
  void theSeedDecidesEverything(@TempDir Path other) throws Exception {
    List<Double> first = times(dir);
    assertEquals(first, times(other));
  }

  private List<Double> times(Path in) throws Exception {
    if (net != null) {
      net.close();
    }
    net = new SimulatedSwarm(TestTorrent.of(LENGTH / 4, PIECE), in, SEED);
    net.seed(2 * RATE);
    List<SimulatedPeer> leechers = leechers(12, RATE);
    net.seed(RATE).manner = Manner.CORRUPT;
    runUntilComplete(leechers);
    return leechers.stream().map(p -> p.completedAt).toList();
  }
}
