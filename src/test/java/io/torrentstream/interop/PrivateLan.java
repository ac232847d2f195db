package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two machines with a cable between them, that exist only in this one: Linux network namespaces.
 * What one calls into its network the other hears, and nobody else.
 */
final class PrivateLan implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(20);
  private static final String READY =
      "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up; echo ready; exec sleep 600";

  /** The processes that keep the namespaces. */
  private final List<ChildProcess> keepers = new ArrayList<>();

  /** Makes the network, or skips the test where this machine does not let us. */
  static PrivateLan start(Workspace workspace) throws Exception {
    for (String program : List.of("unshare", "nsenter", "ip")) {
      Installed.assumeProgram(program);
    }
    PrivateLan lan = new PrivateLan();
    try {
      lan.keep(
          workspace, List.of("unshare", "--user", "--map-root-user", "--net", "sh", "-c", READY));
      lan.keep(
          workspace,
          PrivateNetwork.inside(
              lan.keepers.get(0), List.of("unshare", "--net", "sh", "-c", READY)));
      lan.run(
          workspace,
          1,
          "ip link add lan1 type veth peer name lan2 netns " + lan.keepers.get(1).pid());
      for (int machine = 1; machine <= 2; machine++) {
        // The default route: some clients join a group wherever that leads.
        String commands =
            "ip address add ADDRESS/24 dev lanN; ip address add fd98::N/64 dev lanN nodad;"
                + " ip link set lanN up; ip route add default dev lanN";
        lan.run(
            workspace,
            machine,
            commands.replace("ADDRESS", address(machine)).replace("N", "" + machine));
      }
    } catch (Exception | Error e) {
      lan.close();
      throw e;
    }
    return lan;
  }

  private void keep(Workspace workspace, List<String> command) throws Exception {
    ChildProcess keeper = ChildProcess.start("unshare", workspace.newFolder("network"), command);
    keepers.add(keeper);
    Poll.until(
        () -> !keeper.isAlive() || keeper.stdout().contains("ready"), READY_LIMIT, keeper::log);
    assume(keeper.isAlive(), keeper);
  }

  private void run(Workspace workspace, int machine, String commands) throws Exception {
    List<String> command = List.of("sh", "-c", "set -e; PATH=$PATH:/usr/sbin:/sbin; " + commands);
    ChildProcess done = start(machine, "ip", workspace.newFolder("ip"), command);
    assume(done.await(READY_LIMIT) == 0, done);
  }

  private static void assume(boolean met, ChildProcess process) {
    Installed.assume(met, "no network namespace: " + process.stderr().replace('\n', ' '));
  }

  /** The IPv4 address of machine 1 or 2. */
  static String address(int machine) {
    return "10.98.0." + machine;
  }

  /** Starts a program on machine 1 or 2. */
  ChildProcess start(int machine, String name, Path home, List<String> command) throws IOException {
    return ChildProcess.start(name, home, PrivateNetwork.inside(keepers.get(machine - 1), command));
  }

  @Override
  public void close() {
    keepers.forEach(ChildProcess::close);
  }
}
