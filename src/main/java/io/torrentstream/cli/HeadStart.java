package io.torrentstream.cli;

import io.torrentstream.storage.HashWarmUp;
import java.io.File;
import java.util.Set;

/**
 * What is begun on threads of their own while the options are still being read, because it takes
 * longer than that, and the command will want it done.
 */
final class HeadStart {
  /** The commands that may begin with hashing. */
  private static final Set<String> HASHING = Set.of("seed", "verify", "create");

  /** The commands that run long, and over the same code. */
  private static final Set<String> MOVING_DATA = Set.of("download", "seed");

  /** The commands that may have little else to do than to read a torrent. */
  private static final Set<String> READING = Set.of("info", "verify", "peers");

  /** Bytes of a .torrent that take longer to read than the compiler's advice takes to give. */
  private static final int LARGE = 256 * 1024;

  private HeadStart() {}

  static void take(String command, String[] args) {
    if (HASHING.contains(command)) {
      HashWarmUp.start();
    }
    if (isWorthAdvice(command, args)) {
      CompilerAdvice.start();
    }
  }

  /** Whether the command will run over its own code for long. */
  static boolean isWorthAdvice(String command, String... args) {
    return MOVING_DATA.contains(command) || (READING.contains(command) && isLarge(args));
  }

  /** Whether any argument names a large file; which of them are options is not known yet. */
  private static boolean isLarge(String[] args) {
    for (String arg : args) {
      if (new File(arg).length() >= LARGE) {
        return true;
      }
    }
    return false;
  }
}
