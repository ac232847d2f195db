package io.torrentstream.tool;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tool.TrackerStats.Counter;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.util.ProtocolException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a tracker answers, whichever way it is asked, and the count of that. Not thread-safe:
 * confined to the server's loop, which calls {@link #tick} every second.
 */
final class Tracker {
  private static final Logger LOG = LoggerFactory.getLogger(Tracker.class);

  private final TrackerStats stats = new TrackerStats();
  private final SwarmTable swarms;
  private final FloodLimit flood;
  private final TrackerServer.Listener listener;
  private volatile Set<InfoHash> allowed;
  private int nowSeconds;

  Tracker(TrackerConfig config, TrackerServer.Listener listener, SecureRandom random) {
    int interval = (int) config.interval().toSeconds();
    this.swarms =
        new SwarmTable(
            SwarmTable.Limits.usual(interval),
            SipHash.withNewKey(random),
            new SplittableRandom(random.nextLong()));
    this.flood = new FloodLimit(config.maxRate(), SipHash.withNewKey(random));
    this.listener = listener;
    this.allowed = config.allowed();
  }

  /** Seconds since the start. */
  int nowSeconds() {
    return nowSeconds;
  }

  /** Once a second. */
  void tick(int seconds) {
    nowSeconds = seconds;
    swarms.tick(seconds);
  }

  /**
   * From now on only these torrents are tracked. Others that are in the table stay, unused, until
   * they expire. May be called on any thread, and holds for the next request.
   *
   * @param torrents null for any; not changed any more
   */
  void allow(Set<InfoHash> torrents) {
    allowed = torrents;
  }

  /** Whether a request from this address may be answered, or there are too many of them. */
  boolean admits(byte[] address) {
    if (flood.admits(address, nowSeconds)) {
      return true;
    }
    stats.count(Counter.FLOODED);
    return false;
  }

  /**
   * Takes an announce in.
   *
   * @param address that it came from
   * @throws ProtocolException when it is refused; the message is for the client
   */
  Announce.Answer announce(Announce.Request request, byte[] address, SwarmTable.Form form)
      throws ProtocolException {
    try {
      if (!isAllowed(request.infoHash())) {
        throw new ProtocolException("info_hash: not a torrent of this tracker");
      }
      Endpoint peer = Endpoint.of(address, request.port());
      LOG.debug("[{}] {} {}", peer, request.infoHash(), request.event());
      Announce.Answer answer = swarms.announce(request, peer, form, nowSeconds);
      listener.onAnnounce(request.infoHash(), answer.seeders(), answer.leechers());
      return answer;
    } catch (ProtocolException e) {
      stats.count(Counter.REFUSED);
      throw e;
    }
  }

  /** The numbers of one torrent, or null when it is not known. */
  Scrape.Response scrape(InfoHash infoHash) {
    return isAllowed(infoHash) ? swarms.scrape(infoHash) : null;
  }

  private boolean isAllowed(InfoHash infoHash) {
    Set<InfoHash> now = allowed;
    return now == null || now.contains(infoHash);
  }

  int intervalSeconds() {
    return swarms.intervalSeconds();
  }

  TrackerStats stats() {
    return stats;
  }

  /** What the tracker holds at this moment, for {@link TrackerStats}. */
  Map<String, Long> gauges(int connections) {
    Map<String, Long> gauges = new LinkedHashMap<>();
    gauges.put("uptime_seconds", (long) nowSeconds);
    gauges.put("torrents", (long) swarms.torrents());
    gauges.put("peers", (long) swarms.peers());
    gauges.put("seeders", (long) swarms.seeders());
    gauges.put("leechers", (long) swarms.peers() - swarms.seeders());
    gauges.put("connections", (long) connections);
    return gauges;
  }
}
