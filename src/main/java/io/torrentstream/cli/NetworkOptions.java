package io.torrentstream.cli;

import io.torrentstream.session.Discovery;
import io.torrentstream.session.MagnetOptions;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.SourceOptions;
import io.torrentstream.session.TorrentOptions;
import io.torrentstream.storage.StorageOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The options that say how to reach the swarm. */
final class NetworkOptions {
  private final Opt<OptionValues.Ports> ports =
      Opt.value(
          "-p, --port",
          "PORT[-PORT]",
          new OptionValues.PortRange(),
          "Listen on the first free port of these (6881-6889); 0: any free port.");

  private final Opt<InetAddress> bind =
      Opt.value(
          "--bind",
          "ADDR",
          new OptionValues.LocalAddress(),
          "Use only this address of this machine.");

  private final Opt<List<InetSocketAddress>> peers =
      Opt.values(
          "--peer",
          "HOST:PORT",
          new OptionValues.HostPort(),
          "Connect to this peer too; may be repeated.");

  private final Opt<List<String>> trackers =
      Opt.values(
          "--tracker",
          "URL",
          new OptionValues.TrackerUrl(),
          "Announce to this tracker too; may be repeated.");

  private final Opt<Boolean> noTrackers = Opt.flag("--no-trackers", "Announce to no tracker.");

  private final Opt<Boolean> noPex = Opt.flag("--no-pex", "Exchange no addresses with peers.");

  private final Opt<Boolean> noLsd = Opt.flag("--no-lsd", "Look for nobody in the local network.");

  private final Opt<List<InetSocketAddress>> dhtNodes =
      Opt.values(
          "--dht-node",
          "HOST:PORT",
          new OptionValues.HostPort(),
          "Begin with this node of the DHT instead of well-known ones; may be repeated.");

  private final Opt<Boolean> noDht =
      Opt.flag(
          "--no-dht",
          "Take no part in the DHT; so, too, with a loopback address and no --dht-node.");

  private final Opt<List<String>> webSeeds =
      Opt.values(
          "--web-seed",
          "URL",
          new OptionValues.WebUrl(),
          "Fetch from this web server too; may be repeated.");

  private final Opt<Boolean> noWebSeeds =
      Opt.flag("--no-web-seeds", "Use none of the torrent's web servers.");

  private final Opt<Long> maxUp =
      Opt.value(
              "--max-up",
              "RATE",
              new OptionValues.Rate(),
              "Upload bytes per second, as 500K or 2M; 0: no limit.")
          .orElse("0");

  private final Opt<Integer> maxUploads =
      Opt.value(
          "--max-uploads",
          "N",
          new OptionValues.Count(),
          "Upload to so many peers at a time (as many as suit the rate).");

  private final Opt<Integer> maxPeers =
      Opt.value(
              "--max-peers",
              "N",
              new OptionValues.Count(),
              "Connections at most (${DEFAULT-VALUE}).")
          .orElse("200");

  private final Opt<String> trackerCa =
      Opt.text("--tracker-ca", "FILE", "Trust the certificates in this PEM file too, for https.");

  Opt<?>[] all() {
    return new Opt<?>[] {
      ports,
      bind,
      peers,
      trackers,
      noTrackers,
      noPex,
      noLsd,
      dhtNodes,
      noDht,
      webSeeds,
      noWebSeeds,
      maxUp,
      maxUploads,
      maxPeers,
      trackerCa
    };
  }

  /** Whether the port is the user's choice, or any will do. */
  boolean hasPorts() {
    return ports.get() != null;
  }

  SessionConfig sessionConfig(Console console) throws CliException {
    SessionConfig config =
        SessionConfig.DEFAULT
            .withBind(bind.get())
            .withMaxPeers(maxPeers.get())
            .withMaxUploads(maxUploads.get() == null ? 0 : maxUploads.get())
            .withRates(0, maxUp.get())
            .withTrackerCa(trackerCa(console))
            .withDht(noDht.get() ? null : DhtNodes.settings(bind.get(), dhtNodes.get(), console));
    return ports.get() == null ? config : config.withPorts(ports.get().first(), ports.get().last());
  }

  private Path trackerCa(Console console) throws CliException {
    if (trackerCa.get() == null) {
      return null;
    }
    Path pem = console.path(trackerCa.get(), "--tracker-ca");
    if (!Files.isReadable(pem)) {
      throw new CliException(
          Reason.USAGE, "--tracker-ca: " + trackerCa.get() + " (expected: a PEM file)");
    }
    return pem;
  }

  /** To fetch the metadata of a magnet link and no data. */
  MagnetOptions metadataOnly(Duration timeout) {
    TorrentOptions torrent =
        TorrentOptions.of(StorageOptions.in(Path.of(""))).withSources(sources());
    return new MagnetOptions(torrent, null, timeout, true);
  }

  SourceOptions sources() {
    Set<Discovery> discovery = EnumSet.allOf(Discovery.class);
    if (noTrackers.get()) {
      discovery.remove(Discovery.TRACKERS);
    }
    if (noPex.get()) {
      discovery.remove(Discovery.PEX);
    }
    if (noLsd.get()) {
      discovery.remove(Discovery.LSD);
    }
    return new SourceOptions(
        discovery, trackers.get(), peers.get(), !noWebSeeds.get(), webSeeds.get());
  }
}
