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
import picocli.CommandLine.Option;

/** The options that say how to reach the swarm. */
final class NetworkOptions {
  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT[-PORT]",
      converter = OptionValues.PortRange.class,
      description = "Listen on the first free port of these (6881-6889); 0: any free port.")
  private OptionValues.Ports ports;

  @Option(
      names = "--bind",
      paramLabel = "ADDR",
      converter = OptionValues.LocalAddress.class,
      description = "Use only this address of this machine.")
  private InetAddress bind;

  @Option(
      names = "--peer",
      paramLabel = "HOST:PORT",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.HostPort.class,
      description = "Connect to this peer too; may be repeated.")
  private List<InetSocketAddress> peers = List.of();

  @Option(
      names = "--tracker",
      paramLabel = "URL",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.TrackerUrl.class,
      description = "Announce to this tracker too; may be repeated.")
  private List<String> trackers = List.of();

  @Option(names = "--no-trackers", fallbackValue = "true", description = "Announce to no tracker.")
  private boolean noTrackers;

  @Option(
      names = "--no-pex",
      fallbackValue = "true",
      description = "Exchange no addresses with peers.")
  private boolean noPex;

  @Option(
      names = "--no-lsd",
      fallbackValue = "true",
      description = "Look for nobody in the local network.")
  private boolean noLsd;

  @Option(
      names = "--dht-node",
      paramLabel = "HOST:PORT",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.HostPort.class,
      description = "Begin with this node of the DHT instead of well-known ones; may be repeated.")
  private List<InetSocketAddress> dhtNodes = List.of();

  @Option(
      names = "--no-dht",
      fallbackValue = "true",
      description = "Take no part in the DHT; so, too, with a loopback address and no --dht-node.")
  private boolean noDht;

  @Option(
      names = "--web-seed",
      paramLabel = "URL",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.WebUrl.class,
      description = "Fetch from this web server too; may be repeated.")
  private List<String> webSeeds = List.of();

  @Option(
      names = "--no-web-seeds",
      fallbackValue = "true",
      description = "Use none of the torrent's web servers.")
  private boolean noWebSeeds;

  @Option(
      names = "--max-up",
      paramLabel = "RATE",
      defaultValue = "0",
      converter = OptionValues.Rate.class,
      description = "Upload bytes per second, as 500K or 2M; 0: no limit.")
  private long maxUp;

  @Option(
      names = "--max-uploads",
      paramLabel = "N",
      converter = OptionValues.Count.class,
      description = "Upload to so many peers at a time (as many as suit the rate).")
  private Integer maxUploads;

  @Option(
      names = "--max-peers",
      paramLabel = "N",
      defaultValue = "200",
      converter = OptionValues.Count.class,
      description = "Connections at most (${DEFAULT-VALUE}).")
  private int maxPeers;

  @Option(
      names = "--tracker-ca",
      paramLabel = "FILE",
      description = "Trust the certificates in this PEM file too, for https.")
  private String trackerCa;

  /** Whether the port is the user's choice, or any will do. */
  boolean hasPorts() {
    return ports != null;
  }

  SessionConfig sessionConfig(Console console) throws CliException {
    SessionConfig config =
        SessionConfig.DEFAULT
            .withBind(bind)
            .withMaxPeers(maxPeers)
            .withMaxUploads(maxUploads == null ? 0 : maxUploads)
            .withRates(0, maxUp)
            .withTrackerCa(trackerCa(console))
            .withDht(noDht ? null : DhtNodes.settings(bind, dhtNodes, console));
    return ports == null ? config : config.withPorts(ports.first(), ports.last());
  }

  private Path trackerCa(Console console) throws CliException {
    if (trackerCa == null) {
      return null;
    }
    Path pem = console.path(trackerCa, "--tracker-ca");
    if (!Files.isReadable(pem)) {
      throw new CliException(
          Reason.USAGE, "--tracker-ca: " + trackerCa + " (expected: a PEM file)");
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
    if (noTrackers) {
      discovery.remove(Discovery.TRACKERS);
    }
    if (noPex) {
      discovery.remove(Discovery.PEX);
    }
    if (noLsd) {
      discovery.remove(Discovery.LSD);
    }
    return new SourceOptions(discovery, trackers, peers, !noWebSeeds, webSeeds);
  }
}
