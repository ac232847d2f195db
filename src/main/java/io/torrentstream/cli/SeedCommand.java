package io.torrentstream.cli;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentOptions;
import io.torrentstream.storage.StorageOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl seed}: share what is there. */
@Command(
    name = "seed",
    abbreviateSynopsis = true,
    description = {
      "Share data that you have.",
      "Checks the data, prints a magnet link, and uploads until it is stopped. The data",
      "is never changed, and nothing is downloaded.",
      ""
    },
    sortOptions = false,
    footer = {
      "",
      "Exits with 0 when --seed-ratio or --seed-time is reached, with 6 when data is",
      "missing or wrong."
    })
final class SeedCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "TORRENT",
      arity = "1..*",
      description = "A .torrent file, - for stdin, or an http(s) address of one.")
  private List<String> sources;

  @Option(
      names = {"-d", "--dir"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the data is (the current folder).")
  private String dir;

  @Option(
      names = "--partial",
      fallbackValue = "true",
      description = "Share what is right of data that is not complete.")
  private boolean partial;

  @Option(
      names = "--check",
      fallbackValue = "true",
      description = "Distrust resume data: hash all that is there.")
  private boolean check;

  @Option(
      names = "--super-seed",
      fallbackValue = "true",
      description = "Show each peer one piece at a time; for the first seed of all.")
  private boolean superSeed;

  @Option(
      names = "--seed-ratio",
      paramLabel = "R",
      converter = OptionValues.Ratio.class,
      description = "Until R times the size is sent.")
  private Double seedRatio;

  @Option(
      names = "--seed-time",
      paramLabel = "TIME",
      converter = OptionValues.Time.class,
      description = "For so long, as 90s, 10m or 1h30m. With both: until one is reached.")
  private Duration seedTime;

  @Option(
      names = "--storage",
      paramLabel = "mmap|file",
      defaultValue = "mmap",
      description = "Read through mapped memory or plain calls (mmap).")
  private StorageOptions.Kind storage;

  @Option(
      names = "--ports-file",
      paramLabel = "FILE",
      description = "Write the port in use there, as JSON.")
  private String portsFile;

  @ArgGroup(validate = false, heading = "%nNetwork:%n")
  private NetworkOptions network = new NetworkOptions();

  @ArgGroup(validate = false, heading = "%nOutput:%n")
  private ProgressOptions progress = new ProgressOptions();

  @Mixin private TraceOption trace;

  @Mixin private CommonOptions common;

  private final Console console;

  SeedCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), trace.open(console)));
    boolean logging = common.verbosity() > 0 || trace.isToStderr();
    Progress shown = progress.progress(console, common.quiet(), logging, trace.isOn());
    try {
      new SeedRun(plan(), shown).run();
      return ExitCode.OK;
    } catch (CliException e) {
      shown.failed(e);
      throw e;
    }
  }

  private SeedRun.Plan plan() throws CliException, InterruptedException {
    if (superSeed && partial) {
      throw new CliException(
          Reason.USAGE, "--super-seed: with --partial (expected: complete data)");
    }
    SessionConfig session = network.sessionConfig(console);
    StorageOptions data =
        new StorageOptions(console.path(dir, "--dir"), storage, false, false, check);
    TorrentOptions options =
        TorrentOptions.seeding(
            data, network.sources(), new TorrentOptions.Seeding(partial, superSeed));
    return new SeedRun.Plan(
        torrents(session),
        session,
        !network.hasPorts(),
        options,
        new SeedGoal(seedRatio, seedTime),
        portsFile == null ? null : new PortsFile(console.path(portsFile, "--ports-file")));
  }

  private List<Metainfo> torrents(SessionConfig session) throws CliException, InterruptedException {
    WebFetch fetcher = new WebFetch(session.bind(), session.trackerCa());
    List<Metainfo> torrents = new ArrayList<>();
    Set<InfoHash> known = new HashSet<>();
    for (String source : sources) {
      Metainfo metainfo = new TorrentSource(console, fetcher).read(source);
      if (!known.add(metainfo.info().infoHash())) {
        throw new CliException(
            Reason.USAGE, "TORRENT: " + source + " (expected: each torrent once)");
      }
      torrents.add(metainfo);
    }
    return torrents;
  }
}
