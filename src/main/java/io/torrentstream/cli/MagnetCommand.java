package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetLink;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentEvent;
import io.torrentstream.storage.AtomicFile;
import io.torrentstream.storage.StorageException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl magnet}: from a .torrent to its magnet link, and back. */
final class MagnetCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  private final Param<String> source =
      Param.text(
          "SOURCE", "A .torrent file, -, an http(s) address; or a magnet link or info-hash.");

  private final Opt<String> output =
      Opt.text("-o, --output", "FILE", "Where the .torrent of a magnet link goes; -: stdout.");

  private final Opt<Boolean> force = Opt.flag("--force", "Replace that file.");

  private final Opt<Duration> timeout =
      Opt.value(
              "--metadata-timeout",
              "TIME",
              new OptionValues.Time(OptionValues.Time.ZERO_FOR_NEVER),
              "Give up after so long without metadata (${DEFAULT-VALUE}); 0: never.")
          .orElse("10m");

  private final NetworkOptions network = new NetworkOptions();

  private final ProgressOptions progress = new ProgressOptions();

  private final TraceOption trace = new TraceOption();

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  MagnetCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "magnet",
            this,
            "Print a torrent's magnet link, or make a .torrent of one.",
            "For the latter, peers are asked for the metadata; no data is downloaded.")
        .takes(source, output, force, timeout)
        .takes(trace.all())
        .takes(common.all())
        .takes("Network", network.all())
        .takes("Output", progress.all())
        .shortSynopsis()
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), trace.open(console)));
    boolean logging = common.verbosity() > 0 || trace.isToStderr();
    Progress shown = progress.progress(console, common.quiet(), logging, false);
    SessionConfig session = network.sessionConfig(console);
    TorrentSource sources =
        new TorrentSource(console, new WebFetch(session.bind(), session.trackerCa()));
    try {
      MagnetUri magnet = sources.magnet(source.get());
      if (magnet == null) {
        print(sources, shown);
      } else {
        fetch(magnet, session, shown);
      }
      return ExitCode.OK;
    } catch (CliException e) {
      shown.failed(e);
      throw e;
    }
  }

  private void print(TorrentSource sources, Progress shown)
      throws CliException, InterruptedException {
    if (output.get() != null) {
      throw new CliException(
          Reason.USAGE, "--output: " + output.get() + " (expected: only with a magnet link)");
    }
    shown.link(MagnetLink.of(sources.read(source.get(), NameRules.ANY)));
  }

  private void fetch(MagnetUri magnet, SessionConfig session, Progress shown)
      throws CliException, InterruptedException {
    if (output.get() == null) {
      throw new CliException(
          Reason.USAGE,
          "--output: missing (expected: a file for the .torrent of the magnet link)",
          "tsl info shows what a link says.",
          null);
    }
    if (STDOUT.equals(output.get()) && progress.areEvents()) {
      throw new CliException(Reason.USAGE, "--output: - (expected: a file, with --json)");
    }
    try {
      // First: what is fetched must have a place.
      AtomicFile file =
          STDOUT.equals(output.get())
              ? null
              : AtomicFile.prepare(console.path(output.get(), "--output"), force.get());
      TorrentEvent.MetadataReady ready =
          new MetadataRun(magnet, network.metadataOnly(timeout.get()), shown)
              .run(session, !network.hasPorts());
      if (file == null) {
        console.result(ready.torrent());
      } else {
        file.write(ready.torrent());
        shown.torrentWritten(file.path());
      }
    } catch (StorageException e) {
      throw new CliException(Reason.valueOf(e.kind().name()), e.getMessage(), null, e);
    }
  }
}
