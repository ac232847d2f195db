package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.metainfo.MagnetLink;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.NameRules;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.AtomicFile;
import io.torrentstream.storage.StorageException;
import io.torrentstream.tool.Content;
import io.torrentstream.tool.ContentScan;
import io.torrentstream.tool.CreateException;
import io.torrentstream.tool.Lint;
import io.torrentstream.tool.PieceLength;
import io.torrentstream.tool.TorrentCreator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tsl create}: make a .torrent. */
final class CreateCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  private final Param<String> path = Param.text("PATH", "The file or folder.");

  private final Opt<String> output =
      Opt.text(
          "-o, --output",
          "FILE",
          "Where the .torrent goes (NAME.torrent in this folder); -: stdout.");

  private final Opt<Boolean> force = Opt.flag("--force", "Replace that file.");

  private final Opt<Boolean> dryRun =
      Opt.flag("--dry-run", "Show what it would hold; hash and write nothing.");

  private final Opt<Boolean> magnet = Opt.flag("--magnet", "Print the magnet link, too.");

  private final Opt<Boolean> json =
      Opt.flag("--json", "Print one JSON object instead of the path.");

  private final CommonOptions common = new CommonOptions();

  private final ContentOptions contents = new ContentOptions();

  private final SettingsOptions settings = new SettingsOptions();

  private final Console console;

  CreateCommand(Console console) {
    this.console = console;
  }

  /** What picocli is to know. */
  CommandSpec spec() {
    return new CommandBuilder(
            "create",
            this,
            "Make a .torrent of a file or folder.",
            "Hashes everything on all cores and prints the path of the .torrent.")
        .takes(path, output, force, dryRun, magnet, json)
        .takes(common.all())
        .takes("Files", contents.all())
        .takes("Torrent", settings.all())
        .shortSynopsis()
        .footer(
            "Files are taken in the order of the bytes of their paths. The same files and",
            "options give the same .torrent everywhere, but for the date: SOURCE_DATE_EPOCH",
            "in the environment sets it.")
        .build();
  }

  @Override
  public Integer call() throws CliException, InterruptedException {
    Logging.set(new Logging.Settings(common.verbosity(), console.err(), null));
    if (STDOUT.equals(output.get()) && (json.get() || magnet.get()) && !dryRun.get()) {
      throw new CliException(
          Reason.USAGE, "--output: - (expected: a file, with --json or --magnet)");
    }
    Path root = console.path(path.get(), "PATH");
    try {
      String name = contents.name() != null ? contents.name() : nameOf(root);
      AtomicFile file = STDOUT.equals(output.get()) ? null : file(name);
      Content content = content(root, file);
      create(creator(name, content), file);
      return ExitCode.OK;
    } catch (CreateException e) {
      throw new CliException(Reason.INVALID_PATH, e.getMessage(), null, e);
    } catch (StorageException e) {
      throw new CliException(Reason.valueOf(e.kind().name()), e.getMessage(), null, e);
    }
  }

  private static String nameOf(Path root) throws CliException, StorageException {
    try {
      return ContentScan.name(root);
    } catch (CreateException e) {
      throw new CliException(
          Reason.INVALID_PATH, e.getMessage(), "--name NAME gives the torrent another name.", e);
    }
  }

  /** The .torrent that is to be, once it is sure that it can be. */
  private AtomicFile file(String name) throws CliException {
    Path to = console.path(output.get() == null ? name + ".torrent" : output.get(), "--output");
    try {
      return AtomicFile.prepare(to, force.get());
    } catch (StorageException e) {
      boolean replaceable = !force.get() && Files.isRegularFile(to, LinkOption.NOFOLLOW_LINKS);
      String advice = replaceable ? "--force replaces it." : null;
      throw new CliException(Reason.valueOf(e.kind().name()), e.getMessage(), advice, e);
    }
  }

  private Content content(Path root, AtomicFile file)
      throws CliException, CreateException, StorageException, InterruptedException {
    Path to = file == null ? null : file.path();
    Content content = ContentScan.scan(root, contents.rules(to));
    if (content.root().equals(to)) { // with --force the data itself would be lost
      throw new CliException(Reason.USAGE, "--output: " + to + " (expected: not PATH itself)");
    }
    if (content.holdsOutput() && !isTorrent(to)) { // a file of the user's, with --force as well
      throw new CliException(
          Reason.USAGE,
          "--output: " + to + ": a file of PATH (expected: a new file or a .torrent)");
    }
    return content;
  }

  private boolean isTorrent(Path file) throws InterruptedException {
    try {
      new TorrentSource(console).read(file.toString(), NameRules.ANY);
      return true;
    } catch (CliException e) {
      return false; // or cannot be read, and might be anything
    }
  }

  private TorrentCreator creator(String name, Content content) throws CliException {
    Integer wanted = contents.pieceLength();
    int pieceLength = wanted != null ? wanted : PieceLength.of(content.length());
    TorrentCreator creator =
        new TorrentCreator(content, settings.settings(console, name, pieceLength));
    for (Lint.Finding finding : creator.findings()) {
      if (!settings.allowed().contains(finding.lint())) {
        throw new CliException(
            Reason.USAGE,
            finding.message(),
            "--allow " + finding.lint() + " makes it all the same.",
            null);
      }
    }
    content.notes().forEach(this::warn);
    return creator;
  }

  private void create(TorrentCreator creator, AtomicFile file)
      throws CliException, CreateException, StorageException {
    Metainfo draft = creator.draft();
    draft.warnings().forEach(this::warn);
    if (dryRun.get()) {
      print(draft, null, file);
      return;
    }
    TorrentCreator.Created created = hash(creator, draft.info());
    if (file == null) {
      console.result(created.bytes());
    } else {
      file.write(created.bytes());
      print(created.metainfo(), MagnetLink.of(created.metainfo()), file);
    }
  }

  private static String summary(TorrentInfo info) {
    return info.name()
        + ": "
        + Units.bytes(info.length())
        + ", "
        + Units.count(info.files().size(), "file")
        + ", "
        + Units.count(info.layout().pieceCount(), "piece")
        + " of "
        + Units.bytes(info.layout().pieceLength());
  }

  private TorrentCreator.Created hash(TorrentCreator creator, TorrentInfo draft)
      throws CliException, CreateException, StorageException {
    StopOnSignal signals = new StopOnSignal();
    say(summary(draft));
    long length = draft.length();
    long begin = System.nanoTime();
    HashProgress progress = new HashProgress(console, length, System::nanoTime);
    TorrentCreator.Created created;
    try {
      created = creator.create(signals.watch(common.quiet() ? bytes -> {} : progress));
    } catch (CancellationException e) {
      throw signals.interrupted();
    } finally {
      signals.close();
      progress.end();
    }
    long nanos = System.nanoTime() - begin;
    say(
        Units.bytes(length)
            + " hashed in "
            + Units.elapsed(nanos)
            + ", "
            + Units.rate((long) (length * 1e9 / nanos)));
    return created;
  }

  /**
   * Prints the result.
   *
   * @param magnetLink null when nothing was hashed
   * @param file null when it is stdout's turn
   */
  private void print(Metainfo metainfo, String magnetLink, AtomicFile file) {
    if (json.get()) {
      console.json(out -> write(out, metainfo, magnetLink, file));
    } else if (magnetLink == null) {
      InfoText.printDraft(metainfo, console.out());
    } else {
      console.result(file.path().toString());
      if (magnet.get()) {
        console.result(magnetLink);
      }
    }
  }

  private void write(JsonWriter out, Metainfo metainfo, String magnetLink, AtomicFile file)
      throws IOException {
    TorrentInfo info = metainfo.info();
    out.name("name").value(info.name());
    out.name("infoHash").value(magnetLink == null ? null : info.infoHash().toString());
    out.name("size").value(info.length());
    out.name("pieceLength").value(info.layout().pieceLength());
    out.name("pieces").value(info.layout().pieceCount());
    InfoJson.files(info.files(), out.name("files"));
    out.name("output").value(file == null ? STDOUT : file.path().toString());
    out.name("magnet").value(magnetLink);
  }

  private void warn(String message) {
    say("warning: " + message);
  }

  private void say(String line) {
    if (!common.quiet()) {
      console.note(line);
    }
  }
}
