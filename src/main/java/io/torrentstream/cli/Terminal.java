package io.torrentstream.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What is known of the terminal behind stderr.
 *
 * @param interactive whether a person is likely to watch: stderr is a terminal that can go back to
 *     the start of a line, and this is no CI job
 * @param colour whether colours may be used
 * @param columns as the environment has it, or 0
 */
record Terminal(boolean interactive, boolean colour, int columns) {
  private static final int USUAL_WIDTH = 80;
  private static final Path STDERR = Path.of("/proc/self/fd/2");

  /** A pipe or a file. */
  static final Terminal NONE = new Terminal(false, false, USUAL_WIDTH);

  static Terminal of(Map<String, String> env) {
    boolean wanted = !"true".equals(env.get("CI")) && !"dumb".equals(env.get("TERM"));
    if (!wanted || !isTerminal()) {
      return NONE;
    }
    // A Windows console without either shows colour codes as text.
    boolean able = env.containsKey("TERM") || env.containsKey("WT_SESSION");
    boolean colour = able && env.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(true, colour, number(env.get("COLUMNS")));
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

  /**
   * The width in columns at this moment, 1 or more. Shells seldom export {@code COLUMNS}; then the
   * terminal is asked, by a program, since Java cannot. Takes milliseconds.
   */
  int width() {
    if (columns > 0) {
      return columns;
    }
    int asked = interactive ? askTerminal() : 0;
    return asked > 0 ? asked : USUAL_WIDTH;
  }

  private static int askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      byte[] rowsAndColumns = stty.getInputStream().readAllBytes();
      String text = new String(rowsAndColumns, StandardCharsets.US_ASCII).strip();
      return number(text.substring(text.indexOf(' ') + 1));
    } catch (IOException e) {
      return 0;
    }
  }

  private static int number(String digits) {
    return digits != null && digits.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(digits) : 0;
  }
}
