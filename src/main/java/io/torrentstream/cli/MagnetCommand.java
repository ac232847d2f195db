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
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl magnet}: from a .torrent to its magnet link, and back. */
@Command(
    name = "magnet",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Print a torrent's magnet link, or make a .torrent of one.",
      "For the latter, peers are asked for the metadata; no data is downloaded.",
      ""
    })
final class MagnetCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SOURCE",
      description = "A .torrent file, -, an http(s) address; or a magnet link or info-hash.")
  private String source;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where the .torrent of a magnet link goes.")
  private String output;

  @Option(names = "--force", fallbackValue = "true", description = "Replace that file.")
  private boolean force;

  @Option(
      names = "--metadata-timeout",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = OptionValues.Time.class,
      description = "Give up after so long without metadata (${DEFAULT-VALUE}); 0: never.")
  private Duration timeout;

  @ArgGroup(validate = false, heading = "%nNetwork:%n")
  private NetworkOptions network = new NetworkOptions();

  @ArgGroup(validate = false, heading = "%nOutput:%n")
  private ProgressOptions progress = new ProgressOptions();

  @Mixin private TraceOption trace;

  @Mixin private CommonOptions common;

  private final Console console;

  MagnetCommand(Console console) {
    this.console = console;
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
      MagnetUri magnet = sources.magnet(source);
      if (magnet == null) {
        print(sources);
      } else {
        fetch(magnet, session, shown);
      }
      return ExitCode.OK;
    } catch (CliException e) {
      shown.failed(e);
      throw e;
    }
  }

  private void print(TorrentSource sources) throws CliException, InterruptedException {
    if (output != null) {
      throw new CliException(
          Reason.USAGE, "--output: " + output + " (expected: only with a magnet link)");
    }
    console.result(MagnetLink.of(sources.read(source, NameRules.ANY)));
  }

  private void fetch(MagnetUri magnet, SessionConfig session, Progress shown)
      throws CliException, InterruptedException {
    if (output == null) {
      throw new CliException(
          Reason.USAGE,
          "--output: missing (expected: a file for the .torrent of the magnet link)",
          "tsl info shows what a link says.",
          null);
    }
    try {
      // First: what is fetched must have a place.
      AtomicFile file = AtomicFile.prepare(console.path(output, "--output"), force);
      TorrentEvent.MetadataReady ready =
          new MetadataRun(magnet, network.metadataOnly(timeout), shown)
              .run(session, !network.hasPorts());
      file.write(ready.torrent());
      console.result(file.path().toString());
    } catch (StorageException e) {
      throw new CliException(Reason.valueOf(e.kind().name()), e.getMessage(), null, e);
    }
  }
}
