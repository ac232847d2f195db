package io.torrentstream.cli;

import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What all commands of {@code tsl dht} take, and what they have in common. */
final class DhtOptions {
  private final Opt<List<InetSocketAddress>> nodes =
      Opt.values(
              "--dht-node",
              "HOST:PORT",
              new OptionValues.HostPort(),
              "Begin with this node instead of well-known ones; may be repeated.")
          .inherited();

  private final Opt<InetAddress> bind =
      Opt.value(
              "--bind",
              "ADDR",
              new OptionValues.LocalAddress(),
              "Use only this address of this machine.")
          .inherited();

  private final Opt<OptionValues.Ports> ports =
      Opt.value(
              "-p, --port",
              "PORT[-PORT]",
              new OptionValues.PortRange(),
              "Use the first free UDP port of these (any free port).")
          .orElse("0")
          .inherited();

  private final Opt<Boolean> json = Opt.flag("--json", "Print JSON instead of text.").inherited();

  private final Console console;

  DhtOptions(Console console) {
    this.console = console;
  }

  Opt<?>[] all() {
    return new Opt<?>[] {nodes, bind, ports, json};
  }

  Console console() {
    return console;
  }

  /** The nodes to begin with. */
  List<InetSocketAddress> nodes() {
    return nodes.get().isEmpty() ? DhtNodes.WELL_KNOWN : nodes.get();
  }

  DhtOutput output() {
    return new DhtOutput(console, json.get());
  }

  DhtService open(CommonOptions options, boolean readOnly, List<InetSocketAddress> first)
      throws CliException {
    Logging.set(new Logging.Settings(options.verbosity(), console.err(), null));
    try {
      return DhtService.open(
          new DhtService.Options(
              bind.get(),
              ports.get().first(),
              ports.get().last(),
              DhtConfig.DEFAULT.withReadOnly(readOnly),
              first,
              DhtNodes.stateFile(console)));
    } catch (IOException e) {
      throw new CliException(Reason.USAGE, e.getMessage(), null, e);
    }
  }

  static <T> T await(CompletableFuture<T> future, String what)
      throws CliException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException network) {
        throw new CliException(Reason.NO_PEERS, what + ": " + network.getMessage(), null, network);
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  static void requireAnswers(LookupResult result) throws CliException {
    if (result.answered() == 0) {
      throw new CliException(
          Reason.NO_PEERS,
          "DHT: " + result.asked() + " nodes asked, none answered",
          "The option --dht-node names another node to begin with.",
          null);
    }
  }

  static InfoHash infoHash(String hex) throws CliException {
    try {
      return InfoHash.fromHex(hex);
    } catch (ProtocolException e) {
      throw new CliException(Reason.INVALID_MAGNET, e.getMessage(), null, e);
    }
  }
}
