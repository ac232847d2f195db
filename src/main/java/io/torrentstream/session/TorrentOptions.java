package io.torrentstream.session;

import io.torrentstream.storage.StorageOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
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
 */
public record TorrentOptions(
    StorageOptions storage,
    List<String> trackers,
    boolean useTrackers,
    List<InetSocketAddress> peers,
    BitSet files,
    boolean sequential,
    Duration stallTimeout) {

  /**
   * Everything of the torrent into {@code storage.dir()}, from its own trackers, for as long as it
   * takes.
   */
  public static TorrentOptions of(StorageOptions storage) {
    return new TorrentOptions(storage, List.of(), true, List.of(), null, false, Duration.ZERO);
  }

  public TorrentOptions withPeers(List<InetSocketAddress> added) {
    return new TorrentOptions(
        storage, trackers, useTrackers, added, files, sequential, stallTimeout);
  }
}
