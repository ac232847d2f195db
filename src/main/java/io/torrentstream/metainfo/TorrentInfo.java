package io.torrentstream.metainfo;

import io.torrentstream.util.Digests;
import java.util.Arrays;
import java.util.List;

/**
 * The info dictionary of a torrent (BEP 3), checked and cleaned: what the data is and how it is
 * hashed. Immutable.
 *
 * @param infoHash of the raw bytes
 * @param name safe as a file name; the torrent's file or folder
 * @param folder whether the torrent is a folder (multi file) or one file
 * @param layout pieces, blocks and files
 * @param files in order, pad files included
 * @param pieceHashes 20 bytes a piece
 * @param isPrivate peers come from the trackers alone (BEP 27)
 * @param raw the info dictionary's own bytes (what BEP 9 hands out)
 */
public record TorrentInfo(
    InfoHash infoHash,
    String name,
    boolean folder,
    PieceLayout layout,
    List<FileEntry> files,
    byte[] pieceHashes,
    boolean isPrivate,
    byte[] raw) {

  /** Whether {@code digest} is the SHA-1 that the torrent promises for a piece. */
  public boolean isPieceHash(int piece, byte[] digest) {
    int from = piece * Digests.SHA1_BYTES;
    return Arrays.equals(pieceHashes, from, from + Digests.SHA1_BYTES, digest, 0, digest.length);
  }

  /** All bytes, pad files included. */
  public long length() {
    return layout.length();
  }
}
