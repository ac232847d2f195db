package io.torrentstream.session;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import java.util.BitSet;

/**
 * How many of the wanted bytes are verified. Pad files and files that are not wanted do not count,
 * so that 100 % is what the user asked for. Confined to the torrent's loop.
 */
final class Progress {
  private final TorrentInfo info;
  private final BitSet countedFiles = new BitSet();
  private final long wanted;
  private long verified;
  private long missing;

  /**
   * @param files indices of the wanted files, or null for all
   */
  Progress(TorrentInfo info, BitSet files) {
    this.info = info;
    long sum = 0;
    for (FileEntry file : info.files()) {
      missing += file.padding() ? 0 : file.length();
      if (!file.padding() && (files == null || files.get(file.index()))) {
        countedFiles.set(file.index());
        sum += file.length();
      }
    }
    this.wanted = sum;
  }

  void onVerified(int piece) {
    info.layout()
        .forEachSlice(
            piece,
            0,
            info.layout().pieceLength(piece),
            (file, offset, length) -> {
              if (countedFiles.get(file)) {
                verified += length;
              }
              missing -= info.files().get(file).padding() ? 0 : length;
            });
  }

  void onChecked(Bitfield have) {
    for (int piece = have.nextSet(0); piece >= 0; piece = have.nextSet(piece + 1)) {
      onVerified(piece);
    }
  }

  long wanted() {
    return wanted;
  }

  long verified() {
    return verified;
  }

  long left() {
    return wanted - verified;
  }

  /**
   * Bytes of the whole torrent that are not verified, wanted or not: for everybody else only who
   * lacks nothing is a seed (BEP 3, 21).
   */
  long missing() {
    return missing;
  }
}
