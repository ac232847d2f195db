package io.torrentstream.cli;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.Session;
import io.torrentstream.session.SessionConfig;
import io.torrentstream.session.TorrentFailure;
import io.torrentstream.session.TorrentHandle;
import io.torrentstream.session.TorrentOptions;
import io.torrentstream.storage.StorageOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsl download}: fetch, verify, exit. */
@Command(name = "download", description = "Download a torrent, verify it, exit.")
final class DownloadCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SOURCE",
      description = "A .torrent file, - for stdin, or an http(s) address of one.")
  private String source;

  @Option(
      names = {"-d", "--dir"},
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the data goes (default: ${DEFAULT-VALUE}).")
  private String dir;

  @Mixin private CommonOptions common;

  private final Console console;

  DownloadCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Metainfo metainfo = new TorrentSource(console).read(source);
    TorrentOptions options = TorrentOptions.of(StorageOptions.in(console.cwd().resolve(dir)));
    try (Session session = Session.open(SessionConfig.DEFAULT)) {
      TorrentHandle torrent = session.add(metainfo, options);
      Path path = torrent.completion().get();
      console.result(path.toString());
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CliException(Reason.IO, e.getMessage(), null, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TorrentFailure failure) {
        throw new CliException(
            Reason.valueOf(failure.reason().name()), failure.getMessage(), null, failure);
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
