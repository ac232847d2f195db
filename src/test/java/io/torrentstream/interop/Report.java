package io.torrentstream.interop;

import java.time.Duration;

/** The lines that these tests print: one a matrix cell, one a skipped test. */
final class Report {
  private Report() {}

  /** Prints who gave what and how fast. */
  static void cell(String who, TestContent content, Duration took) {
    double seconds = took.toMillis() / 1e3;
    line(
        String.format(
            "%-24s %-22s %7.2f s %8.1f MB/s",
            who, content.label(), seconds, content.info().length() / seconds / 1e6));
  }

  static void line(String text) {
    System.out.println("interop: " + text);
  }
}
