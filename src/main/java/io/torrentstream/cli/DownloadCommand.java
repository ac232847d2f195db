package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.MagnetOptions;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentOptions;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl download}: fetch, verify, exit. */
@Command(
    name = "download",
    abbreviateSynopsis = true,
    description = {"Download a torrent, verify it, print its path, exit.", ""},
    sortOptions = false,
    footer = {
      "",
      "Values not given here are taken from TSL_<OPTION> in the environment, as",
      "TSL_MAX_DOWN=2M, then from tsl.properties in the folder of your settings.",
      "The command of --on-complete gets the path as its last argument and in",
      "TSL_PATH; it is run without a shell."
    })
final class DownloadCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A .torrent file, - for stdin, an http(s) address of one, a magnet link, or an",
        "info-hash."
      })
  private String source;

  @Option(
      names = "--files",
      paramLabel = "SPEC",
      converter = FileSpec.Converter.class,
      description = "Only these files, as 1,3-5,'*.pdf','!*.txt'; numbers as in tsl info.")
  private FileSpec files;

  @Option(
      names = "--sequential",
      fallbackValue = "true",
      description = "Fetch from the beginning to the end.")
  private boolean sequential;

  @Option(
      names = "--max-down",
      paramLabel = "RATE",
      defaultValue = "0",
      converter = OptionValues.Rate.class,
      description = "Download bytes per second, as 500K or 2M; 0: no limit.")
  private long maxDown;

  @Option(
      names = "--stall-timeout",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = OptionValues.Time.class,
      description = "Give up after so long without new data (${DEFAULT-VALUE}); 0: never.")
  private Duration stallTimeout;

  @Option(
      names = "--metadata-timeout",
      paramLabel = "TIME",
      converter = OptionValues.Time.class,
      description = "The same for the metadata of a magnet link (as --stall-timeout).")
  private Duration metadataTimeout;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "0",
      converter = OptionValues.Time.class,
      description = "Give up after so long in all, as 90s, 10m or 1h30m.")
  private Duration timeout;

  @Option(
      names = "--seed-ratio",
      paramLabel = "R",
      converter = OptionValues.Ratio.class,
      description = "Then seed until R times the size is sent.")
  private Double seedRatio;

  @Option(
      names = "--seed-time",
      paramLabel = "TIME",
      converter = OptionValues.Time.class,
      description = "Then seed for so long. With both: until one is reached.")
  private Duration seedTime;

  @Option(
      names = "--on-complete",
      paramLabel = "CMD",
      description = "Then run this program; it failing is exit code 7.")
  private String onComplete;

  @Option(
      names = "--ports-file",
      paramLabel = "FILE",
      description = "Write the port in use there, as JSON.")
  private String portsFile;

  @ArgGroup(validate = false, heading = "%nStorage:%n")
  private StorageArguments storage = new StorageArguments();

  @ArgGroup(validate = false, heading = "%nNetwork:%n")
  private NetworkOptions network = new NetworkOptions();

  @ArgGroup(validate = false, heading = "%nOutput:%n")
  private ProgressOptions progress = new ProgressOptions();

  @Mixin private TraceOption trace;

  @Mixin private CommonOptions common;

  private final Console console;

  DownloadCommand(Console console) {
    this.console = console;
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
    SessionConfig session = upload.withRates(maxDown, upload.maxUpRate());
    return new DownloadRun.Plan(
        target(session),
        session,
        !network.hasPorts(),
        timeout,
        new SeedGoal(seedRatio, seedTime),
        onComplete == null ? null : new CompletionHook(onComplete),
        portsFile == null ? null : new PortsFile(console.path(portsFile, "--ports-file")));
  }

  private Target target(SessionConfig session) throws CliException, InterruptedException {
    TorrentSource sources =
        new TorrentSource(console, new WebFetch(session.bind(), session.trackerCa()));
    MagnetUri magnet = sources.magnet(source);
    if (magnet == null) {
      Metainfo metainfo = sources.read(source);
      return new Target.OfTorrent(
          metainfo, options(files == null ? null : files.select(metainfo.info())));
    }
    Duration limit = metadataTimeout == null ? stallTimeout : metadataTimeout;
    return new Target.OfMagnet(
        magnet,
        new MagnetOptions(options(null), files == null ? null : files::choose, limit, false));
  }

  private TorrentOptions options(BitSet wanted) throws CliException {
    return new TorrentOptions(
        storage.storageOptions(console), network.sources(), wanted, sequential, stallTimeout, null);
  }
}
