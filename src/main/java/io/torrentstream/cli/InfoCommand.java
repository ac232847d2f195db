package io.torrentstream.cli;

import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.util.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl info}: what a torrent holds, or what a magnet link says. */
final class InfoCommand implements Callable<Integer> {
  private final Param<String> source =
      Param.text(
          "SOURCE",
          "A .torrent file, - for stdin, an http(s) address of one, a magnet link, or an",
          "info-hash.");

  private final Opt<Boolean> json = Opt.flag("--json", "Print one JSON object.");

  private final Opt<Boolean> fetch =
      Opt.flag(
          "--fetch", "Ask peers what a magnet link stands for, instead of showing what it says.");

  private final Opt<Duration> timeout =
      Opt.value(
              "--metadata-timeout",
              "TIME",
              new OptionValues.Time(OptionValues.Time.ZERO_FOR_NEVER),
              "With --fetch: give up after so long (${DEFAULT-VALUE}); 0: never.")
          .orElse("10m");

  private final NetworkOptions network = new NetworkOptions();

  private final TraceOption trace = new TraceOption();

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  InfoCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder("info", this, "Show what a torrent holds.")
        .takes(source, json, fetch, timeout)
        .takes(trace.all())
        .takes(common.all())
        .takes("Network, with --fetch", network.all())
        .shortSynopsis()
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), trace.open(console)));
    TorrentSource sources = new TorrentSource(console);
    MagnetUri magnet = sources.magnet(source.get());
    if (magnet == null) {
      // The torrent's own names, not those that this machine or locale would need.
      show(sources.read(source.get(), NameRules.ANY));
    } else if (fetch.get()) {
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
        new MetadataRun(magnet, network.metadataOnly(timeout.get()), progress)
            .run(session, !network.hasPorts())
            .torrent();
    try {
      return Metainfo.parse(torrent, NameRules.ANY);
    } catch (ProtocolException e) {
      throw new IllegalStateException("it was read with other rules for names before", e);
    }
  }

  private void show(Metainfo metainfo) {
    if (json.get()) {
      console.json(writer -> InfoJson.write(metainfo, writer));
    } else {
      InfoText.print(metainfo, console.out());
      warn(metainfo.warnings());
    }
  }

  private void show(MagnetUri magnet) {
    if (json.get()) {
      console.json(writer -> MagnetInfo.write(magnet, source.get(), writer));
    } else {
      console.out().print(MagnetInfo.text(magnet));
      console.out().flush();
      warn(magnet.warnings());
    }
  }

  private void warn(List<String> warnings) {
    if (!common.quiet()) {
      warnings.forEach(line -> console.note("tsl: warning: " + line));
    }
  }
}
