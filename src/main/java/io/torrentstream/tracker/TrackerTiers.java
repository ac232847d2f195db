package io.torrentstream.tracker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which tracker of a torrent is announced to, and when (BEP 12). One tracker that works is enough:
 * the tiers are walked in order, each shuffled once, until a tracker has given peers. BEP 12 leaves
 * open how long to wait for a tracker and what to do about one that knows nobody; a user who waits
 * for data cares about both, so
 *
 * <ul>
 *   <li>a tracker that has not answered within {@link #PATIENCE_NANOS} is not waited for: the next
 *       one is asked beside it;
 *   <li>a tracker that answers without peers does not end the walk.
 * </ul>
 *
 * A tracker that has once answered lists us as a peer, so it is announced to at its own interval
 * from then on and told when we stop. One that fails is left alone for a minute, then two, then
 * four, up to an hour, or for as long as it asked for.
 *
 * <p>Confined to the torrent's loop. Time comes in as nanoseconds of any monotonic clock.
 */
public final class TrackerTiers {
  /** How long a tracker may think before the next one is asked too. */
  public static final long PATIENCE_NANOS = 3 * TrackerState.SECOND;

  /**
   * More than any honest torrent lists. One of 10 MB has room for a million, and all of them are
   * looked at every second.
   */
  static final int MAX_TRACKERS = 500;

  /** An announce that should be sent now. */
  public record Due(ServerUrl tracker, Announce.Event event, String trackerId) {}

  private final List<List<TrackerState>> tiers = new ArrayList<>();
  private boolean stopping;
  private String newestError;

  /**
   * @param tiers each tracker counts where it first stands; those beyond {@value #MAX_TRACKERS} in
   *     all are left out
   */
  public TrackerTiers(List<List<ServerUrl>> tiers, RandomGenerator random, long nowNanos) {
    Set<ServerUrl> seen = new HashSet<>();
    for (List<ServerUrl> urls : tiers) {
      List<TrackerState> tier = new ArrayList<>();
      for (ServerUrl url : urls) {
        if (seen.size() < MAX_TRACKERS && seen.add(url)) {
          tier.add(new TrackerState(url, nowNanos));
        }
      }
      for (int i = tier.size() - 1; i > 0; i--) {
        Collections.swap(tier, i, random.nextInt(i + 1));
      }
      if (!tier.isEmpty()) {
        this.tiers.add(tier);
      }
    }
  }

  /** Whether there is no tracker at all. */
  public boolean isEmpty() {
    return tiers.isEmpty();
  }

  /** The announces to send now; each is from here on taken for sent. */
  public List<Due> due(long nowNanos) {
    List<Due> due = new ArrayList<>();
    for (TrackerState tracker : trackers()) {
      if (stopping ? tracker.mustStop() : tracker.known && tracker.isDue(nowNanos)) {
        due.add(tracker.ask(stopping, nowNanos));
      }
    }
    if (!stopping && mayAskAnother(nowNanos)) {
      for (TrackerState tracker : trackers()) {
        if (!tracker.known && tracker.isDue(nowNanos)) {
          due.add(tracker.ask(false, nowNanos));
          break;
        }
      }
    }
    return due;
  }

  /**
   * Nanoseconds until {@link #due} may have something new, 0 or more; {@link Long#MAX_VALUE} when
   * only an answer can bring that about.
   */
  public long delayNanos(long nowNanos) {
    long delay = Long.MAX_VALUE;
    if (stopping) {
      return delay;
    }
    boolean served = isServed();
    for (TrackerState tracker : trackers()) {
      if (tracker.asking) {
        if (!served && tracker.isFresh(nowNanos)) {
          delay = Math.min(delay, tracker.askedAt + PATIENCE_NANOS - nowNanos);
        }
      } else if (!tracker.gone && (tracker.known || !served)) {
        long wait = Math.max(0, tracker.dueAt - nowNanos);
        // One that is due already waits for another's patience to end, which is counted above.
        delay = wait > 0 || tracker.known ? Math.min(delay, wait) : delay;
      }
    }
    return delay;
  }

  /** A tracker answered; it moves to the front of its tier (BEP 12). */
  public void onResponse(ServerUrl url, Announce.Response response, long nowNanos) {
    for (List<TrackerState> tier : tiers) {
      for (TrackerState tracker : tier) {
        if (tracker.url.equals(url)) {
          tracker.onResponse(response, nowNanos);
          tier.remove(tracker);
          tier.add(0, tracker);
          return;
        }
      }
    }
  }

  /**
   * A tracker refused, or could not be reached.
   *
   * @param error one line, safe to print
   * @param retryAfterSeconds as {@link TrackerFailure#retryAfterSeconds}
   * @return whether that is news: its announce before this one did not fail
   */
  public boolean onFailure(ServerUrl url, String error, long retryAfterSeconds, long nowNanos) {
    TrackerState tracker = find(url);
    boolean news = tracker.error == null;
    tracker.onFailure(error, retryAfterSeconds, nowNanos);
    newestError = url + ": " + error;
    return news;
  }

  /** The download is complete: every tracker that knows us is to hear {@code completed}, once. */
  public void complete(long nowNanos) {
    for (TrackerState tracker : trackers()) {
      tracker.complete(nowNanos);
    }
  }

  /** More peers are needed: trackers that work are asked as soon as their min interval allows. */
  public void hurry() {
    for (TrackerState tracker : trackers()) {
      tracker.hurry();
    }
  }

  /**
   * From now on only {@code stopped} is sent: to each tracker that knows us, once, and to one that
   * has an announce of ours on its desk only after its answer, so that the two cannot overtake each
   * other.
   */
  public void stop() {
    stopping = true;
  }

  /** Whether every tracker that had to hear {@code stopped} has answered to it or failed. */
  public boolean isStopped() {
    for (TrackerState tracker : trackers()) {
      if (tracker.mustStop() || tracker.known && tracker.asking) {
        return false;
      }
    }
    return stopping;
  }

  /** Whether there are trackers and the last announce to every one of them failed. */
  public boolean allFailed() {
    List<TrackerState> all = trackers();
    return !all.isEmpty() && all.stream().allMatch(tracker -> tracker.error != null);
  }

  /** The newest failure, safe to print, or null when a tracker works or none has failed yet. */
  public String lastError() {
    for (TrackerState tracker : trackers()) {
      if (tracker.works()) {
        return null;
      }
    }
    return newestError;
  }

  private boolean mayAskAnother(long nowNanos) {
    for (TrackerState tracker : trackers()) {
      if (tracker.asking && tracker.isFresh(nowNanos)) {
        return false;
      }
    }
    return !isServed();
  }

  private boolean isServed() {
    for (TrackerState tracker : trackers()) {
      if (tracker.works() && tracker.gavePeers) {
        return true;
      }
    }
    return false;
  }

  private List<TrackerState> trackers() {
    List<TrackerState> all = new ArrayList<>();
    for (List<TrackerState> tier : tiers) {
      all.addAll(tier);
    }
    return all;
  }

  private TrackerState find(ServerUrl url) {
    return trackers().stream().filter(t -> t.url.equals(url)).findFirst().orElse(null);
  }
}
