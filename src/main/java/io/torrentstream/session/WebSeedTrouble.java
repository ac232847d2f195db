package io.torrentstream.session;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What goes wrong with one web seed: when it is asked again, when it is given up, and what the user
 * hears of it. Confined to the torrent's loop; time is passed in.
 */
final class WebSeedTrouble {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /**
   * A server without so many files in a row has none; asking for each of a million would look like
   * an attack.
   */
  private static final int MAX_MISSING_IN_A_ROW = 50;

  private final String name;
  private final Consumer<String> warnings;
  private boolean delivered;
  private boolean warned;
  private int failuresInARow;
  private int missingInARow;
  private long pausedUntilNanos;
  private String last;

  /**
   * @param name of the web seed, in front of all that is said
   */
  WebSeedTrouble(String name, Consumer<String> warnings, long nowNanos) {
    this.name = name;
    this.warnings = warnings;
    this.pausedUntilNanos = nowNanos;
  }

  /** Wanted bytes came. */
  void onDelivered() {
    delivered = true;
    failuresInARow = 0;
    missingInARow = 0;
  }

  /**
   * It is busy or unreachable: to be left alone for a while, each time twice as long.
   *
   * @param retryAfter how long it wants to be left alone, or null
   */
  void onFailed(String reason, Duration retryAfter, long nowNanos) {
    last = reason;
    Duration pause = retryAfter;
    if (pause == null) {
      pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failuresInARow, 10));
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
    failuresInARow++;
    pausedUntilNanos = nowNanos + Math.max(FIRST_PAUSE.toNanos(), pause.toNanos());
    if (!delivered) {
      warnOnce(reason + "; it is asked again later");
    }
  }

  boolean isPaused(long nowNanos) {
    return nowNanos - pausedUntilNanos < 0;
  }

  /**
   * It does not have a file.
   *
   * @param more whether there is any that it may have
   * @return whether to ask for those
   */
  boolean onMissing(String reason, String path, boolean more) {
    last = reason;
    missingInARow++;
    if (!more || missingInARow >= MAX_MISSING_IN_A_ROW) {
      return false;
    }
    warnOnce(reason + " for " + path + "; it is left out");
    return true;
  }

  /** Nothing is asked of it any more. */
  void onGivenUp(String reason) {
    last = reason;
    warnings.accept(name + ": " + reason + "; it is not used any more");
  }

  /** One warning tells the user; a thousand missing files would drown it. */
  private void warnOnce(String message) {
    if (!warned) {
      warned = true;
      warnings.accept(name + ": " + message);
    }
  }

  /** What went wrong last, in one line with the name; or null. */
  String last() {
    return last == null ? null : name + ": " + last;
  }
}
