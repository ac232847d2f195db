package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.DataVerifier;
import io.torrentstream.storage.DataVerifier.FileResult;
import io.torrentstream.storage.DataVerifier.FileState;
import io.torrentstream.storage.StorageException;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl verify}: whether what is on the disk is what the torrent promises. */
final class VerifyCommand implements Callable<Integer> {
  private final Param<String> source =
      Param.text("TORRENT", "A .torrent file, - for stdin, or an http(s) address of one.");

  private final Opt<String> dir =
      Opt.text("-d, --dir", "DIR", "Where the data is (the current folder).").orElse(".");

  private final Opt<Boolean> json = Opt.flag("--json", "Print one JSON object instead of text.");

  private final CommonOptions common = new CommonOptions();

  private final Console console;

  VerifyCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "verify",
            this,
            "Check data against a torrent's hashes.",
            "Names every file that is not right and the numbers of all wrong pieces (from",
            "0). Nothing is written.")
        .takes(source, dir, json)
        .takes(common.all())
        .footer("Exits with 0 when everything is there and right, otherwise with 6.")
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), null));
    Metainfo metainfo = new TorrentSource(console).read(source.get());
    if (!common.quiet()) {
      metainfo.warnings().forEach(warning -> console.note("warning: " + warning));
    }
    TorrentInfo info = metainfo.info();
    DataVerifier.Result result = verify(info);
    if (json.get()) {
      console.json(out -> write(out, info, result));
    } else {
      print(info, result);
    }
    return result.isComplete() ? ExitCode.OK : ExitCode.BAD_DATA;
  }

  private DataVerifier.Result verify(TorrentInfo info) throws CliException {
    ProgressLine line = new ProgressLine(console.err());
    StopOnSignal signals = new StopOnSignal();
    try {
      LongConsumer progress = signals.watch(progress(info, line));
      return DataVerifier.verify(info, console.path(dir.get(), "--dir"), progress);
    } catch (StorageException e) {
      throw new CliException(Reason.valueOf(e.kind().name()), e.getMessage(), null, e);
    } catch (CancellationException e) {
      throw signals.interrupted();
    } finally {
      signals.close();
      line.clear();
    }
  }

  /** Called by all the threads that hash. */
  private LongConsumer progress(TorrentInfo info, ProgressLine line) {
    if (json.get() || common.quiet() || !console.terminal().interactive()) {
      return bytes -> {};
    }
    int width = console.terminal().width();
    return bytes -> {
      synchronized (line) {
        line.show("checked " + Units.percent(bytes, info.length()) + " %", width);
      }
    };
  }

  private void print(TorrentInfo info, DataVerifier.Result result) {
    for (FileResult file : result.files()) {
      if (file.state() != FileState.OK) {
        console.result(word(file) + " " + file.describe());
      }
    }
    if (!result.good().isFull()) {
      console.result("bad pieces " + ranges(result.good()));
    }
    String verified = Units.bytes(verified(info, result.good()));
    if (result.isComplete()) {
      console.result(info.name() + ": complete, " + verified + " verified");
    } else if (result.good().isFull()) {
      console.result(info.name() + ": every piece is right, but not every file");
    } else {
      console.result(
          info.name() + ": not complete, " + verified + " of " + Units.bytes(info.length()));
    }
  }

  private static void write(JsonWriter out, TorrentInfo info, DataVerifier.Result result)
      throws IOException {
    out.name("complete").value(result.isComplete());
    out.name("verified").value(verified(info, result.good()));
    out.name("size").value(info.length());
    out.name("badPieces").beginArray();
    for (int p = result.good().nextClear(0); p >= 0; p = result.good().nextClear(p + 1)) {
      out.value(p);
    }
    out.endArray();
    out.name("files").beginArray();
    for (FileResult file : result.files()) {
      out.beginObject();
      out.name("path").value(path(file.file()));
      out.name("size").value(file.file().length());
      out.name("state").value(word(file));
      out.endObject();
    }
    out.endArray();
  }

  private static String word(FileResult file) {
    return file.state().name().toLowerCase(Locale.ROOT);
  }

  private static String path(FileEntry file) {
    return String.join("/", file.path());
  }

  private static long verified(TorrentInfo info, Bitfield good) {
    long bytes = 0;
    for (int p = good.nextSet(0); p >= 0; p = good.nextSet(p + 1)) {
      bytes += info.layout().pieceLength(p);
    }
    return bytes;
  }

  /** The pieces that are not good, as {@code 1,3-5}. */
  private static String ranges(Bitfield good) {
    StringBuilder ranges = new StringBuilder();
    for (int first = good.nextClear(0); first >= 0; ) {
      int end = good.nextSet(first);
      int last = (end < 0 ? good.size() : end) - 1;
      ranges.append(ranges.isEmpty() ? "" : ",").append(first);
      if (last > first) {
        ranges.append('-').append(last);
      }
      first = end < 0 ? -1 : good.nextClear(end);
    }
    return ranges.toString();
  }
}
