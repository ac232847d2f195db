package io.torrentstream.cli;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl info}: what a torrent holds. */
@Command(
    name = "info",
    sortOptions = false,
    description = {"Show what a torrent holds.", ""})
final class InfoCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SOURCE",
      description = "A .torrent file, - for stdin, or an http(s) address of one.")
  private String source;

  @Option(names = "--json", fallbackValue = "true", description = "Print one JSON object.")
  private boolean json;

  @Mixin private CommonOptions common;

  private final Console console;

  InfoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    // The torrent's own names, not those that this machine or locale would need.
    Metainfo metainfo = new TorrentSource(console).read(source, NameRules.ANY);
    if (json) {
      console.json(writer -> InfoJson.write(metainfo, writer));
      return ExitCode.OK;
    }
    console.out().print(InfoText.of(metainfo));
    console.out().flush();
    if (!common.quiet()) {
      metainfo.warnings().forEach(line -> console.note("tsl: warning: " + line));
    }
    return ExitCode.OK;
  }
}
