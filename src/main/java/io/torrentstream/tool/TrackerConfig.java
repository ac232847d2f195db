package io.torrentstream.tool;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;

/**
 * How a tracker is run. Immutable.
 *
 * @param bind the local address, or null for all of them, of both families
 * @param httpPort 0 for any free one, {@link #NO_PORT} for none
 * @param udpPort the same
 * @param interval between the announces of a client, whole seconds
 * @param maxRate announces and scrapes a second from one address; 0 for no limit
 * @param allowed the torrents that are tracked, or null for any
 */
public record TrackerConfig(
    InetAddress bind,
    int httpPort,
    int udpPort,
    Duration interval,
    int maxRate,
    Set<InfoHash> allowed) {
  /** For a protocol that is not served. */
  public static final int NO_PORT = -1;

  /** What trackers that nobody knows a better port of use. */
  public static final int DEFAULT_PORT = 6969;

  /** Any torrent, over HTTP and UDP, on all addresses. */
  public static final TrackerConfig DEFAULT =
      new TrackerConfig(null, DEFAULT_PORT, DEFAULT_PORT, Duration.ofMinutes(30), 10, null);

  public TrackerConfig withBind(InetAddress address) {
    return new TrackerConfig(address, httpPort, udpPort, interval, maxRate, allowed);
  }

  public TrackerConfig withPorts(int http, int udp) {
    return new TrackerConfig(bind, http, udp, interval, maxRate, allowed);
  }

  public TrackerConfig withInterval(Duration time) {
    return new TrackerConfig(bind, httpPort, udpPort, time, maxRate, allowed);
  }

  public TrackerConfig withMaxRate(int perSecond) {
    return new TrackerConfig(bind, httpPort, udpPort, interval, perSecond, allowed);
  }

  public TrackerConfig withAllowed(Set<InfoHash> torrents) {
    return new TrackerConfig(bind, httpPort, udpPort, interval, maxRate, torrents);
  }
}
