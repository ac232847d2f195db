package io.torrentstream.session;

import java.util.List;

/** Takes the status of a torrent from its parts. */
final class Snapshot {
  private Snapshot() {}

  /**
   * Of a torrent with its info.
   *
   * @param checked bytes hashed so far while CHECKING
   * @param swarm null before the end of the check, as {@code webSeeds} is
   */
  static TorrentStatus of(
      TorrentState state,
      Progress progress,
      long checked,
      TransferCounters counters,
      Swarm swarm,
      WebSeeds webSeeds,
      PeerSources sources,
      long nowNanos) {
    List<Peer> peers = swarm == null ? List.of() : swarm.peers();
    return new TorrentStatus(
        state,
        progress.wanted(),
        progress.verified(),
        checked,
        counters.down.total(),
        counters.up.total(),
        counters.wasted,
        counters.hashFailures,
        counters.down.rate(nowNanos),
        counters.up.rate(nowNanos),
        peers.size(),
        seeds(peers),
        webSeeds == null ? 0 : webSeeds.activeCount(),
        swarm == null ? 0 : swarm.dialer().knownAddresses(),
        sources.lastTrackerError());
  }

  private static int seeds(List<Peer> peers) {
    int count = 0;
    for (Peer peer : peers) {
      count += peer.isSeed() ? 1 : 0;
    }
    return count;
  }

  /**
   * Of a torrent without its info: its seeds are those who have that.
   *
   * @param swarm null before it connects
   */
  static TorrentStatus ofMagnet(TorrentState state, MetadataSwarm swarm, PeerSources sources) {
    return new TorrentStatus(
        state,
        0,
        0,
        swarm == null ? 0 : swarm.received(),
        0,
        0,
        0,
        0,
        0,
        0,
        swarm == null ? 0 : swarm.peerCount(),
        swarm == null ? 0 : swarm.sourceCount(),
        0,
        swarm == null ? 0 : swarm.dialer().knownAddresses(),
        sources.lastTrackerError());
  }
}
