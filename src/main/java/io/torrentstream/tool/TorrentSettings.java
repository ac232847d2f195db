package io.torrentstream.tool;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a new .torrent says besides its files. Immutable.
 *
 * @param name of the torrent's file or folder
 * @param pieceLength in bytes, {@link PieceLength#MIN}..{@link PieceLength#MAX}
 * @param isPrivate peers come from the trackers alone (BEP 27)
 * @param source a word that makes the info-hash differ from that of the same files elsewhere, or
 *     null
 * @param contacts where to find the swarm
 * @param about for people
 */
public record TorrentSettings(
    String name,
    int pieceLength,
    boolean isPrivate,
    String source,
    Contacts contacts,
    About about) {

  /**
   * Where to find the swarm; not part of the info-hash.
   *
   * @param trackers tiers of addresses (BEP 12)
   * @param webSeeds of BEP 19
   * @param nodes of the DHT (BEP 5), not resolved
   */
  public record Contacts(
      List<List<String>> trackers, List<String> webSeeds, List<InetSocketAddress> nodes) {
    /** None at all. */
    public static final Contacts NONE = new Contacts(List.of(), List.of(), List.of());
  }

  /**
   * For people; not part of the info-hash.
   *
   * @param comment or null
   * @param createdBy the program, or null
   * @param creationDate seconds since 1970, or null
   */
  public record About(String comment, String createdBy, Long creationDate) {}
}
