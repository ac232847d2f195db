package io.torrentstream.cli;

import io.torrentstream.dht.NodeInfo;
import io.torrentstream.session.DhtService;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl dht ping}: whether a node answers, and what its id is. */
final class DhtPingCommand implements Callable<Integer> {
  private final Param<InetSocketAddress> address =
      Param.value("HOST:PORT", new OptionValues.HostPort(), "Where it is.");

  private final CommonOptions common = new CommonOptions();

  private final DhtOptions dht;

  DhtPingCommand(DhtOptions dht) {
    this.dht = dht;
  }

  CommandSpec spec() {
    return new CommandBuilder("ping", this, "Ask a node who it is.")
        .takes(address)
        .takes(common.all())
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    try (DhtService service = dht.open(common, true, List.of())) {
      long startedAt = System.nanoTime();
      NodeInfo node =
          DhtOptions.await(service.ping(address.get()), "node: " + DhtOutput.text(address.get()));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
      dht.output().node(node, millis);
      return ExitCode.OK;
    }
  }
}
