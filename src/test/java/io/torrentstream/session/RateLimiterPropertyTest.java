package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random use of a {@link RateLimiter}, and beside it the same sums in exact decimals. */
class RateLimiterPropertyTest {
  private static final int STEPS = 5_000;
  private static final BigDecimal SECOND = BigDecimal.valueOf(1_000_000_000L);

  /** What doubles may lose on the way. */
  private static final double SLACK_BYTES = 2;

  private BigDecimal burst;
  private BigDecimal tokens;
  private long rate;

  static java.util.stream.LongStream seeds() {
    return java.util.stream.LongStream.rangeClosed(1, 50);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void agreesWithExactSums(long seed) {
    Random random = new Random(seed);
    rate = 1 + (long) Math.pow(2, random.nextDouble() * 34);
    burst = BigDecimal.valueOf(Math.max(16 * 1024, rate / 2.0));
    tokens = burst;
    long now = random.nextLong();
    RateLimiter limiter = new RateLimiter(rate, now);
    for (int step = 0; step < STEPS; step++) {
      long passed = random.nextInt(3) == 0 ? 0 : (long) Math.pow(2, random.nextDouble() * 31);
      now += passed;
      fill(passed);
      if (random.nextBoolean()) {
        long bytes = random.nextInt(3) == 0 ? 16 * 1024 : random.nextInt(200_000);
        limiter.take(bytes, now);
        tokens = tokens.subtract(BigDecimal.valueOf(bytes));
      }
      long expected = Math.max(0, tokens.setScale(0, RoundingMode.FLOOR).longValueExact());
      assertEquals(expected, limiter.available(now), SLACK_BYTES);
      checkWait(limiter, 1 + random.nextInt(100_000), now);
    }
  }

  private void fill(long nanos) {
    BigDecimal come = BigDecimal.valueOf(nanos).multiply(BigDecimal.valueOf(rate)).divide(SECOND);
    tokens = tokens.add(come).min(burst).round(MathContext.DECIMAL128);
  }

  /** Not a nanosecond's worth more than what is missing, and not less. */
  private void checkWait(RateLimiter limiter, long bytes, long now) {
    BigDecimal missing = BigDecimal.valueOf(bytes).min(burst).subtract(tokens).max(BigDecimal.ZERO);
    double expected = missing.doubleValue() / rate * 1e9;
    double slack = 1 + SLACK_BYTES / rate * 1e9;
    long wait = limiter.nanosUntil(bytes, now);
    assertEquals(expected, wait, slack);
    assertTrue(wait == 0 || limiter.available(now) < bytes, "waits for what is there");
  }
}
