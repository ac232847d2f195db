package io.torrentstream.cli;

/** What the program's exit tells a script. A contract: add, never change. */
final class ExitCode {
  /** Complete and verified; for other commands: done. */
  static final int OK = 0;

  /** A bug in tsl. */
  static final int BUG = 1;

  /** Unknown option or bad value. */
  static final int USAGE = 2;

  /** The input is no valid torrent, or could not be read. */
  static final int INPUT = 3;

  /** The network did not give the data: run again later. */
  static final int NETWORK = 4;

  /** Disk full, no permission, I/O error: run again when that is mended. */
  static final int STORAGE = 5;

  /** {@code verify} or {@code seed} found bad or missing data. */
  static final int BAD_DATA = 6;

  /** The {@code --on-complete} command failed. */
  static final int HOOK = 7;

  /** Stopped cleanly by SIGINT. */
  static final int INTERRUPTED = 130;

  /** Stopped cleanly by SIGTERM. */
  static final int TERMINATED = 143;

  private ExitCode() {}
}
