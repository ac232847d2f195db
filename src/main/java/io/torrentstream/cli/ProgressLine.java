package io.torrentstream.cli;

import java.io.PrintStream;

/**
 * One line of a terminal that is written over and over. Ordinary lines may be written between: they
 * take the live line's place, and it goes on below them. Confined to one thread.
 */
final class ProgressLine {
  private final PrintStream out;
  private String shown = "";

  ProgressLine(PrintStream out) {
    this.out = out;
  }

  /**
   * Shows a text in place of the last one.
   *
   * @param text printable, no colours in it
   * @param width of the terminal; a longer text is cut, since a wrapped line cannot be written over
   */
  void show(String text, int width) {
    String fitting = text.length() < width ? text : text.substring(0, Math.max(0, width - 1));
    if (!fitting.equals(shown)) {
      out.print('\r' + fitting + blanks(shown.length() - fitting.length()));
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
