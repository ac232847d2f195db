package io.torrentstream.session;

import io.torrentstream.metainfo.TorrentInfo;
import java.time.Duration;
import java.util.BitSet;

/**
 * How a magnet link is to be used. Immutable.
 *
 * @param torrent how the torrent is to be run once its info is there; its {@code files} do not
 *     count
 * @param files which files are wanted, where the user has said; null for those of the link
 * @param metadataTimeout no metadata for so long fails the torrent; zero for never
 * @param metadataOnly to fetch the metadata and then do nothing more; the disk is not touched
 */
public record MagnetOptions(
    TorrentOptions torrent, FileChoice files, Duration metadataTimeout, boolean metadataOnly) {

  /** Says which files of a torrent are wanted, as soon as it is known what there is. */
  @FunctionalInterface
  public interface FileChoice {
    /**
     * Called on the torrent's loop.
     *
     * @return indices
     * @throws TorrentFailure when none of them is there
     */
    BitSet choose(TorrentInfo info) throws TorrentFailure;
  }
}
