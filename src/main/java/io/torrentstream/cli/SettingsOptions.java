package io.torrentstream.cli;

import io.torrentstream.tool.Lint;
import io.torrentstream.tool.TorrentSettings;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options that say what a new .torrent holds besides its files. */
final class SettingsOptions {
  /** The agreement of reproducible builds: the time that stands for now. */
  private static final String EPOCH = "SOURCE_DATE_EPOCH";

  @Option(
      names = {"-t", "--tracker"},
      paramLabel = "URL",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.TrackerTier.class,
      description = "Announce there; may be repeated. URL,URL: stand-ins for each other.")
  private List<OptionValues.Tier> tiers = List.of();

  @Option(
      names = {"-w", "--web-seed"},
      paramLabel = "URL",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.WebUrl.class,
      description = "A web server that has the data; may be repeated.")
  private List<String> webSeeds = List.of();

  @Option(
      names = "--node",
      paramLabel = "HOST:PORT",
      split = " ",
      splitSynopsisLabel = "",
      converter = OptionValues.HostPort.class,
      description = "A DHT node to begin with; may be repeated.")
  private List<InetSocketAddress> nodes = List.of();

  @Option(
      names = "--private",
      fallbackValue = "true",
      description = "Peers are to come from the trackers alone.")
  private boolean isPrivate;

  @Option(
      names = "--source",
      paramLabel = "TEXT",
      converter = OptionValues.Utf8Text.class,
      description = "Makes the info-hash differ from other torrents of the same files.")
  private String source;

  @Option(
      names = {"-c", "--comment"},
      paramLabel = "TEXT",
      converter = OptionValues.Utf8Text.class,
      description = "Shown by other programs.")
  private String comment;

  @Option(names = "--no-date", fallbackValue = "true", description = "Leave out when it was made.")
  private boolean noDate;

  @Option(
      names = "--allow",
      paramLabel = "LINT",
      split = ",",
      splitSynopsisLabel = "",
      converter = OptionValues.LintName.class,
      description = "Make it in spite of: ${COMPLETION-CANDIDATES}; may be repeated.")
  private List<Lint> allowed = List.of();

  Set<Lint> allowed() {
    Set<Lint> set = EnumSet.noneOf(Lint.class);
    set.addAll(allowed);
    return set;
  }

  TorrentSettings settings(Console console, String name, int pieceLength) throws CliException {
    return new TorrentSettings(
        name,
        pieceLength,
        isPrivate,
        source,
        new TorrentSettings.Contacts(
            tiers.stream().map(OptionValues.Tier::trackers).toList(), webSeeds, nodes),
        new TorrentSettings.About(comment, Tsl.nameAndVersion(), date(console)));
  }

  private Long date(Console console) throws CliException {
    String epoch = console.env().get(EPOCH);
    if (noDate) {
      return null;
    }
    if (epoch == null || epoch.isEmpty()) {
      return Instant.now().getEpochSecond();
    }
    if (!epoch.matches("[0-9]{1,12}")) {
      throw new CliException(
          Reason.USAGE, EPOCH + ": " + epoch + " (expected: seconds since 1970)");
    }
    return Long.valueOf(epoch);
  }
}
