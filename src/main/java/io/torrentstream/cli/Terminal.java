package io.torrentstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What is known of the terminal behind stderr.
 *
 * @param interactive whether a person is likely to watch: stderr is a terminal that can go back to
 *     the start of a line, and this is no CI job
 * @param colour whether colours may be used
 * @param width in columns, 1 or more
 */
record Terminal(boolean interactive, boolean colour, int width) {
  private static final int USUAL_WIDTH = 80;
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  /** A pipe or a file. */
  static final Terminal NONE = new Terminal(false, false, USUAL_WIDTH);

  static Terminal of(Map<String, String> env) {
    boolean wanted = !"true".equals(env.get("CI")) && !"dumb".equals(env.get("TERM"));
    if (!wanted || !isTerminal()) {
      return NONE;
    }
    boolean colour = env.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(true, colour, width(env.get("COLUMNS")));
  }

  /**
   * Java can only say whether stdin and stdout both are terminals, and {@code tsl … > file} is when
   * a live line on stderr is most wanted; so Linux is asked itself.
   */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(STDERR).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return System.console() != null;
    }
  }

  private static int width(String columns) {
    return columns != null && columns.matches("[1-9][0-9]{0,3}")
        ? Integer.parseInt(columns)
        : USUAL_WIDTH;
  }
}
