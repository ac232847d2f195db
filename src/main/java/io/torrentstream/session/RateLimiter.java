package io.torrentstream.session;

/**
 * A limit in bytes per second, as a bucket of tokens that fills with time and holds half a second's
 * worth (16 KiB at least). Taking more than there is makes a debt, which later time pays first: so
 * one block may go whenever anything is there, and the rate is still right on average.
 *
 * <p>Shared by all torrents of a session, so thread-safe. Time comes from the caller (nanoseconds
 * of any monotonic clock).
 */
final class RateLimiter {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double BURST_SECONDS = 0.5;
  private static final long LEAST_BURST = 16 * 1024;

  private final long bytesPerSecond;
  private final double burst;
  private double tokens;
  private long filledNanos;

  /**
   * A full bucket.
   *
   * @param bytesPerSecond 0 for no limit
   */
  RateLimiter(long bytesPerSecond, long nowNanos) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException("rate: " + bytesPerSecond + " (expected: >= 0)");
    }
    this.bytesPerSecond = bytesPerSecond;
    this.burst = Math.max(LEAST_BURST, bytesPerSecond * BURST_SECONDS);
    this.tokens = burst;
    this.filledNanos = nowNanos;
  }

  boolean isUnlimited() {
    return bytesPerSecond == 0;
  }

  /** 0 for no limit. */
  long bytesPerSecond() {
    return bytesPerSecond;
  }

  /** Bytes that may pass now; 0 while in debt, {@link Long#MAX_VALUE} without a limit. */
  synchronized long available(long nowNanos) {
    if (isUnlimited()) {
      return Long.MAX_VALUE;
    }
    fill(nowNanos);
    return (long) Math.max(0, tokens);
  }

  /** Counts bytes that pass, whether they were available or not. */
  synchronized void take(long bytes, long nowNanos) {
    if (!isUnlimited()) {
      fill(nowNanos);
      tokens -= bytes;
    }
  }

  /**
   * How long until so many bytes are available, or the bucket is full where it cannot hold as many;
   * 0 when they are there.
   */
  synchronized long nanosUntil(long bytes, long nowNanos) {
    if (isUnlimited()) {
      return 0;
    }
    fill(nowNanos);
    double missing = Math.min(bytes, burst) - tokens;
    return missing <= 0 ? 0 : (long) Math.ceil(missing / bytesPerSecond * NANOS_PER_SECOND);
  }

  private void fill(long nowNanos) {
    long elapsed = nowNanos - filledNanos;
    if (elapsed > 0) { // another thread's clock may be read a little earlier
      tokens = Math.min(burst, tokens + elapsed / NANOS_PER_SECOND * bytesPerSecond);
      filledNanos = nowNanos;
    }
  }
}
