package io.torrentstream.session;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A download that nothing comes to for too long: when that is, and what to call it. Time in which
 * nobody could have brought anything does not count: a machine that was suspended for a night had
 * no chance, and its download goes on. Confined to the torrent's loop.
 */
final class Stall {
  /** Ticks come once a second; a longer gap is not the network's fault. */
  private static final long LONGEST_TICK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Duration limit;
  private long mostUseful;
  private long idleNanos;
  private long lastNanos;

  /**
   * @param limit zero for none
   */
  Stall(Duration limit, long nowNanos) {
    this.limit = limit;
    this.lastNanos = nowNanos;
  }

  /** The disk was checked, or a piece was right. */
  void onProgress(long nowNanos) {
    idleNanos = 0;
    lastNanos = nowNanos;
  }

  /**
   * Once a second: whether it has been too long. Blocks count as they come: on a slow line a large
   * piece takes longer than the limit. Those of a wrong piece were in vain, and only what comes
   * beyond as much is new again, so that nobody holds a download up with nonsense.
   *
   * @param usefulBytes {@link TransferCounters#useful}
   */
  boolean isOver(long nowNanos, long usefulBytes) {
    if (usefulBytes > mostUseful) {
      mostUseful = usefulBytes;
      onProgress(nowNanos);
    }
    idleNanos += Math.min(nowNanos - lastNanos, LONGEST_TICK_NANOS);
    lastNanos = nowNanos;
    return !limit.isZero() && idleNanos > limit.toNanos();
  }

  TorrentFailure failure(Swarm swarm, WebSeeds webSeeds, PeerSources sources) {
    String seconds = limit.toSeconds() + " s";
    int addresses = swarm.dialer().knownAddresses();
    if (swarm.hadPeers() || !webSeeds.isEmpty()) {
      String error = swarm.hadPeers() ? null : webSeeds.lastError();
      String message = "no new data for " + seconds + (error == null ? "" : ", " + error);
      return new TorrentFailure(TorrentFailure.Reason.STALLED, message, null);
    }
    if (addresses > 0) {
      return new TorrentFailure(
          TorrentFailure.Reason.NO_PEERS,
          "no peer reached in " + seconds + ", known addresses: " + addresses,
          null);
    }
    String dht = sources.useDht() && !sources.isInDht() ? ", no DHT node answered" : "";
    if (sources.allTrackersFailed() && !sources.isInDht()) {
      return new TorrentFailure(
          TorrentFailure.Reason.TRACKERS_FAILED,
          "every tracker failed: " + sources.lastTrackerError() + dht,
          null);
    }
    return new TorrentFailure(
        TorrentFailure.Reason.NO_PEERS, "no peers found in " + seconds + dht, null);
  }

  /** Nobody gave the metadata of a magnet link. */
  static TorrentFailure noMetadata(Duration limit, MetadataSwarm swarm, PeerSources sources) {
    String seen;
    if (swarm.sourceCount() > 0) {
      seen = "peers that have it: " + swarm.sourceCount();
    } else if (swarm.peerCount() > 0) {
      seen = "none of the peers has it: " + swarm.peerCount();
    } else if (swarm.dialer().knownAddresses() > 0) {
      seen = "no peer reached, known addresses: " + swarm.dialer().knownAddresses();
    } else if (sources.allTrackersFailed()) {
      seen = "every tracker failed: " + sources.lastTrackerError();
    } else {
      seen = "no peers found";
    }
    return new TorrentFailure(
        TorrentFailure.Reason.METADATA_TIMEOUT,
        "no metadata in " + limit.toSeconds() + " s, " + seen,
        null);
  }
}
