package io.torrentstream.cli;

import java.util.Locale;

/** How sizes, rates and times are written for people. */
final class Units {
  private static final String[] PREFIXES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Units() {}

  /** {@code 512 B}, {@code 1.5 KiB}, {@code 50.0 MiB}. */
  static String bytes(long bytes) {
    int prefix = 0;
    double value = bytes;
    // 1023.95 would be rounded to 1024.0.
    while (value >= 1023.95 && prefix < PREFIXES.length - 1) {
      value /= 1024;
      prefix++;
    }
    if (prefix == 0) {
      return bytes + " B";
    }
    // Not String.format: a list of 100,000 files would take a second.
    long tenths = Math.round(value * 10);
    return tenths / 10 + "." + tenths % 10 + " " + PREFIXES[prefix];
  }

  static String rate(long bytesPerSecond) {
    return bytes(bytesPerSecond) + "/s";
  }

  /** {@code 0:09}, {@code 59:59}, {@code 1:00:00}, {@code 3 d 04:00}. */
  static String clock(long seconds) {
    long minutes = seconds / 60;
    long hours = minutes / 60;
    if (hours >= 48) {
      return String.format(Locale.ROOT, "%d d %02d:%02d", hours / 24, hours % 24, minutes % 60);
    }
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes % 60, seconds % 60)
        : String.format(Locale.ROOT, "%d:%02d", minutes, seconds % 60);
  }

  /** {@code 0.42 s} below ten seconds, then {@code 12 s}, then {@link #clock}. */
  static String elapsed(long nanos) {
    double seconds = nanos / 1e9;
    if (seconds < 9.995) {
      // Not String.format: the first one takes 40 ms, more than many a run.
      long hundredths = Math.round(seconds * 100);
      long fraction = hundredths % 100;
      return hundredths / 100 + (fraction < 10 ? ".0" : ".") + fraction + " s";
    }
    return seconds < 60 ? Math.round(seconds) + " s" : clock(Math.round(seconds));
  }

  /** Whole percents, 100 only when nothing is missing; 100 of nothing. */
  static int percent(long done, long of) {
    return of <= 0 ? 100 : (int) (Math.min(done, of) * 100.0 / of);
  }

  /** {@code 1 file}, {@code 2 files}. */
  static String count(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
