package io.torrentstream.util;

/**
 * A rate over the last few seconds: bytes are counted in one-second slots of which the newest eight
 * are kept. Not thread-safe; time comes from the caller (nanoseconds of any monotonic clock), so
 * tests need no clock.
 */
public final class SpeedMeter {
  private static final int SLOTS = 8;
  private static final long SLOT_NANOS = 1_000_000_000L;

  private final long[] slots = new long[SLOTS];
  private final long startNanos;
  private long slot;
  private long total;

  public SpeedMeter(long nowNanos) {
    this.startNanos = nowNanos;
  }

  public void add(long bytes, long nowNanos) {
    advance(nowNanos);
    slots[(int) (slot % SLOTS)] += bytes;
    total += bytes;
  }

  /** All bytes ever counted. */
  public long total() {
    return total;
  }

  /**
   * Bytes per second over the window, or since the start while that is shorter; 0 before any time
   * has passed.
   */
  public long rate(long nowNanos) {
    advance(nowNanos);
    long sum = 0;
    for (long bytes : slots) {
      sum += bytes;
    }
    long elapsed = nowNanos - startNanos;
    long window = Math.min(elapsed, (SLOTS - 1) * SLOT_NANOS + (elapsed % SLOT_NANOS));
    // A rate over less than a tenth of a second says nothing about the next one.
    return window < SLOT_NANOS / 10 ? 0 : (long) (sum * (1e9 / window));
  }

  private void advance(long nowNanos) {
    long now = Math.max(slot, (nowNanos - startNanos) / SLOT_NANOS);
    for (long s = Math.max(slot + 1, now - SLOTS + 1); s <= now; s++) {
      slots[(int) (s % SLOTS)] = 0;
    }
    slot = now;
  }
}
