package io.torrentstream.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Measures announces per second over UDP, {@code tsl tracker} and opentracker in turn, in one run.
 * No test: a program that docs/benchmarks.md says how to start.
 */
final class TrackerLoad {
  private static final int TSL_PORT = 16_969;
  private static final int OPENTRACKER_PORT = 16_970;
  private static final int ROUNDS = 7;
  private static final Duration ROUND = Duration.ofSeconds(4);

  /** Twice every peer: once to come, once to be known. */
  private static final long WARM_UP_ANNOUNCES = 2L * AnnounceFlood.PEERS;

  private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(60);

  private TrackerLoad() {}

  /** A running tracker and what it did in each round. */
  private record Candidate(String name, Process process, int port, double[] rates, double[] micros)
      implements AutoCloseable {

    Candidate(String name, int port, Path home, String... command) throws IOException {
      this(
          name,
          new ProcessBuilder(command).directory(home.toFile()).inheritIO().start(),
          port,
          new double[ROUNDS],
          new double[ROUNDS]);
    }

    /** Loads it for a while, then measures for a while. */
    void measure(int round) throws Exception {
      try (AnnounceFlood flood = new AnnounceFlood(new InetSocketAddress("127.0.0.1", port))) {
        long deadline = System.nanoTime() + WARM_UP_LIMIT.toNanos();
        long warmUp = round == 0 ? WARM_UP_ANNOUNCES : WARM_UP_ANNOUNCES / 10;
        while (flood.answered() < warmUp) {
          if (System.nanoTime() > deadline || !process.isAlive()) {
            throw new IOException(
                name + ": " + flood.answered() + " answered, " + flood.refused() + " refused");
          }
          LockSupport.parkNanos(1_000_000);
        }
        long cpu = cpuNanos();
        long before = flood.answered();
        long start = System.nanoTime();
        LockSupport.parkNanos(ROUND.toNanos());
        long announces = flood.answered() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        rates[round] = announces / seconds;
        micros[round] = (cpuNanos() - cpu) / 1e3 / announces;
        System.out.printf(
            "%-12s %8.0f announces/s, %5.2f us CPU each, %d bytes an answer, %d refused%n",
            name,
            rates[round],
            micros[round],
            flood.answeredBytes() / flood.answered(),
            flood.refused());
      }
    }

    private long cpuNanos() {
      return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    double medianRate() {
      return median(rates);
    }

    void report() {
      double[] sorted = rates.clone();
      Arrays.sort(sorted);
      System.out.printf(
          "%-12s announces/s: least %.0f, median %.0f, most %.0f; CPU: median %.2f us each%n",
          name, sorted[0], medianRate(), sorted[ROUNDS - 1], median(micros));
    }

    private static double median(double[] values) {
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  public static void main(String[] args) throws Exception {
    // Not a temporary folder: opentracker reads as the user nobody.
    Path home = Files.createDirectories(Path.of("target", "tracker-load"));
    try (Candidate tsl = startTsl(home);
        Candidate opentracker = startOpentracker(home)) {
      for (int round = 0; round < ROUNDS; round++) {
        tsl.measure(round);
        opentracker.measure(round);
      }
      tsl.report();
      opentracker.report();
      System.out.printf("ratio of medians: %.2f%n", tsl.medianRate() / opentracker.medianRate());
    }
  }

  private static Candidate startTsl(Path home) throws IOException {
    return new Candidate(
        "tsl",
        TSL_PORT,
        home,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-jar",
        Path.of("target/tsl.jar").toAbsolutePath().toString(),
        "tracker",
        "--bind",
        "127.0.0.1",
        "--udp",
        Integer.toString(TSL_PORT),
        // High, not off: the bookkeeping is part of the work.
        "--max-rate",
        "999999");
  }

  /** Debian's serves only listed torrents; as root it makes its folder its root. */
  private static Candidate startOpentracker(Path home) throws IOException {
    List<String> torrents =
        IntStream.range(0, AnnounceFlood.TORRENTS)
            .mapToObj(number -> AnnounceFlood.torrent(number).toString())
            .toList();
    Files.write(home.resolve("torrents"), torrents);
    String port = Integer.toString(OPENTRACKER_PORT);
    return new Candidate(
        "opentracker",
        OPENTRACKER_PORT,
        home,
        "opentracker",
        "-i",
        "127.0.0.1",
        "-p",
        port,
        "-P",
        port,
        "-d",
        ".",
        "-w",
        "torrents");
  }
}
