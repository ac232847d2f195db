package io.torrentstream.session;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.util.Bitfield;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * How one torrent is to be run. Immutable.
 *
 * @param storage where and how its data is stored
 * @param trackers added to those of the .torrent, each a tier of its own
 * @param useTrackers false to announce to none
 * @param peers to connect to at once, unresolved names allowed
 * @param files indices of the wanted files, or null for all
 * @param sequential pieces in order instead of rarest first
 * @param stallTimeout no newly verified data for so long fails the torrent; zero for never
 * @param webSeeds addresses of web servers (BEP 19), used besides those of the .torrent
 * @param useWebSeeds false to use none of the .torrent's
 * @param seeding share what is there and download nothing; null to download
 */
public record TorrentOptions(
    StorageOptions storage,
    List<String> trackers,
    boolean useTrackers,
    List<InetSocketAddress> peers,
    BitSet files,
    boolean sequential,
    Duration stallTimeout,
    List<String> webSeeds,
    boolean useWebSeeds,
    Seeding seeding) {

  /**
   * How data that is on disk is shared. It is checked first, and never changed.
   *
   * @param partial whether a part of it is enough; else a wrong or missing piece fails the torrent
   * @param superSeed show each peer one piece at a time (BEP 16); only for complete data
   */
  public record Seeding(boolean partial, boolean superSeed) {
    /** Whether what is there is enough to share. */
    boolean accepts(Bitfield have) {
      return have.isFull() || partial && !have.isEmpty();
    }
  }

  /**
   * Everything of the torrent into {@code storage.dir()}, from its own trackers, for as long as it
   * takes.
   */
  public static TorrentOptions of(StorageOptions storage) {
    return new TorrentOptions(
        storage, List.of(), true, List.of(), null, false, Duration.ZERO, List.of(), true, null);
  }

  public TorrentOptions withWebSeeds(List<String> added) {
    return new TorrentOptions(
        storage,
        trackers,
        useTrackers,
        peers,
        files,
        sequential,
        stallTimeout,
        added,
        useWebSeeds,
        seeding);
  }

  public TorrentOptions withPeers(List<InetSocketAddress> added) {
    return new TorrentOptions(
        storage,
        trackers,
        useTrackers,
        added,
        files,
        sequential,
        stallTimeout,
        webSeeds,
        useWebSeeds,
        seeding);
  }

  /** The trackers to announce to, tier by tier. */
  List<List<String>> tiers(Metainfo metainfo) {
    if (!useTrackers) {
      return List.of();
    }
    // Those the user named come first: one that works is enough (BEP 12), and is to be theirs.
    List<List<String>> tiers = new ArrayList<>();
    trackers.forEach(added -> tiers.add(List.of(added)));
    tiers.addAll(metainfo.trackers());
    return tiers;
  }
}
