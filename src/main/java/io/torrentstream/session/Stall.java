package io.torrentstream.session;

import java.time.Duration;

/** What to call a download that nothing came to for too long. */
final class Stall {
  private Stall() {}

  /** Whether nothing came for too long, though every source had its chance. */
  static boolean isOver(Duration limit, long silenceNanos, PeerSources sources) {
    return !limit.isZero() && silenceNanos > limit.toNanos() && !sources.areUntried();
  }

  static TorrentFailure failure(
      Duration limit, Swarm swarm, WebSeeds webSeeds, PeerSources sources) {
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
}
