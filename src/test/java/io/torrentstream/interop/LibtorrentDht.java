package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Some libtorrent nodes, each on its own loopback address: {@code interop/libtorrent_dht.py}. */
final class LibtorrentDht implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  private final ChildProcess process;
  private final int port;
  private final String network;

  private LibtorrentDht(ChildProcess process, String network, int port) {
    this.process = process;
    this.network = network;
    this.port = port;
  }

  /**
   * Starts nodes (or skips the test) and returns when they know of each other.
   *
   * @param network such as {@code 127.0.7.}; node n gets its address n + 1
   */
  static LibtorrentDht start(String network, int nodes, Workspace workspace) throws Exception {
    new Libtorrent().assumeInstalled();
    int port = Workspace.freePort();
    List<String> arguments = new ArrayList<>(List.of(Integer.toString(port)));
    for (int i = 1; i <= nodes; i++) {
      arguments.add(network + i);
    }
    List<String> command = Libtorrent.script("libtorrent_dht.py", arguments.toArray(new String[0]));
    ChildProcess process =
        ChildProcess.start("libtorrent-dht", workspace.newFolder("dht"), command);
    LibtorrentDht dht = new LibtorrentDht(process, network, port);
    dht.await("libtorrent's nodes know each other", READY_LIMIT, () -> dht.smallestTable() >= 1);
    return dht;
  }

  /** The address of the n-th node, from 0. */
  InetSocketAddress address(int node) {
    return new InetSocketAddress(network + (node + 1), port);
  }

  /** One of the script's commands. */
  void say(String command) throws IOException {
    process.say(command);
  }

  /** Whether it has printed a line that begins with this and contains that. */
  boolean hasSaid(String beginning, String content) {
    return process
        .stdout()
        .lines()
        .anyMatch(line -> line.startsWith(beginning) && line.contains(content));
  }

  /** Waits while the nodes are alive; fails the test otherwise. */
  void await(String what, Duration limit, Poll.Condition condition) throws Exception {
    Poll.until(
        () -> {
          if (!process.isAlive()) {
            fail("libtorrent ended\n" + process.log());
          }
          return condition.holds();
        },
        limit,
        () -> what + "\n" + process.log());
  }

  /** The fewest nodes in any of the tables, as of the last time that was asked for. */
  private int smallestTable() throws IOException {
    say("nodes");
    String out = process.stdout();
    List<String> lines =
        out.substring(0, out.lastIndexOf('\n') + 1)
            .lines()
            .filter(line -> line.startsWith("nodes "))
            .toList();
    if (lines.isEmpty()) {
      return 0;
    }
    int smallest = Integer.MAX_VALUE;
    for (String count : lines.get(lines.size() - 1).substring("nodes ".length()).split(" ")) {
      smallest = Math.min(smallest, Integer.parseInt(count));
    }
    return smallest;
  }

  @Override
  public void close() {
    process.close();
  }
}
