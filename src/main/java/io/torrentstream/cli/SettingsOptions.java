package io.torrentstream.cli;

import io.torrentstream.tool.Lint;
import io.torrentstream.tool.TorrentSettings;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The options that say what a new .torrent holds besides its files. */
final class SettingsOptions {
  /** The agreement of reproducible builds: the time that stands for now. */
  private static final String EPOCH = "SOURCE_DATE_EPOCH";

  private final Opt<List<OptionValues.Tier>> tiers =
      Opt.values(
          "-t, --tracker",
          "URL",
          new OptionValues.TrackerTier(),
          "Announce there; may be repeated. URL,URL: stand-ins for each other.");

  private final Opt<List<String>> webSeeds =
      Opt.values(
          "-w, --web-seed",
          "URL",
          new OptionValues.WebUrl(),
          "A web server that has the data; may be repeated.");

  private final Opt<List<InetSocketAddress>> nodes =
      Opt.values(
          "--node",
          "HOST:PORT",
          new OptionValues.HostPort(),
          "A DHT node to begin with; may be repeated.");

  private final Opt<Boolean> isPrivate =
      Opt.flag("--private", "Peers are to come from the trackers alone.");

  private final Opt<String> source =
      Opt.value(
          "--source",
          "TEXT",
          new OptionValues.Utf8Text(),
          "Makes the info-hash differ from other torrents of the same files.");

  private final Opt<String> comment =
      Opt.value("-c, --comment", "TEXT", new OptionValues.Utf8Text(), "Shown by other programs.");

  private final Opt<Boolean> noDate = Opt.flag("--no-date", "Leave out when it was made.");

  private final Opt<List<Lint>> allowed =
      Opt.values(
              "--allow",
              "LINT",
              new OptionValues.LintName(),
              "Make it in spite of: " + OptionValues.LintName.words() + "; may be repeated.")
          .separatedBy(",");

  Opt<?>[] all() {
    return new Opt<?>[] {tiers, webSeeds, nodes, isPrivate, source, comment, noDate, allowed};
  }

  Set<Lint> allowed() {
    Set<Lint> set = EnumSet.noneOf(Lint.class);
    set.addAll(allowed.get());
    return set;
  }

  TorrentSettings settings(Console console, String name, int pieceLength) throws CliException {
    return new TorrentSettings(
        name,
        pieceLength,
        isPrivate.get(),
        source.get(),
        new TorrentSettings.Contacts(
            tiers.get().stream().map(OptionValues.Tier::trackers).toList(),
            webSeeds.get(),
            nodes.get()),
        new TorrentSettings.About(comment.get(), Tsl.nameAndVersion(), date(console)));
  }

  private Long date(Console console) throws CliException {
    String epoch = console.env().get(EPOCH);
    if (noDate.get()) {
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
