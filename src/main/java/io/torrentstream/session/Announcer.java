package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import io.torrentstream.tracker.TrackerTiers;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a torrent's trackers informed and brings back the peers they know. {@link TrackerTiers}
 * decides whom to ask and when; this class sends, listens and keeps the one timer.
 *
 * <p>Confined to the torrent's loop: every method is called there, and the mediator is.
 */
public final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

  /** How many peers to ask for: enough to fill a session, and what most trackers give at most. */
  private static final int PEERS_WANTED = 200;

  /** So many trackers that cannot be asked are named; a torrent has room for a million. */
  private static final int MOST_NAMED = 20;

  /** How long the end of a run may wait for trackers. */
  private static final long STOP_SECONDS = 2;

  /** What the announcer asks of the torrent, and tells it. */
  public interface Mediator {
    /** Payload bytes sent in this run. */
    long uploaded();

    /** Payload bytes received in this run. */
    long downloaded();

    /** Bytes of the torrent that are still missing. */
    long left();

    /**
     * A tracker gave peers.
     *
     * @param source the tracker, safe to print
     */
    void onPeers(List<InetSocketAddress> addresses, String source);

    /** A tracker has something to say to the user; one line, safe to print, each text once. */
    void onWarning(String warning);

    /**
     * A tracker failed or refused; told again only when it has worked meanwhile.
     *
     * @param failure the tracker and why, one line, safe to print
     */
    void onTrackerFailed(String failure);
  }

  /** The way to a tracker; {@code TrackerClient::announce}. May complete on any thread. */
  @FunctionalInterface
  public interface Tracker {
    CompletableFuture<Announce.Response> announce(ServerUrl tracker, Announce.Request request);
  }

  /**
   * What all announces of a torrent have in common.
   *
   * @param peerId 20 bytes
   * @param port where peers can connect
   * @param key random, the same for all torrents of the session
   */
  public record Identity(InfoHash infoHash, byte[] peerId, int port, int key) {}

  private final EventLoop loop;
  private final Tracker tracker;
  private final Identity identity;
  private final Mediator mediator;
  private final TrackerTiers tiers;

  /** What is wrong with trackers that cannot be asked, the first few. */
  private final List<String> leftOut = new ArrayList<>();

  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private ScheduledFuture<?> timer;
  private String lastWarning;

  /**
   * @param trackers tiers of tracker addresses as a torrent has them; those that cannot be asked
   *     (malformed, or of a scheme that is not spoken here) have failed from the start
   */
  public Announcer(
      EventLoop loop,
      Tracker tracker,
      Identity identity,
      List<List<String>> trackers,
      Mediator mediator,
      RandomGenerator random) {
    this.loop = loop;
    this.tracker = tracker;
    this.identity = identity;
    this.mediator = mediator;
    this.tiers = new TrackerTiers(parse(trackers), random, now());
  }

  /** Announces that we are here; peers begin to arrive with the first answer. */
  public void start() {
    leftOut.forEach(mediator::onTrackerFailed);
    pump();
  }

  /** The download was completed in this run: each tracker that knows us is told, once. */
  public void onComplete() {
    tiers.complete(now());
    pump();
  }

  /** Peers are scarce: ask for more as soon as the trackers' min interval allows. */
  public void hurry() {
    tiers.hurry();
    pump();
  }

  /**
   * Tells the trackers that know us that we leave. The future completes, on the loop, when they
   * have answered or two seconds have passed; it never fails. Stopping twice is the same as once.
   */
  public CompletableFuture<Void> stop() {
    tiers.stop();
    pump();
    if (!stopped.isDone()) {
      loop.schedule(() -> stopped.complete(null), STOP_SECONDS, TimeUnit.SECONDS);
    }
    return stopped;
  }

  /** Why no tracker works, safe to print; null when one does or none was asked yet. */
  public String lastError() {
    return noneCanBeAsked() ? leftOut.get(0) : tiers.lastError();
  }

  /** Whether there are trackers, all were asked, and none works. */
  public boolean allFailed() {
    return noneCanBeAsked() || tiers.allFailed();
  }

  private boolean noneCanBeAsked() {
    return tiers.isEmpty() && !leftOut.isEmpty();
  }

  /** Sends what is due and sets the timer for what will be. */
  private void pump() {
    for (TrackerTiers.Due due : tiers.due(now())) {
      tracker
          .announce(due.tracker(), request(due))
          .whenCompleteAsync((response, failure) -> onAnswer(due, response, failure), loop);
    }
    if (tiers.isStopped()) {
      stopped.complete(null);
    }
    if (timer != null) {
      timer.cancel(false);
    }
    long delay = tiers.delayNanos(now());
    timer = delay == Long.MAX_VALUE ? null : loop.schedule(this::pump, delay, TimeUnit.NANOSECONDS);
  }

  private Announce.Request request(TrackerTiers.Due due) {
    return new Announce.Request(
        identity.infoHash(),
        identity.peerId(),
        identity.port(),
        mediator.uploaded(),
        mediator.downloaded(),
        mediator.left(),
        due.event(),
        due.event() == Announce.Event.STOPPED ? 0 : PEERS_WANTED,
        identity.key(),
        due.trackerId());
  }

  private void onAnswer(TrackerTiers.Due due, Announce.Response response, Throwable failure) {
    if (failure != null) {
      long retryAfter =
          failure instanceof TrackerFailure refused
              ? refused.retryAfterSeconds()
              : TrackerFailure.UNSPECIFIED;
      LOG.debug("[{}] {}: {}", identity.infoHash(), due.tracker(), failure.getMessage());
      boolean news = tiers.onFailure(due.tracker(), failure.getMessage(), retryAfter, now());
      if (news) {
        mediator.onTrackerFailed(due.tracker() + ": " + failure.getMessage());
      }
    } else {
      LOG.debug(
          "[{}] {}: {} peers, again in {} s",
          identity.infoHash(),
          due.tracker(),
          response.peers().size(),
          response.interval());
      tiers.onResponse(due.tracker(), response, now());
      report(due, response);
    }
    pump();
  }

  private void report(TrackerTiers.Due due, Announce.Response response) {
    if (response.warning() != null && !Objects.equals(response.warning(), lastWarning)) {
      lastWarning = response.warning();
      mediator.onWarning(due.tracker() + ": " + response.warning());
    }
    if (!response.peers().isEmpty() && due.event() != Announce.Event.STOPPED) {
      mediator.onPeers(response.peers(), due.tracker().toString());
    }
  }

  private List<List<ServerUrl>> parse(List<List<String>> trackers) {
    List<List<ServerUrl>> parsed = new ArrayList<>();
    for (List<String> tier : trackers) {
      List<ServerUrl> urls = new ArrayList<>();
      for (String text : tier) {
        try {
          urls.add(ServerUrl.parse(text));
        } catch (ProtocolException e) {
          leaveOut(text, e.getMessage());
        }
      }
      parsed.add(urls);
    }
    return parsed;
  }

  private void leaveOut(String text, String why) {
    String message = ServerUrl.hide(text) + ": " + why;
    if (!text.isBlank() && leftOut.size() < MOST_NAMED && !leftOut.contains(message)) {
      leftOut.add(message);
    }
  }

  private long now() {
    return loop.ticker().nanoTime();
  }
}
