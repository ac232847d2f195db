package io.torrentstream.storage;

import io.torrentstream.metainfo.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Notices that somebody changes a file while it is seeded: its bytes are not what was hashed any
 * more. A file is looked at when it is read, ten times a second while it goes on being read. Shared
 * by all lanes, each of which has its own part.
 */
final class UnchangedFiles {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final TorrentFiles files;
  private final Stamp[] stamps;

  /** By lane: the file that was looked at last, and when. */
  private final int[] lastTarget;

  private final long[] lookedNanos;

  /**
   * @param stamps by target, taken before the files were hashed
   */
  UnchangedFiles(TorrentFiles files, Stamp[] stamps, int lanes) {
    this.files = files;
    this.stamps = stamps;
    this.lastTarget = new int[lanes];
    this.lookedNanos = new long[lanes];
    Arrays.fill(lastTarget, TorrentFiles.PAD);
  }

  /**
   * Called on a lane before blocks are read.
   *
   * @throws StorageException when a file that they lie in is not as it was
   */
  void require(int lane, List<Block> blocks) throws StorageException {
    long nowNanos = System.nanoTime();
    for (Block block : blocks) {
      files.forEachSlice(
          block.piece(),
          block.begin(),
          block.length(),
          (target, offset, length) -> {
            boolean justLooked =
                lastTarget[lane] == target && nowNanos - lookedNanos[lane] < LOOK_NANOS;
            if (target != TorrentFiles.PAD && !justLooked) {
              require(target);
              lastTarget[lane] = target;
              lookedNanos[lane] = nowNanos;
            }
          });
    }
  }

  private void require(int target) throws StorageException {
    Path path = files.path(target);
    try {
      if (!stamps[target].equals(Stamp.of(path))) {
        throw new StorageException(path, "was changed after it had been checked");
      }
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }
}
