package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for something that another process does: asks again and again, until a deadline. */
final class Poll {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Poll() {}

  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  /** Fails the test with {@code description} when the condition does not hold in time. */
  static void until(Condition condition, Duration limit, Supplier<String> description)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        fail("not within " + limit + ": " + description.get());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
