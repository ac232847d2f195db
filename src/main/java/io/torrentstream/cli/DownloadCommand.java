package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.MagnetOptions;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentOptions;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl download}: fetch, verify, exit. */
final class DownloadCommand implements Callable<Integer> {
  private final Param<String> source =
      Param.text(
          "SOURCE",
          "A .torrent file, - for stdin, an http(s) address of one, a magnet link, or an",
          "info-hash.");

  private final Opt<FileSpec> files =
      Opt.value(
          "--files",
          "SPEC",
          new FileSpec.Converter(),
          "Only these files, as 1,3-5,'*.pdf','!*.txt'; numbers as in tsl info.");

  private final Opt<Boolean> sequential =
      Opt.flag("--sequential", "Fetch from the beginning to the end.");

  private final Opt<Long> maxDown =
      Opt.value(
              "--max-down",
              "RATE",
              new OptionValues.Rate(),
              "Download bytes per second, as 500K or 2M; 0: no limit.")
          .orElse("0");

  private final Opt<Duration> stallTimeout =
      Opt.value(
              "--stall-timeout",
              "TIME",
              new OptionValues.Time(OptionValues.Time.ZERO_FOR_NEVER),
              "Give up after so long without new data (${DEFAULT-VALUE}); 0: never.")
          .orElse("10m");

  private final Opt<Duration> metadataTimeout =
      Opt.value(
          "--metadata-timeout",
          "TIME",
          new OptionValues.Time(OptionValues.Time.ZERO_FOR_NEVER),
          "The same for the metadata of a magnet link (as --stall-timeout).");

  private final Opt<Duration> timeout =
      Opt.value(
              "--timeout",
              "TIME",
              new OptionValues.Time(OptionValues.Time.ZERO_FOR_NEVER),
              "Give up after so long in all, as 90s, 10m or 1h30m.")
          .orElse("0");

  private final Opt<Double> seedRatio =
      Opt.value(
          "--seed-ratio",
          "R",
          new OptionValues.Ratio(),
          "Then seed until R times the size is sent.");

  private final Opt<Duration> seedTime =
      Opt.value(
          "--seed-time",
          "TIME",
          new OptionValues.Time(),
          "Then seed for so long. With both: until one is reached.");

  private final Opt<String> onComplete =
      Opt.text("--on-complete", "CMD", "Then run this program; it failing is exit code 7.");

  private final Opt<String> portsFile =
      Opt.text("--ports-file", "FILE", "Write the port in use there, as JSON.");

  private final StorageArguments storage = new StorageArguments();

  private final NetworkOptions network = new NetworkOptions();

  private final ProgressOptions progress = new ProgressOptions();

  private final TraceOption trace = new TraceOption();

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  DownloadCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "download", this, "Download a torrent, verify it, print its path, exit.")
        .takes(
            source,
            files,
            sequential,
            maxDown,
            stallTimeout,
            metadataTimeout,
            timeout,
            seedRatio,
            seedTime,
            onComplete,
            portsFile)
        .takes(trace.all())
        .takes(common.all())
        .takes("Storage", storage.all())
        .takes("Network", network.all())
        .takes("Output", progress.all())
        .shortSynopsis()
        .footer(
            "Values not given here are taken from TSL_<OPTION> in the environment, as",
            "TSL_MAX_DOWN=2M, then from tsl.properties in the folder of your settings.",
            "The command of --on-complete gets the path as its last argument and in",
            "TSL_PATH; it is run without a shell.")
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), trace.open(console)));
    boolean logging = common.verbosity() > 0 || trace.isToStderr();
    Progress shown = progress.progress(console, common.quiet(), logging, trace.isOn());
    try {
      new DownloadRun(console, plan(), shown).run();
      return ExitCode.OK;
    } catch (CliException e) {
      shown.failed(e);
      throw e;
    }
  }

  private DownloadRun.Plan plan() throws CliException, InterruptedException {
    SessionConfig upload = network.sessionConfig(console);
    SessionConfig session = upload.withRates(maxDown.get(), upload.maxUpRate());
    return new DownloadRun.Plan(
        target(session),
        session,
        !network.hasPorts(),
        timeout.get(),
        new SeedGoal(seedRatio.get(), seedTime.get()),
        onComplete.get() == null ? null : new CompletionHook(onComplete.get()),
        portsFile.get() == null
            ? null
            : new PortsFile(console.path(portsFile.get(), "--ports-file")));
  }

  private Target target(SessionConfig session) throws CliException, InterruptedException {
    TorrentSource sources =
        new TorrentSource(console, new WebFetch(session.bind(), session.trackerCa()));
    MagnetUri magnet = sources.magnet(source.get());
    if (magnet == null) {
      Metainfo metainfo = sources.read(source.get());
      return new Target.OfTorrent(
          metainfo, options(files.get() == null ? null : files.get().select(metainfo.info())));
    }
    Duration limit = metadataTimeout.get() == null ? stallTimeout.get() : metadataTimeout.get();
    return new Target.OfMagnet(
        magnet,
        new MagnetOptions(
            options(null), files.get() == null ? null : files.get()::choose, limit, false));
  }

  private TorrentOptions options(BitSet wanted) throws CliException {
    return new TorrentOptions(
        storage.storageOptions(console),
        network.sources(),
        wanted,
        sequential.get(),
        stallTimeout.get(),
        null);
  }
}
