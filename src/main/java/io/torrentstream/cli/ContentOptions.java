package io.torrentstream.cli;

import io.torrentstream.tool.ContentScan;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** The options that say which files become a torrent, and how they are cut into pieces. */
final class ContentOptions {
  private final Opt<String> name =
      Opt.value(
          "-n, --name",
          "NAME",
          new OptionValues.Name(),
          "What the torrent's file or folder is called (as PATH is).");

  private final Opt<Integer> pieceLength =
      Opt.value(
          "-l, --piece-length",
          "SIZE",
          new OptionValues.PieceSize(),
          "Bytes, as 256K or 1M (what gives 1,000 to 2,000 pieces).");

  private final Opt<List<String>> excluded =
      Opt.texts(
          "--exclude",
          "GLOB",
          "Leave out files and folders, as '*.tmp' or 'docs/**'; may be repeated.");

  private final Opt<Boolean> includeHidden =
      Opt.flag("--include-hidden", "Take names that begin with a dot, too.");

  private final Opt<Boolean> followSymlinks =
      Opt.flag(
          "--follow-symlinks", "Take what symbolic links lead to, instead of leaving them out.");

  Opt<?>[] all() {
    return new Opt<?>[] {name, pieceLength, excluded, includeHidden, followSymlinks};
  }

  /** What the user wants it to be called, or null. */
  String name() {
    return name.get();
  }

  /** In bytes, or null for a length that fits. */
  Integer pieceLength() {
    return pieceLength.get();
  }

  /**
   * @param output the .torrent that is made, or null
   */
  ContentScan.Rules rules(Path output) {
    Predicate<String> any =
        excluded.get().stream().map(Glob::of).reduce(path -> false, Predicate::or);
    return new ContentScan.Rules(includeHidden.get(), followSymlinks.get(), any, output);
  }
}
