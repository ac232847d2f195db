package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Downloads of one content from one libtorrent seed, each timed from the start of the process: to
 * its end if it ends by itself, else until the data is on disk, which favours those that go on.
 */
final class Race implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Workspace workspace;
  private final TestContent content;
  private final LibtorrentPeer seed;

  /** Starts the seed (or skips the test). */
  Race(TestContent content, Workspace workspace) throws Exception {
    this.workspace = workspace;
    this.content = content;
    this.seed = LibtorrentPeer.start(content, content.folder(), workspace);
  }

  /**
   * What one run took.
   *
   * @param cpuSeconds of the process, NaN where the system does not tell
   */
  record Result(double wallSeconds, double cpuSeconds) {}

  Result tsl() throws Exception {
    Path folder = workspace.newFolder("race");
    String port = Integer.toString(Workspace.freePort());
    List<String> command =
        TslProcess.command("download", content.torrent().toString(), "-d", folder.toString());
    command.addAll(List.of("--bind", "127.0.0.1", "--port", port));
    command.addAll(List.of("--no-trackers", "--peer", seed.address()));
    return run("tsl", command, workspace.newFolder("tsl"), folder, 0);
  }

  /** A client is told of the seed if it can be, and else called by the seed once it listens. */
  Result client(RealClient client) throws Exception {
    client.assumeInstalled();
    Path folder = workspace.newFolder("race");
    Path home = workspace.newFolder(client.name());
    int port = Workspace.freePort();
    boolean told = client instanceof Libtorrent;
    List<String> command =
        new ArrayList<>(client.leechCommand(content.torrent(), folder, port, home, seed.port()));
    if (client instanceof Aria2) {
      command.add("--seed-time=0"); // ends when it is complete
    }
    return run(client.name(), command, home, folder, told ? 0 : port);
  }

  private Result run(String name, List<String> command, Path home, Path folder, int callPort)
      throws Exception {
    double cpuBefore = CpuTime.ofEndedChildren();
    long start = System.nanoTime();
    long end;
    try (ChildProcess process = ChildProcess.start(name, home, command);
        Arrival arrival = new Arrival(content, folder)) {
      if (callPort > 0) {
        Poll.until(() -> PeerProbe.listens(callPort), LIMIT, process::log);
        seed.call(callPort);
      }
      boolean ends = name.equals("tsl") || name.equals("aria2c");
      if (ends) {
        assertEquals(0, process.await(LIMIT), process::log);
      } else {
        Poll.until(
            () -> {
              assertTrue(process.isAlive(), process::log);
              return arrival.isComplete();
            },
            LIMIT,
            process::log);
      }
      end = System.nanoTime();
      assertTrue(content.isIn(folder), process::log);
    }
    Workspace.deleteTree(folder);
    return new Result((end - start) / 1e9, CpuTime.ofEndedChildren() - cpuBefore);
  }

  @Override
  public void close() {
    seed.close();
  }
}
