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

  boolean isReached(TorrentStatus status, Duration seeding) {
    boolean none = ratio == null && time == null;
    return none
        || ratio != null && status.uploaded() >= ratio * status.wanted()
        || time != null && seeding.compareTo(time) >= 0;
  }
}
