package io.torrentstream.storage;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.PieceLayout.SliceVisitor;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.List;

/**
 * Sees to it that what is handed out of a complete file is what was hashed, whoever wrote to it
 * meanwhile. After blocks were read, the files that they lie in are looked at: a write changes a
 * file's times before its bytes, so a file that looks as it did held the right ones. When one looks
 * different, each piece in it is hashed again before the next of its blocks goes out. Files that
 * are still downloaded look different all the time and are left alone. Confined to one lane.
 */
final class ReadCheck {
  private final TorrentInfo info;
  private final PieceLayout layout;
  private final TorrentFiles files;
  private final TorrentStorage storage;
  private final int lanes;

  /** By target: what it looked like when last seen; null before. */
  private final Stamp[] known;

  /** To be hashed again; entry i is piece {@code i * lanes + lane}. */
  private final Bitfield doubtful;

  private final MessageDigest digest = Digests.sha1();

  /** The targets that reads touched, while they are confirmed. */
  private final BitSet touched = new BitSet();

  private final SliceVisitor<RuntimeException> touch;

  /** The target that looked different last. */
  private int changed;

  /**
   * @param lanes how many there are; this one sees every so manieth piece
   */
  ReadCheck(TorrentInfo info, TorrentFiles files, TorrentStorage storage, int lanes) {
    this.info = info;
    this.layout = info.layout();
    this.files = files;
    this.storage = storage;
    this.lanes = lanes;
    this.known = new Stamp[files.edges() + 1];
    this.doubtful = new Bitfield(layout.pieceCount() / lanes + 1);
    this.touch = files.onDisk(this::touch);
  }

  private void touch(int target, long offset, int length) {
    if (target != TorrentFiles.PAD) {
      touched.set(target);
    }
  }

  /**
   * Finds out which of the reads made a moment ago may be handed out.
   *
   * @param again gets those that are to be read once more
   * @throws StorageException when a file is not there, not whole, another one, or has wrong bytes
   */
  void confirm(List<FilledRead> reads, List<FilledRead> again) throws StorageException {
    for (FilledRead each : reads) {
      for (Block block : each.read().blocks()) {
        layout.forEachSlice(block.piece(), block.begin(), block.length(), touch);
      }
    }
    int lane = reads.get(0).piece() % lanes;
    for (int target = touched.nextSetBit(0); target >= 0; target = touched.nextSetBit(target + 1)) {
      look(target, lane);
    }
    touched.clear();
    for (FilledRead each : reads) {
      if (doubtful.get(each.piece() / lanes)) {
        again.add(each);
      }
    }
    // Only now: two reads may be of one piece, and both were made before it was found right.
    for (FilledRead each : again) {
      if (doubtful.get(each.piece() / lanes)) {
        hash(each.piece());
        doubtful.clear(each.piece() / lanes);
      }
    }
  }

  private void look(int target, int lane) throws StorageException {
    Stamp named = files.named(target);
    if (named == null) {
      return; // still downloaded
    }
    if (known[target] == null) {
      known[target] = named;
    }
    Path path = files.path(target);
    try {
      Stamp now = files.links().stamp(path);
      if (now == null) {
        throw new NoSuchFileException(path.toString());
      }
      if (!now.equals(known[target])) {
        files.requireUntouched(target);
        known[target] = now;
        doubt(target, lane);
      }
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }

  private void doubt(int target, int lane) {
    changed = target;
    int first = layout.firstPiece(target);
    for (int p = first + Math.floorMod(lane - first, lanes);
        p <= layout.lastPiece(target);
        p += lanes) {
      doubtful.set(p / lanes);
    }
  }

  private void hash(int piece) throws StorageException {
    storage.digest(piece, 0, layout.pieceLength(piece), digest);
    if (!info.isPieceHash(piece, digest.digest())) {
      throw new StorageException(
          files.path(changed), "was changed after it had been checked: piece " + piece);
    }
  }
}
