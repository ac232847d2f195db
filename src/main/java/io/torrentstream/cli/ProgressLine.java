package io.torrentstream.cli;

import java.io.PrintStream;

/**
 * One line of a terminal that is written over and over. Ordinary lines may be written between: they
 * take the live line's place, and it goes on below them. Confined to one thread.
 */
final class ProgressLine {
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private String shown = "";

  ProgressLine(PrintStream out) {
    this.out = out;
  }

  /** Shows a text without colours in place of the last one; see below. */
  void show(String text, int width) {
    show(text, width, 0);
  }

  /**
   * Shows a text in place of the last one.
   *
   * @param text printable
   * @param width of the terminal; a longer text is cut, since a wrapped line cannot be written over
   * @param green so many characters at its beginning are shown in green
   */
  void show(String text, int width, int green) {
    String fitting = text.length() < width ? text : text.substring(0, Math.max(0, width - 1));
    if (!fitting.equals(shown)) {
      int split = Math.min(green, fitting.length());
      out.print('\r' + (split > 0 ? GREEN + fitting.substring(0, split) + PLAIN : ""));
      out.print(fitting.substring(split) + blanks(shown.length() - fitting.length()));
      out.flush();
      shown = fitting;
    }
  }

  /** Makes room for an ordinary line. */
  void clear() {
    if (!shown.isEmpty()) {
      out.print('\r' + blanks(shown.length()) + '\r');
      out.flush();
      shown = "";
    }
  }

  private static String blanks(int count) {
    return " ".repeat(Math.max(0, count));
  }
}
