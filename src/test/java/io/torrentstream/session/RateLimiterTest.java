package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = Long.MAX_VALUE - 3 * SECOND; // the clock will wrap around

  @Test
  void startsFullAndFillsWithTime() {
    RateLimiter limiter = new RateLimiter(100_000, START);
    assertEquals(50_000, limiter.available(START));
    limiter.take(50_000, START);
    assertEquals(0, limiter.available(START));
    assertEquals(10_000, limiter.available(START + SECOND / 10));
    assertEquals(50_000, limiter.available(START + 100 * SECOND));
  }

  @Test
  void takingTooMuchIsPaidBack() {
    RateLimiter limiter = new RateLimiter(100_000, START);
    limiter.take(150_000, START);
    assertEquals(0, limiter.available(START + SECOND / 2));
    assertEquals(SECOND / 2 + SECOND / 100, limiter.nanosUntil(1_000, START + SECOND / 2), 1_000);
    assertEquals(50_000, limiter.available(START + 3 * SECOND / 2), 1);
  }

  @Test
  void nanosUntilIsWhenItIsAvailable() {
    RateLimiter limiter = new RateLimiter(7_777, START);
    limiter.take(20_000, START);
    long wait = limiter.nanosUntil(5_000, START);
    assertTrue(limiter.available(START + wait) >= 5_000);
    assertTrue(limiter.available(START + wait - 1_000_000) <= 5_000);
    assertEquals(0, limiter.nanosUntil(5_000, START + wait));
  }

  @Test
  void aWaitForMoreThanTheBucketHoldsEnds() {
    RateLimiter limiter = new RateLimiter(1_000, START);
    assertEquals(16_384, limiter.available(START));
    assertEquals(0, limiter.nanosUntil(1_000_000, START));
    limiter.take(16_384, START);
    assertEquals(16_384 * SECOND / 1_000, limiter.nanosUntil(1_000_000, START), 1_000);
  }

  @Test
  void aClockReadEarlierTakesNothingAway() {
    RateLimiter limiter = new RateLimiter(100_000, START);
    limiter.take(50_000, START);
    assertEquals(20_000, limiter.available(START + SECOND / 5));
    assertEquals(20_000, limiter.available(START));
  }

  @Test
  void zeroIsNoLimit() {
    RateLimiter limiter = new RateLimiter(0, START);
    limiter.take(Long.MAX_VALUE, START);
    assertEquals(Long.MAX_VALUE, limiter.available(START));
    assertEquals(0, limiter.nanosUntil(Long.MAX_VALUE, START));
    assertTrue(limiter.isUnlimited());
    assertThrows(IllegalArgumentException.class, () -> new RateLimiter(-1, START));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 20_000, 1_048_576, 10_000_000_000L})
  void onAverageTheRateIsRight(long rate) {
    Random random = new Random(rate);
    RateLimiter limiter = new RateLimiter(rate, START);
    long now = START;
    double passed = 0;
    for (int i = 0; i < 20_000; i++) {
      if (limiter.available(now) > 0) {
        limiter.take(16_384, now);
        passed += 16_384;
      }
      now += 1 + Math.min(limiter.nanosUntil(1, now), random.nextInt(100_000_000));
    }
    double allowed = (now - START) / 1e9 * rate;
    double slack = Math.max(16_384, rate / 2.0) + 16_384;
    assertTrue(passed <= allowed + slack, passed + " of " + allowed);
    assertTrue(rate == 10_000_000_000L || passed >= allowed - slack, passed + " of " + allowed);
  }
}
