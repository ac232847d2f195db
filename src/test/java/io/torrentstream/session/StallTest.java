package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now = Long.MAX_VALUE - 100 * SECOND; // where the clock wraps soon
  private long useful;

  private boolean isOverAfter(Stall stall, int ticks, long tickNanos) {
    boolean over = false;
    for (int i = 0; i < ticks; i++) {
      now += tickNanos;
      over = stall.isOver(now, useful);
    }
    return over;
  }

  @Test
  void endsAfterTheLimitWithoutProgress() {
    Stall stall = new Stall(Duration.ofMinutes(10), now);
    assertFalse(isOverAfter(stall, 600, SECOND));
    assertTrue(isOverAfter(stall, 1, SECOND));
  }

  @Test
  void progressBeginsItAnew() {
    Stall stall = new Stall(Duration.ofSeconds(60), now);
    assertFalse(isOverAfter(stall, 50, SECOND));
    stall.onProgress(now);
    assertFalse(isOverAfter(stall, 60, SECOND));
    assertTrue(isOverAfter(stall, 1, SECOND));
  }

  /** The timer makes up for the ticks that it missed, in one go. */
  @Test
  void aSuspendedNightDoesNotCount() {
    Stall stall = new Stall(Duration.ofSeconds(60), now);
    assertFalse(isOverAfter(stall, 30, SECOND));
    assertFalse(isOverAfter(stall, 1, 8 * 3600 * SECOND));
    assertFalse(isOverAfter(stall, 8 * 3600, 0));
    assertFalse(isOverAfter(stall, 25, SECOND));
    assertTrue(isOverAfter(stall, 1, SECOND));
  }

  @Test
  void zeroIsNoLimit() {
    assertFalse(isOverAfter(new Stall(Duration.ZERO, now), 100_000, SECOND));
  }

  /** A piece of 16 MiB takes a quarter of an hour on a line of 18 KiB/s. */
  @Test
  void blocksBeginItAnew() {
    Stall stall = new Stall(Duration.ofSeconds(60), now);
    for (int block = 0; block < 20; block++) {
      useful += 16_384;
      assertFalse(isOverAfter(stall, 60, SECOND));
    }
    assertTrue(isOverAfter(stall, 2, SECOND));
  }

  @Test
  void whatWasInVainDoesNot() {
    Stall stall = new Stall(Duration.ofSeconds(60), now);
    useful = 1_000_000;
    assertFalse(isOverAfter(stall, 40, SECOND));
    useful -= 500_000; // a wrong piece
    assertFalse(isOverAfter(stall, 10, SECOND));
    useful += 500_000; // and others of it
    assertFalse(isOverAfter(stall, 10, SECOND));
    assertTrue(isOverAfter(stall, 2, SECOND));
  }
}
