package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.session.TorrentState;
import io.torrentstream.session.TorrentStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SeedGoalTest {
  private static TorrentStatus sent(long bytes) {
    return new TorrentStatus(
        TorrentState.SEEDING, 1000, 1000, 0, 1000, bytes, 0, 0, 0, 0, 1, 0, 0, 1, null);
  }

  @Test
  void withoutAGoalThereIsNothingToReach() {
    assertTrue(SeedGoal.NONE.isReached(sent(0), Duration.ZERO));
  }

  @Test
  void theRatioIsOfTheSize() {
    SeedGoal goal = new SeedGoal(1.5, null);

    assertFalse(goal.isReached(sent(1499), Duration.ofDays(9)));
    assertTrue(goal.isReached(sent(1500), Duration.ZERO));
    assertTrue(new SeedGoal(0.0, null).isReached(sent(0), Duration.ZERO));
  }

  @Test
  void theFirstOfBothCounts() {
    SeedGoal goal = new SeedGoal(1.0, Duration.ofSeconds(10));

    assertFalse(goal.isReached(sent(999), Duration.ofMillis(9999)));
    assertTrue(goal.isReached(sent(999), Duration.ofSeconds(10)));
    assertTrue(goal.isReached(sent(1000), Duration.ZERO));
  }
}
