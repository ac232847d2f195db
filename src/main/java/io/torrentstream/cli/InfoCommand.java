package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.util.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl info}: what a torrent holds, or what a magnet link says. */
@Command(
    name = "info",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {"Show what a torrent holds.", ""})
final class InfoCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "A .torrent file, - for stdin, an http(s) address of one, a magnet link, or an",
        "info-hash."
      })
  private String source;

  @Option(names = "--json", fallbackValue = "true", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--fetch",
      fallbackValue = "true",
      description = "Ask peers what a magnet link stands for, instead of showing what it says.")
  private boolean fetch;

  @Option(
      names = "--metadata-timeout",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = OptionValues.Time.class,
      description = "With --fetch: give up after so long (${DEFAULT-VALUE}); 0: never.")
  private Duration timeout;

  @ArgGroup(validate = false, heading = "%nNetwork, with --fetch:%n")
  private NetworkOptions network = new NetworkOptions();

  @Mixin private TraceOption trace;

  @Mixin private CommonOptions common;

  private final Console console;

  InfoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), trace.open(console)));
    TorrentSource sources = new TorrentSource(console);
    MagnetUri magnet = sources.magnet(source);
    if (magnet == null) {
      // The torrent's own names, not those that this machine or locale would need.
      show(sources.read(source, NameRules.ANY));
    } else if (fetch) {
      show(fetch(magnet));
    } else {
      show(magnet);
    }
    return ExitCode.OK;
  }

  private Metainfo fetch(MagnetUri magnet) throws CliException, InterruptedException {
    boolean live = console.terminal().interactive() && common.verbosity() == 0;
    TextProgress.Style loud = live ? TextProgress.Style.LIVE : TextProgress.Style.NONE;
    Progress progress = new TextProgress(console, common.quiet() ? TextProgress.Style.QUIET : loud);
    SessionConfig session = network.sessionConfig(console);
    byte[] torrent =
        new MetadataRun(magnet, network.metadataOnly(timeout), progress)
            .run(session, !network.hasPorts())
            .torrent();
    try {
      return Metainfo.parse(torrent, NameRules.ANY);
    } catch (ProtocolException e) {
      throw new IllegalStateException("it was read with other rules for names before", e);
    }
  }

  private void show(Metainfo metainfo) {
    if (json) {
      console.json(writer -> InfoJson.write(metainfo, writer));
    } else {
      print(InfoText.of(metainfo), metainfo.warnings());
    }
  }

  private void show(MagnetUri magnet) {
    if (json) {
      console.json(writer -> MagnetInfo.write(magnet, source, writer));
    } else {
      print(MagnetInfo.text(magnet), magnet.warnings());
    }
  }

  private void print(String text, List<String> warnings) {
    console.out().print(text);
    console.out().flush();
    if (!common.quiet()) {
      warnings.forEach(line -> console.note("tsl: warning: " + line));
    }
  }
}
