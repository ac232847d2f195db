package io.torrentstream.session;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.picker.PickOrder;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.util.Bitfield;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * How one torrent is to be run. Immutable.
 *
 * @param storage where and how its data is stored
 * @param sources where its data may come from
 * @param files indices of the wanted files, or null for all
 * @param sequential pieces in order instead of rarest first
 * @param stallTimeout no newly verified data for so long fails the torrent; zero for never
 * @param seeding share what is there and download nothing; null to download
 */
public record TorrentOptions(
    StorageOptions storage,
    SourceOptions sources,
    BitSet files,
    boolean sequential,
    Duration stallTimeout,
    Seeding seeding) {

  /**
   * How data that is on disk is shared. It is checked first, and never changed.
   *
   * @param partial whether a part of it is enough; else a wrong or missing piece fails the torrent
   * @param superSeed show each peer one piece at a time (BEP 16); only for complete data
   */
  public record Seeding(boolean partial, boolean superSeed) {
    /**
     * Whether what is there is enough to share.
     *
     * @param whole whether every file is right
     */
    boolean accepts(Bitfield have, boolean whole) {
      return whole || partial && !have.isEmpty();
    }
  }

  /**
   * Everything of the torrent into {@code storage.dir()}, from whatever it names, for as long as it
   * takes.
   */
  public static TorrentOptions of(StorageOptions storage) {
    return new TorrentOptions(storage, SourceOptions.DEFAULT, null, false, Duration.ZERO, null);
  }

  /** To share what is on disk, with whoever the sources name. */
  public static TorrentOptions seeding(
      StorageOptions storage, SourceOptions sources, Seeding seeding) {
    return new TorrentOptions(storage, sources, null, false, Duration.ZERO, seeding);
  }

  /** What of this a torrent allows. */
  TorrentOptions forTorrent(TorrentInfo info) {
    return withSources(sources.forTorrent(info));
  }

  public TorrentOptions withSources(SourceOptions changed) {
    return new TorrentOptions(storage, changed, files, sequential, stallTimeout, seeding);
  }

  PickOrder order() {
    return sequential ? PickOrder.SEQUENTIAL : PickOrder.RAREST;
  }

  /** The same for these files; null for all. */
  TorrentOptions withFiles(BitSet wanted) {
    return new TorrentOptions(storage, sources, wanted, sequential, stallTimeout, seeding);
  }

  /** The same with these peers to connect to. */
  public TorrentOptions withPeers(List<InetSocketAddress> peers) {
    return withSources(sources.withPeers(peers));
  }
}
