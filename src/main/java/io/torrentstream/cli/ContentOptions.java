package io.torrentstream.cli;

import io.torrentstream.tool.ContentScan;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The options that say which files become a torrent, and how they are cut into pieces. */
final class ContentOptions {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      converter = OptionValues.Name.class,
      description = "What the torrent's file or folder is called (as PATH is).")
  private String name;

  @Option(
      names = {"-l", "--piece-length"},
      paramLabel = "SIZE",
      converter = OptionValues.PieceSize.class,
      description = "Bytes, as 256K or 1M (what gives 1,000 to 2,000 pieces).")
  private Integer pieceLength;

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description = "Leave out files and folders, as '*.tmp' or 'docs/**'; may be repeated.")
  private List<String> excluded = List.of();

  @Option(
      names = "--include-hidden",
      fallbackValue = "true",
      description = "Take names that begin with a dot, too.")
  private boolean includeHidden;

  @Option(
      names = "--follow-symlinks",
      fallbackValue = "true",
      description = "Take what symbolic links lead to, instead of leaving them out.")
  private boolean followSymlinks;

  /** What the user wants it to be called, or null. */
  String name() {
    return name;
  }

  /** In bytes, or null for a length that fits. */
  Integer pieceLength() {
    return pieceLength;
  }

  /**
   * @param output the .torrent that is made, or null
   */
  ContentScan.Rules rules(Path output) {
    Predicate<String> any = excluded.stream().map(Glob::of).reduce(path -> false, Predicate::or);
    return new ContentScan.Rules(includeHidden, followSymlinks, any, output);
  }
}
