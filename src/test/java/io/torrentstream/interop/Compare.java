package io.torrentstream.interop;

import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.opentest4j.TestAbortedException;

/**
 * Downloads and seeds with every client that is installed, in turns, on loopback, and prints one
 * table: {@code ./mvnw -q -Pcompare verify}. The other end is always libtorrent.
 */
final class Compare {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Workspace workspace;
  private final TestContent content;
  private final Map<String, List<Race.Result>> results = new LinkedHashMap<>();

  private Compare(Workspace workspace, TestContent content) {
    this.workspace = workspace;
    this.content = content;
  }

  /** A client at work once. */
  @FunctionalInterface
  private interface Run {
    Race.Result run() throws Exception;
  }

  /**
   * @param arguments the size in MiB and the number of rounds
   */
  public static void main(String[] arguments) throws Exception {
    int mebibytes = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    try (Workspace workspace = new Workspace()) {
      new Libtorrent().assumeInstalled();
      TestContent content = workspace.content(Shape.SINGLE_FILE, mebibytes);
      Compare compare = new Compare(workspace, content);
      compare.downloads(rounds);
      compare.seeds(rounds);
      compare.print();
    } catch (TestAbortedException e) {
      System.exit(1); // the reason is printed
    }
  }

  private void downloads(int rounds) throws Exception {
    Map<String, Run> runs = new LinkedHashMap<>();
    try (Race race = new Race(content, workspace)) {
      runs.put("tsl downloads", race::tsl);
      for (RealClient client : RealClient.all()) {
        runs.put(client.name() + " downloads", () -> race.client(client));
      }
      takeTurns(runs, rounds);
    }
  }

  private void seeds(int rounds) throws Exception {
    Map<String, Run> runs = new LinkedHashMap<>();
    runs.put("tsl seeds", this::tslSeeds);
    for (RealClient client : RealClient.all()) {
      runs.put(client.name() + " seeds", () -> seeds(client));
    }
    takeTurns(runs, rounds);
  }

  private void takeTurns(Map<String, Run> runs, int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      for (String name : List.copyOf(runs.keySet())) {
        try {
          Race.Result result = runs.get(name).run();
          results.computeIfAbsent(name, key -> new ArrayList<>()).add(result);
        } catch (TestAbortedException e) {
          runs.remove(name); // not installed, which is printed
        } catch (AssertionError e) {
          Report.line(name + " failed: " + e.getMessage());
          runs.remove(name);
        }
      }
    }
  }

  private Race.Result tslSeeds() throws Exception {
    try (TslProcess tsl = TslProcess.seed(workspace, content)) {
      tsl.awaitSeeding();
      return fetch(tsl.port(), tsl.pid());
    }
  }

  private Race.Result seeds(RealClient client) throws Exception {
    try (Seed seed = Seed.start(client, content, workspace)) {
      return fetch(seed.port(), seed.pid());
    }
  }

  /** From the start of a libtorrent leecher until it has all; the CPU time is the seed's. */
  private Race.Result fetch(int seedPort, long seedPid) throws Exception {
    Path folder = workspace.newFolder("leech");
    double cpuBefore = CpuTime.of(seedPid);
    long start = System.nanoTime();
    String port = Integer.toString(seedPort);
    int all = content.info().layout().pieceCount();
    try (LibtorrentPeer leecher =
        LibtorrentPeer.start(content, folder, workspace, "--peer", port)) {
      leecher.await("all pieces", LIMIT, () -> leecher.pieces() == all);
      double wall = (System.nanoTime() - start) / 1e9;
      return new Race.Result(wall, CpuTime.of(seedPid) - cpuBefore);
    } finally {
      Workspace.deleteTree(folder);
    }
  }

  private void print() {
    System.out.println();
    System.out.println(content.label() + ", the other end is libtorrent");
    System.out.println();
    System.out.println("| | wall s (least, **median**, most) | CPU s (median) | runs |");
    System.out.println("|---|---|---|---|");
    results.forEach(
        (name, runs) -> {
          List<Double> wall = sorted(runs, Race.Result::wallSeconds);
          List<Double> cpu = sorted(runs, Race.Result::cpuSeconds);
          int middle = runs.size() / 2;
          System.out.printf(
              "| %s | %.2f **%.2f** %.2f | %.2f | %d |%n",
              name,
              wall.get(0),
              wall.get(middle),
              wall.get(runs.size() - 1),
              cpu.get(middle),
              runs.size());
        });
  }

  private static List<Double> sorted(List<Race.Result> runs, ToDoubleFunction<Race.Result> number) {
    return runs.stream().mapToDouble(number).sorted().boxed().toList();
  }
}
