package io.torrentstream.interop;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that exists only in this machine: a Linux network namespace with private addresses.
 * Some clients take no loopback address from a tracker, and several on one address for one peer; in
 * here each has an address of its own.
 */
final class PrivateNetwork implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(20);
  private static final int ADDRESSES = 9;

  /** The process that keeps the namespace. */
  private final ChildProcess keeper;

  private PrivateNetwork(ChildProcess keeper) {
    this.keeper = keeper;
  }

  /** Makes the network, or skips the test where this machine does not let us. */
  static PrivateNetwork start(Workspace workspace) throws Exception {
    for (String program : List.of("unshare", "nsenter", "ip")) {
      Installed.assumeProgram(program);
    }
    StringBuilder script = new StringBuilder("set -e; PATH=$PATH:/usr/sbin:/sbin; ");
    script.append("ip link set lo up; ");
    for (int i = 1; i <= ADDRESSES; i++) {
      script.append("ip address add ").append(address(i)).append("/32 dev lo; ");
    }
    script.append("echo ready; exec sleep 600");
    List<String> command =
        List.of("unshare", "--user", "--map-root-user", "--net", "sh", "-c", script.toString());
    PrivateNetwork network =
        new PrivateNetwork(ChildProcess.start("unshare", workspace.newFolder("network"), command));
    Poll.until(
        () -> !network.keeper.isAlive() || network.keeper.stdout().contains("ready"),
        READY_LIMIT,
        network.keeper::log);
    Installed.assume(
        network.keeper.isAlive(),
        "no network namespace: " + network.keeper.stderr().replace('\n', ' '));
    return network;
  }

  /** One of nine addresses, from 1. */
  static String address(int number) {
    return "10.99.0." + number;
  }

  /** The command that runs {@code command} in this network. */
  List<String> inside(List<String> command) {
    return inside(keeper, command);
  }

  /** The command that runs {@code command} in the network that a process keeps. */
  static List<String> inside(ChildProcess keeper, List<String> command) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("nsenter", "--target", Long.toString(keeper.pid())));
    all.addAll(List.of("--user", "--net", "--preserve-credentials"));
    all.addAll(command);
    return all;
  }

  /** Starts a program in this network. */
  ChildProcess start(String name, Workspace workspace, List<String> command) throws IOException {
    return ChildProcess.start(name, workspace.newFolder(name), inside(command));
  }

  @Override
  public void close() {
    keeper.close();
  }
}
