package io.torrentstream.cli;

import io.torrentstream.session.TorrentStatus;
import java.time.Duration;

/**
 * How long to go on seeding after a download: until one of the two is reached.
 *
 * @param ratio bytes sent in this run, as a multiple of the data's size; null for no such goal
 * @param time since completion; null for no such goal
 */
record SeedGoal(Double ratio, Duration time) {
  static final SeedGoal NONE = new SeedGoal(null, null);

  /** Whether there is a goal; without one {@code seed} never ends, and {@code download} at once. */
  boolean isSet() {
    return ratio != null || time != null;
  }

  boolean isReached(TorrentStatus status, Duration seeding) {
    return !isSet()
        || ratio != null && status.uploaded() >= ratio * status.wanted()
        || time != null && seeding.compareTo(time) >= 0;
  }
}
