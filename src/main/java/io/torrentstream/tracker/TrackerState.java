package io.torrentstream.tracker;

/** What is known of one tracker of one torrent. Confined to the torrent's loop. */
final class TrackerState {
  /** In nanoseconds. */
  static final long SECOND = 1_000_000_000L;

  private static final int MAX_DOUBLINGS = 6; // a minute, 64 times over, is cut to an hour below
  private static final long FIRST_RETRY_SECONDS = Announce.MIN_INTERVAL;
  private static final long LAST_RETRY_SECONDS = 3600;

  final ServerUrl url;

  /** It accepted an announce of ours, so it lists us until we stop. */
  boolean known;

  /** An announce is under way. */
  boolean asking;

  /** It never wants to be asked again (BEP 31). */
  boolean gone;

  /** Its newest answer had a peer in it. */
  boolean gavePeers;

  /** Why the newest announce failed; null when it did not. */
  String error;

  long askedAt;

  /** When it may be announced to next, {@link #asking} aside. */
  long dueAt;

  private String trackerId;
  private Announce.Event asked;
  private boolean completedPending;
  private boolean stoppedSent;
  private int failures;
  private long earliestAt;

  TrackerState(ServerUrl url, long nowNanos) {
    this.url = url;
    this.dueAt = nowNanos;
    this.askedAt = nowNanos;
  }

  boolean isDue(long nowNanos) {
    return !asking && !gone && nowNanos - dueAt >= 0;
  }

  /** Whether an announce under way is still young enough to wait for it alone. */
  boolean isFresh(long nowNanos) {
    return nowNanos - askedAt < TrackerTiers.PATIENCE_NANOS;
  }

  boolean works() {
    return known && error == null;
  }

  boolean mustStop() {
    return works() && !asking && !stoppedSent;
  }

  TrackerTiers.Due ask(boolean stopping, long nowNanos) {
    asking = true;
    askedAt = nowNanos;
    stoppedSent = stopping;
    asked = nextEvent(stopping);
    return new TrackerTiers.Due(url, asked, trackerId);
  }

  void onResponse(Announce.Response response, long nowNanos) {
    asking = false;
    known = true;
    failures = 0;
    error = null;
    gavePeers = !response.peers().isEmpty();
    trackerId = response.trackerId() == null ? trackerId : response.trackerId();
    completedPending &= asked != Announce.Event.COMPLETED;
    earliestAt = nowNanos + response.minInterval() * SECOND;
    long seconds = Math.max(response.interval(), response.minInterval());
    dueAt = completedPending ? nowNanos : nowNanos + seconds * SECOND;
  }

  void onFailure(String reason, long retryAfterSeconds, long nowNanos) {
    asking = false;
    error = reason;
    gone = retryAfterSeconds == TrackerFailure.NEVER;
    long backOff = FIRST_RETRY_SECONDS << Math.min(failures++, MAX_DOUBLINGS);
    long seconds =
        retryAfterSeconds == TrackerFailure.UNSPECIFIED || gone
            ? Math.min(backOff, LAST_RETRY_SECONDS)
            : retryAfterSeconds;
    dueAt = nowNanos + seconds * SECOND;
  }

  void complete(long nowNanos) {
    if (known || asking) {
      completedPending = true;
      dueAt = works() ? nowNanos : dueAt;
    }
  }

  void hurry() {
    if (works() && earliestAt - dueAt < 0) {
      dueAt = earliestAt;
    }
  }

  private Announce.Event nextEvent(boolean stopping) {
    if (stopping) {
      return Announce.Event.STOPPED;
    }
    if (!known) {
      return Announce.Event.STARTED;
    }
    return completedPending ? Announce.Event.COMPLETED : Announce.Event.NONE;
  }
}
