package io.torrentstream.session;

import java.time.Duration;

/** What to call a torrent that nothing came to for too long. */
final class Stall {
  private Stall() {}

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
    if (sources.allTrackersFailed()) {
      return new TorrentFailure(
          TorrentFailure.Reason.TRACKERS_FAILED,
          "every tracker failed: " + sources.lastTrackerError(),
          null);
    }
    return new TorrentFailure(TorrentFailure.Reason.NO_PEERS, "no peers found in " + seconds, null);
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
