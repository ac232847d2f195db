package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time as Linux counts it; NaN on other systems. */
final class CpuTime {
  private static final double TICKS_PER_SECOND = 100;

  private CpuTime() {}

  /**
   * Seconds that the children of this process, and theirs, took until they ended. Unlike what can
   * be asked of a running process, this misses nothing of its end.
   */
  static double ofEndedChildren() throws IOException {
    return ticks("self", 13);
  }

  /** Seconds that a running process has taken so far. */
  static double of(long pid) throws IOException {
    return ticks(Long.toString(pid), 11);
  }

  /**
   * The sum of user and system time.
   *
   * @param field of user time, from 0 for the one that follows the program's name (proc(5))
   */
  private static double ticks(String process, int field) throws IOException {
    Path stat = Path.of("/proc", process, "stat");
    if (!Files.exists(stat)) {
      return Double.NaN;
    }
    String line = Files.readString(stat);
    // The name is in parentheses, and may hold blanks and parentheses itself.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[field]) + Long.parseLong(fields[field + 1])) / TICKS_PER_SECOND;
  }
}
