package io.torrentstream.cli;

import io.torrentstream.bencode.BValue;
import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.Item;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.dht.NodeId;
import io.torrentstream.dht.NodeInfo;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code tsl dht}: the DHT without a torrent, for the curious and for scripts. */
@Command(
    name = "dht",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    description = {"Ask the DHT, or run a node of it.", ""},
    footer = {
      "",
      "The nodes that were met are remembered, so that a later run needs no",
      "well-known ones."
    })
final class DhtCommand implements Callable<Integer> {
  private static final long STATUS_SECONDS = 10;

  @Option(
      names = "--dht-node",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.HostPort.class,
      description = "Begin with this node instead of well-known ones; may be repeated.")
  private List<InetSocketAddress> nodes = DhtNodes.WELL_KNOWN;

  @Option(
      names = "--bind",
      scope = ScopeType.INHERIT,
      paramLabel = "ADDR",
      converter = OptionValues.LocalAddress.class,
      description = "Use only this address of this machine.")
  private InetAddress bind;

  @Option(
      names = {"-p", "--port"},
      scope = ScopeType.INHERIT,
      paramLabel = "PORT[-PORT]",
      converter = OptionValues.PortRange.class,
      description = "Use the first free UDP port of these (any free port).")
  private OptionValues.Ports ports = new OptionValues.Ports(0, 0);

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      fallbackValue = "true",
      description = "Print JSON instead of text.")
  private boolean json;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  private final Console console;

  DhtCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "command: none (expected: ping, get-peers, get, put or node)");
  }

  @Command(
      name = "ping",
      sortOptions = false,
      description = {"Ask a node who it is.", ""})
  int ping(
      @Parameters(
              paramLabel = "HOST:PORT",
              converter = OptionValues.HostPort.class,
              description = "Where it is.")
          InetSocketAddress address,
      @Mixin CommonOptions options)
      throws CliException, InterruptedException {
    try (DhtService dht = open(options, true, List.of())) {
      long startedAt = System.nanoTime();
      NodeInfo node = await(dht.ping(address), "node: " + DhtOutput.text(address));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
      output().node(node, millis);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "get-peers",
      sortOptions = false,
      description = {"Print who has a torrent, one peer a line, as they are found.", ""})
  int getPeers(
      @Parameters(paramLabel = "HASH", description = "The info-hash, 40 hexadecimal digits.")
          String hash,
      @Option(
              names = "--scrape",
              fallbackValue = "true",
              description =
                  "Estimate how many seeds and leechers there are; some nodes then name no peers.")
          boolean scrape,
      @Mixin CommonOptions options)
      throws CliException, InterruptedException {
    InfoHash infoHash = infoHash(hash);
    Set<String> peers = new ConcurrentSkipListSet<>();
    try (DhtService dht = open(options, true, nodes)) {
      DhtService.PeersFound found =
          await(
              dht.findPeers(
                  new DhtNode.PeerQuery(
                      infoHash, DhtNode.PeerQuery.NO_ANNOUNCE, false, false, scrape),
                  fresh ->
                      fresh.stream()
                          .map(DhtOutput::text)
                          .filter(peers::add)
                          .forEach(output()::peer)),
              "search");
      requireAnswers(found.lookup());
      output().peers(infoHash, peers, found, scrape);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "get",
      sortOptions = false,
      description = {"Print the item that is stored under a name (BEP 44).", ""})
  int get(
      @Parameters(
              paramLabel = "NAME",
              description =
                  "What put has printed: 40 hexadecimal digits, or the 64 of a public key.")
          String name,
      @Option(
              names = "--salt",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "Which of the key's items; none: the one without a salt.")
          String salt,
      @Mixin CommonOptions options)
      throws CliException, InterruptedException {
    byte[] saltBytes = DhtKey.salt(salt);
    NodeId target =
        name.length() == 2 * Item.KEY_BYTES
            ? Item.target(DhtKey.publicKey(name), saltBytes)
            : NodeId.of(infoHash(name));
    try (DhtService dht = open(options, true, nodes)) {
      Item item = await(dht.get(new DhtNode.ItemQuery(target, saltBytes)), "search");
      if (item == null) {
        throw new CliException(
            Reason.NO_PEERS, "item: " + name + " (expected: one that is stored)");
      }
      output().item(item);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "put",
      sortOptions = false,
      description = {"Store a text and print the name to get it by (BEP 44).", ""})
  int put(
      @Parameters(paramLabel = "TEXT", description = "At most 996 bytes.") String text,
      @Option(
              names = "--key",
              paramLabel = "FILE",
              description =
                  "Sign it with the secret in this file, so that it can be changed later;"
                      + " a file that is not there is made.")
          String key,
      @Option(
              names = "--salt",
              paramLabel = "TEXT",
              defaultValue = "",
              description = "Tells several items of one key apart.")
          String salt,
      @Mixin CommonOptions options)
      throws CliException, InterruptedException {
    BValue value = BValue.Str.of(text);
    if (Item.immutable(value).value().length > Item.MAX_VALUE_BYTES) {
      throw new CliException(Reason.USAGE, "text: too long (expected: <= 996 bytes)");
    }
    byte[] saltBytes = DhtKey.salt(salt);
    byte[] seed = key == null ? null : DhtKey.read(console.path(key, "--key"));
    try (DhtService dht = open(options, true, nodes)) {
      long before = seed == null ? -1 : sequence(dht, Item.publicKey(seed), saltBytes);
      Item item =
          seed == null ? Item.immutable(value) : Item.sign(value, seed, saltBytes, before + 1);
      LookupResult result = await(dht.put(item, before), "search");
      requireAnswers(result);
      if (result.stored() == 0) {
        throw new CliException(Reason.NO_PEERS, "item: not stored: " + result.error());
      }
      output().stored(item, result);
      return ExitCode.OK;
    }
  }

  /** The sequence number of what is stored now; -1 for nothing. */
  private static long sequence(DhtService dht, byte[] publicKey, byte[] salt)
      throws CliException, InterruptedException {
    DhtNode.ItemQuery query = new DhtNode.ItemQuery(Item.target(publicKey, salt), salt);
    Item stored = await(dht.get(query), "search");
    return stored == null ? -1 : stored.sequence();
  }

  @Command(
      name = "node",
      sortOptions = false,
      description = {"Run a node until it is interrupted; print how it is every 10 seconds.", ""})
  int node(@Mixin CommonOptions options) throws CliException, InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    AtomicInteger exit = new AtomicInteger();
    Interrupts signals =
        Interrupts.listen(
            code -> {
              exit.set(code);
              interrupted.countDown();
            });
    try (DhtService dht = open(options, false, nodes)) {
      do {
        output().status(await(dht.status(), "node"), dht.port(), options.quiet());
      } while (!interrupted.await(STATUS_SECONDS, TimeUnit.SECONDS));
    } finally {
      signals.close();
    }
    return exit.get();
  }

  // ---- what they share

  private DhtOutput output() {
    return new DhtOutput(console, json);
  }

  private DhtService open(CommonOptions options, boolean readOnly, List<InetSocketAddress> first)
      throws CliException {
    Logging.set(new Logging.Settings(options.verbosity(), console.err(), null));
    try {
      return DhtService.open(
          new DhtService.Options(
              bind,
              ports.first(),
              ports.last(),
              DhtConfig.DEFAULT.withReadOnly(readOnly),
              first,
              DhtNodes.stateFile(console)));
    } catch (IOException e) {
      throw new CliException(Reason.USAGE, e.getMessage(), null, e);
    }
  }

  private static <T> T await(CompletableFuture<T> future, String what)
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

  private static void requireAnswers(LookupResult result) throws CliException {
    if (result.answered() == 0) {
      throw new CliException(
          Reason.NO_PEERS,
          "DHT: " + result.asked() + " nodes asked, none answered",
          "The option --dht-node names another node to begin with.",
          null);
    }
  }

  private static InfoHash infoHash(String hex) throws CliException {
    try {
      return InfoHash.fromHex(hex);
    } catch (ProtocolException e) {
      throw new CliException(Reason.INVALID_MAGNET, e.getMessage(), null, e);
    }
  }
}
