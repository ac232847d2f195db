package io.torrentstream.cli;

import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-q", "--quiet"},
      fallbackValue = "true",
      description = "Only results and errors.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more; -vv: debug log and stack traces.")
  private boolean[] verbose = {};

  boolean quiet() {
    return quiet;
  }

  /** How many times {@code -v} was given. */
  int verbosity() {
    return verbose.length;
  }
}
