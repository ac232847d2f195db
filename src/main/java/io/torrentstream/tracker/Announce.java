package io.torrentstream.tracker;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** An announce: what a client tells a tracker and what comes back (BEP 3, 15). */
public final class Announce {
  /** Used when a tracker names no interval, in seconds. */
  public static final int DEFAULT_INTERVAL = 1800;

  /** No tracker can make us announce more often, in seconds. */
  public static final int MIN_INTERVAL = 60;

  /** No tracker can silence us for longer, in seconds. */
  public static final int MAX_INTERVAL = 24 * 3600;

  static final int PEER_ID_LENGTH = 20;

  private Announce() {}

  /** Why a client announces. The order is that of BEP 15's numbers. */
  public enum Event {
    NONE,
    COMPLETED,
    STARTED,
    STOPPED
  }

  /**
   * What the tracker is told. Immutable; the peer id is not copied.
   *
   * @param peerId 20 bytes
   * @param port where peers can connect
   * @param uploaded payload bytes sent since {@code started}
   * @param downloaded payload bytes received since {@code started}
   * @param left bytes that are still missing; 0 makes us a seed
   * @param numWant how many peers are wanted, or -1 to leave it to the tracker
   * @param key random, the same for the whole session: by it a tracker knows us again after our
   *     address changed (BEP 7: also over IPv4 and IPv6)
   * @param trackerId what the tracker last called us, or null
   */
  public record Request(
      InfoHash infoHash,
      byte[] peerId,
      int port,
      long uploaded,
      long downloaded,
      long left,
      Event event,
      int numWant,
      int key,
      String trackerId) {}

  /**
   * What the tracker said. Immutable.
   *
   * @param interval seconds to the next announce, {@link #MIN_INTERVAL}..{@link #MAX_INTERVAL}
   * @param minInterval seconds before which even a client in need must not announce, same range; as
   *     {@code interval} when the tracker names none
   * @param peers each address once, {@value PeerAddresses#MAX_PEERS} at most; the codecs leave
   *     names unresolved
   * @param seeders or -1 when not told
   * @param leechers or -1 when not told
   * @param trackerId to be sent from now on, or null for no change
   * @param warning one line, safe to print, or null
   * @param externalIp our address as the tracker sees it (BEP 24), or null
   */
  public record Response(
      int interval,
      int minInterval,
      List<InetSocketAddress> peers,
      int seeders,
      int leechers,
      String trackerId,
      String warning,
      InetAddress externalIp) {

    /** The same but for the peers. */
    public Response withPeers(List<InetSocketAddress> others) {
      return new Response(
          interval, minInterval, others, seeders, leechers, trackerId, warning, externalIp);
    }
  }

  /**
   * What a tracker of ours says. Immutable.
   *
   * @param interval seconds to the next announce
   * @param completed how often a download of this torrent was completed
   * @param ipv4 others in the swarm
   * @param ipv6 others in the swarm
   */
  public record Answer(
      int interval,
      int seeders,
      int leechers,
      int completed,
      CompactPeers ipv4,
      CompactPeers ipv6) {}

  /** Brings any number that a tracker may send as an interval into the allowed range. */
  static int clampInterval(long seconds) {
    return (int) Math.max(MIN_INTERVAL, Math.min(MAX_INTERVAL, seconds));
  }

  /** Brings any number that a tracker may send as a count into an int; -1 stands for unknown. */
  static int clampCount(long count) {
    return (int) Math.max(-1, Math.min(Integer.MAX_VALUE, count));
  }
}
