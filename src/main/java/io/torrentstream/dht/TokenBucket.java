package io.torrentstream.dht;

/** Allows so much a second on average, and four seconds' worth at once after a pause. */
final class TokenBucket {
  static final int BURST_SECONDS = 4;

  private final double perNano;
  private final double burst;
  private double tokens;
  private long filledAt;

  TokenBucket(double perSecond, long nowNanos) {
    this.perNano = perSecond / 1e9;
    this.burst = perSecond * BURST_SECONDS;
    this.tokens = burst;
    this.filledAt = nowNanos;
  }

  /** Takes {@code amount}, or nothing when there is less. */
  boolean take(double amount, long nowNanos) {
    tokens = Math.min(burst, tokens + Math.max(0, nowNanos - filledAt) * perNano);
    filledAt = nowNanos;
    if (tokens < amount) {
      return false;
    }
    tokens -= amount;
    return true;
  }
}
