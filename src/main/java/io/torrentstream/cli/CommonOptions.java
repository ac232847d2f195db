package io.torrentstream.cli;

/** What every command understands. */
final class CommonOptions {
  static final String VERBOSE = "--verbose";

  private final Opt<Boolean> help = Opt.help("-h, --help", "Show this help.");
  private final Opt<Boolean> quiet = Opt.flag("-q, --quiet", "Only results and errors.");
  private final Opt<boolean[]> verbose =
      Opt.counted("-v, " + VERBOSE, "Say more; -vv: debug log and stack traces.");

  Opt<?>[] all() {
    return new Opt<?>[] {help, quiet, verbose};
  }

  boolean quiet() {
    return quiet.get();
  }

  /** How many times {@code -v} was given. */
  int verbosity() {
    return verbose.get().length;
  }
}
