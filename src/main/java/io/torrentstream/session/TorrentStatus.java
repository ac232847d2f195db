package io.torrentstream.session;

import java.util.List;

/**
 * A torrent at one moment, replaced every second; immutable, readable from any thread.
 *
 * @param wanted bytes that are to be complete in the end (pad files not counted)
 * @param verified bytes of those whose piece hash matched
 * @param checked bytes hashed so far while CHECKING; bytes of metadata received while METADATA
 * @param downloaded payload bytes received in this run
 * @param uploaded payload bytes sent in this run
 * @param wasted payload bytes received that were not needed, or failed their hash
 * @param hashFailures pieces whose hash did not match
 * @param downRate payload bytes per second
 * @param upRate payload bytes per second
 * @param peers open connections
 * @param seeds those of them that have everything; while METADATA, that have this
 * @param webSeeds web servers that are fetched from (BEP 19); not among the peers and seeds
 * @param knownAddresses addresses heard of, connected or not
 * @param trackerError the newest failure of the trackers when none works, else null; safe to print
 */
public record TorrentStatus(
    TorrentState state,
    long wanted,
    long verified,
    long checked,
    long downloaded,
    long uploaded,
    long wasted,
    int hashFailures,
    long downRate,
    long upRate,
    int peers,
    int seeds,
    int webSeeds,
    int knownAddresses,
    String trackerError) {

  /** The sum of several torrents; checking while one of them is, else in the state of the first. */
  public static TorrentStatus sum(List<TorrentStatus> all) {
    TorrentStatus sum = all.get(0);
    for (TorrentStatus next : all.subList(1, all.size())) {
      sum = sum.plus(next);
    }
    return sum;
  }

  private TorrentStatus plus(TorrentStatus other) {
    return new TorrentStatus(
        other.state == TorrentState.CHECKING ? other.state : state,
        wanted + other.wanted,
        verified + other.verified,
        checked + other.checked,
        downloaded + other.downloaded,
        uploaded + other.uploaded,
        wasted + other.wasted,
        hashFailures + other.hashFailures,
        downRate + other.downRate,
        upRate + other.upRate,
        peers + other.peers,
        seeds + other.seeds,
        webSeeds + other.webSeeds,
        knownAddresses + other.knownAddresses,
        trackerError == null ? other.trackerError : trackerError);
  }

  /** Seconds until complete at the current rate, or -1 when that cannot be said. */
  public long etaSeconds() {
    return downRate <= 0 ? -1 : (wanted - verified + downRate - 1) / downRate;
  }
}
