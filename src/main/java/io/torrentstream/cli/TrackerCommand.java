package io.torrentstream.cli;

import io.torrentstream.tool.TrackerConfig;
import io.torrentstream.tool.TrackerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl tracker}: tells peers of each other until it is stopped. */
final class TrackerCommand implements Callable<Integer> {
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(10);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);
  private static final int LOOK_SECONDS = 10;

  private final Opt<Integer> httpPort =
      Opt.value(
          "--http", "PORT", new OptionValues.Port(), "Serve HTTP on this port; 0: any free port.");

  private final Opt<Integer> udpPort =
      Opt.value(
          "--udp",
          "PORT",
          new OptionValues.Port(),
          "The same for UDP. With only one of both: only that; with none: both on 6969.");

  private final Opt<InetAddress> bind =
      Opt.value(
          "--bind",
          "ADDR",
          new OptionValues.LocalAddress(),
          "Use only this address of this machine.");

  private final Opt<List<String>> allow =
      Opt.texts(
          "--allow",
          "DIR|HASH",
          "Track only the .torrent files of this folder, or this info-hash; may be repeated.");

  private final Opt<Duration> interval =
      Opt.value(
              "--interval",
              "TIME",
              new OptionValues.Time(),
              "How often clients should announce (${DEFAULT-VALUE}).")
          .orElse("30m");

  private final Opt<Integer> maxRate =
      Opt.value(
              "--max-rate",
              "N",
              new OptionValues.Frequency(),
              "Requests a second from one address (${DEFAULT-VALUE}); 0: no limit.")
          .orElse("10");

  private final Opt<String> portsFile =
      Opt.text("--ports-file", "FILE", "Write the ports in use there, as JSON.");

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  TrackerCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "tracker",
            this,
            "Run a tracker, over HTTP and UDP.",
            "Prints its announce addresses when it is ready; they go into torrents.")
        .takes(httpPort, udpPort, bind, allow, interval, maxRate, portsFile)
        .takes(common.all())
        .shortSynopsis()
        .footer(
            "Over HTTP it also serves /scrape, and numbers for whoever watches it: /stats in",
            "JSON, /metrics for Prometheus. Folders of --allow are looked at again every ten",
            "seconds. SIGINT and SIGTERM end it.")
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), null));
    AllowedTorrents allowed = new AllowedTorrents(console, allow.get());
    CompletableFuture<Integer> signalled = new CompletableFuture<>();
    Interrupts signals = Interrupts.listen(signalled::complete);
    try (TrackerServer server = open(allowed)) {
      sayReady(server);
      return serve(server, allowed, signalled);
    } finally {
      signals.close();
    }
  }

  private TrackerServer open(AllowedTorrents allowed) throws CliException {
    if (interval.get().compareTo(SHORTEST_INTERVAL) < 0
        || interval.get().compareTo(LONGEST_INTERVAL) > 0) {
      throw new CliException(
          Reason.USAGE,
          "--interval: " + interval.get().toSeconds() + " s (expected: 10 seconds to a day)");
    }
    TrackerConfig config =
        TrackerConfig.DEFAULT
            .withBind(bind.get())
            .withInterval(interval.get())
            .withMaxRate(maxRate.get());
    if (httpPort.get() != null || udpPort.get() != null) {
      config = config.withPorts(port(httpPort.get()), port(udpPort.get()));
    }
    if (!allow.get().isEmpty()) {
      config = config.withAllowed(allowed.read());
    }
    try {
      return TrackerServer.open(config, (torrent, seeders, leechers) -> {});
    } catch (IOException e) {
      throw new CliException(Reason.USAGE, e.getMessage(), null, e);
    }
  }

  private static int port(Integer chosen) {
    return chosen == null ? TrackerConfig.NO_PORT : chosen;
  }

  private void sayReady(TrackerServer server) throws CliException {
    if (portsFile.get() != null) {
      Map<String, Integer> ports = new LinkedHashMap<>();
      ports.put("http", server.httpPort());
      ports.put("udp", server.udpPort());
      ports.values().removeIf(port -> port == TrackerConfig.NO_PORT);
      new PortsFile(console.path(portsFile.get(), "--ports-file")).write(ports);
    }
    server.announceUrls().forEach(console::result);
  }

  /** Returns the exit code that a signal asks for: there is no other end. */
  private int serve(
      TrackerServer server, AllowedTorrents allowed, CompletableFuture<Integer> signalled)
      throws InterruptedException {
    while (true) {
      try {
        return signalled.get(LOOK_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        lookAgain(server, allowed);
      } catch (ExecutionException e) {
        throw new IllegalStateException("nobody fails this future", e);
      }
    }
  }

  private void lookAgain(TrackerServer server, AllowedTorrents allowed) {
    if (!allowed.hasFolders()) {
      return;
    }
    try {
      server.allow(allowed.read());
    } catch (CliException e) {
      console.note("tsl: " + e.getMessage() + "; going on with what it had");
    }
  }
}
