package io.torrentstream.dht;

import java.util.concurrent.TimeUnit;

/** A node in the {@link RoutingTable}, and whether it is any good (BEP 5). */
final class TableNode {
  /** After so long without a sign of life a node is questionable. */
  static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(15);

  /** Questions in a row without an answer that make a node bad. */
  static final int BAD_AFTER = 2;

  private static final long PING_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final NodeInfo info;
  private int failures;
  private long heardAt; // an answer, or a question once it had answered
  private long pingedAt;
  private boolean pinged;

  TableNode(NodeInfo info) {
    this.info = info;
  }

  NodeInfo info() {
    return info;
  }

  void onAnswer(long nowNanos) {
    failures = 0;
    pinged = false;
    heardAt = nowNanos;
  }

  void onQuery(long nowNanos) {
    heardAt = nowNanos;
  }

  void onFailure() {
    failures++;
  }

  void onPing(long nowNanos) {
    pinged = true;
    pingedAt = nowNanos;
  }

  boolean isBad() {
    return failures >= BAD_AFTER;
  }

  /** It answered, or asked, within the last 15 minutes, and has not failed to answer since. */
  boolean isGood(long nowNanos) {
    return failures == 0 && nowNanos - heardAt < FRESH_NANOS;
  }

  /** Neither good nor bad, and not being pinged already. */
  boolean isToBePinged(long nowNanos) {
    return !isGood(nowNanos) && !isBad() && (!pinged || nowNanos - pingedAt > PING_PAUSE_NANOS);
  }

  long heardAt() {
    return heardAt;
  }
}
