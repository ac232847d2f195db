package io.torrentstream.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code tsl dht}: the DHT without a torrent, for the curious and for scripts. */
final class DhtCommand implements Callable<Integer> {
  private final CommonOptions common = new CommonOptions();

  private final DhtOptions options;
  private final CommandSpec spec;

  DhtCommand(Console console) {
    this.options = new DhtOptions(console);
    this.spec =
        new CommandBuilder("dht", this, "Ask the DHT, or run a node of it.")
            .takes(options.all())
            .takes(common.all())
            .footer(
                "The nodes that were met are remembered, so that a later run needs no",
                "well-known ones.")
            .build()
            .addSubcommand("get", new DhtGetCommand(options).spec())
            .addSubcommand("get-peers", new DhtGetPeersCommand(options).spec())
            .addSubcommand("node", new DhtNodeCommand(options).spec())
            .addSubcommand("ping", new DhtPingCommand(options).spec())
            .addSubcommand("put", new DhtPutCommand(options).spec());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "command: none (expected: ping, get-peers, get, put or node)");
  }
}
