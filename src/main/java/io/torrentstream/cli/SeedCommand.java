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
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl seed}: share what is there. */
final class SeedCommand implements Callable<Integer> {
  private final Param<List<String>> sources =
      Param.texts("TORRENT", "A .torrent file, - for stdin, or an http(s) address of one.");

  private final Opt<String> dir =
      Opt.text("-d, --dir", "DIR", "Where the data is (the current folder).").orElse(".");

  private final Opt<Boolean> partial =
      Opt.flag("--partial", "Share what is right of data that is not complete.");

  private final Opt<Boolean> check =
      Opt.flag("--check", "Distrust resume data: hash all that is there.");

  private final Opt<Boolean> superSeed =
      Opt.flag("--super-seed", "Show each peer one piece at a time; for the first seed of all.");

  private final Opt<Double> seedRatio =
      Opt.value("--seed-ratio", "R", new OptionValues.Ratio(), "Until R times the size is sent.");

  private final Opt<Duration> seedTime =
      Opt.value(
          "--seed-time",
          "TIME",
          new OptionValues.Time(),
          "For so long, as 90s, 10m or 1h30m. With both: until one is reached.");

  private final Opt<StorageOptions.Kind> storage =
      Opt.word(
              "--storage",
              "mmap|file",
              StorageOptions.Kind.class,
              "Read through mapped memory or plain calls (mmap).")
          .orElse("mmap");

  private final Opt<String> portsFile =
      Opt.text("--ports-file", "FILE", "Write the port in use there, as JSON.");

  private final NetworkOptions network = new NetworkOptions();

  private final ProgressOptions progress = new ProgressOptions();

  private final TraceOption trace = new TraceOption();

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  SeedCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "seed",
            this,
            "Share data that you have.",
            "Checks the data, prints a magnet link, and uploads until it is stopped. The data",
            "is never changed, and nothing is downloaded.")
        .takes(sources, dir, partial, check, superSeed, seedRatio, seedTime, storage, portsFile)
        .takes(trace.all())
        .takes(common.all())
        .takes("Network", network.all())
        .takes("Output", progress.all())
        .shortSynopsis()
        .footer(
            "Exits with 0 when --seed-ratio or --seed-time is reached, with 6 when data is",
            "missing or wrong.")
        .build();
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
    if (superSeed.get() && partial.get()) {
      throw new CliException(
          Reason.USAGE, "--super-seed: with --partial (expected: complete data)");
    }
    SessionConfig session = network.sessionConfig(console);
    StorageOptions data =
        new StorageOptions(
            console.path(dir.get(), "--dir"), storage.get(), false, false, check.get());
    TorrentOptions options =
        TorrentOptions.seeding(
            data, network.sources(), new TorrentOptions.Seeding(partial.get(), superSeed.get()));
    return new SeedRun.Plan(
        torrents(session),
        session,
        !network.hasPorts(),
        options,
        new SeedGoal(seedRatio.get(), seedTime.get()),
        portsFile.get() == null
            ? null
            : new PortsFile(console.path(portsFile.get(), "--ports-file")));
  }

  private List<Metainfo> torrents(SessionConfig session) throws CliException, InterruptedException {
    WebFetch fetcher = new WebFetch(session.bind(), session.trackerCa());
    List<Metainfo> torrents = new ArrayList<>();
    Set<InfoHash> known = new HashSet<>();
    for (String source : sources.get()) {
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
