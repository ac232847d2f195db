package io.torrentstream.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a disk has room. Stateless. */
final class DiskSpace {
  /** Less room than this is a full disk: file systems round up. */
  private static final long NONE = 64 * 1024;

  private DiskSpace() {}

  /**
   * Compares the room on a disk with what is still to be written.
   *
   * @param dir an existing folder on it
   * @throws StorageException when it cannot fit
   */
  static void require(Path dir, long neededBytes) throws StorageException {
    long free;
    try {
      free = Files.getFileStore(dir).getUsableSpace();
    } catch (IOException e) {
      throw StorageException.of(dir, e);
    }
    if (free < neededBytes) {
      throw new StorageException(
          StorageException.Kind.DISK_FULL,
          dir,
          "no space left: " + neededBytes + " bytes needed, " + free + " free",
          null);
    }
  }

  /** Whether the disk that holds {@code path}, or would, has no room left. */
  static boolean isFull(Path path) {
    try {
      Path there = Files.exists(path) ? path : path.toAbsolutePath().getParent();
      return there != null && Files.getFileStore(there).getUsableSpace() < NONE;
    } catch (IOException e) {
      return false; // then the error that led here says more
    }
  }
}
