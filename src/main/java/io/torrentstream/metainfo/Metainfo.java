package io.torrentstream.metainfo;

import io.torrentstream.util.ProtocolException;
import java.util.List;

/**
 * A whole .torrent file (BEP 3): the info dictionary and, around it, where to find peers.
 * Immutable.
 *
 * @param info what the data is
 * @param trackers tiers of tracker addresses (BEP 12), as written; empty for none
 * @param webSeeds of BEP 19 (url-list)
 * @param httpSeeds of BEP 17 (httpseeds)
 * @param nodes DHT nodes as host:port (BEP 5)
 * @param comment or null
 * @param createdBy or null
 * @param creationDate seconds since 1970, or null
 * @param version 1, 2 or 3 for a hybrid, as "1", "2", "hybrid"
 * @param infoHashV2 64 hexadecimal digits, or null unless a hybrid
 * @param warnings one line for everything that was odd but could be used: renamed files, ignored
 *     keys
 */
public record Metainfo(
    TorrentInfo info,
    List<List<String>> trackers,
    List<String> webSeeds,
    List<String> httpSeeds,
    List<String> nodes,
    String comment,
    String createdBy,
    Long creationDate,
    String version,
    String infoHashV2,
    List<String> warnings) {

  /** A .torrent file larger than this is refused unread. */
  public static final int MAX_BYTES = 64 * 1024 * 1024;

  /**
   * Reads a .torrent file.
   *
   * @throws ProtocolException when it is malformed, or v2 only
   */
  public static Metainfo parse(byte[] torrent) throws ProtocolException {
    return MetainfoReader.read(torrent);
  }
}
