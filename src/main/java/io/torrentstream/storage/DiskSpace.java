package io.torrentstream.storage;

import java.io.File;
import java.nio.file.Path;

/**
 * Whether a disk has room. Stateless, and cheap enough to be asked every few megabytes. Uses {@link
 * File}, because {@code FileStore} reads the table of mounts each time and fails where there is
 * none.
 */
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
    long free = free(dir);
    if (free < neededBytes) {
      throw full(dir, neededBytes, free, null);
    }
  }

  /** Whether a disk has room for so much. */
  static boolean fits(Path dir, long neededBytes) {
    return free(dir) >= neededBytes;
  }

  private static StorageException full(Path path, long needed, long free, Throwable cause) {
    String problem = "no space left: " + needed + " bytes needed, " + free + " free";
    return new StorageException(StorageException.Kind.DISK_FULL, path, problem, cause);
  }

  /**
   * A failure with the numbers a user needs, if it is one of room on the disk. One of a quota is
   * not: how much of that is left only the system's own tools can tell.
   *
   * @param dir an existing folder on the disk
   */
  static StorageException explain(StorageException failure, Path dir, long neededBytes) {
    long free = free(dir);
    return failure.kind() == StorageException.Kind.DISK_FULL && free < neededBytes
        ? full(failure.path(), neededBytes, free, failure)
        : failure;
  }

  /** Whether the disk that holds {@code path}, or would, has no room left. */
  static boolean isFull(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    return folder != null && free(folder) < NONE;
  }

  /** Bytes free; as many as there can be when the system does not say. */
  private static long free(Path dir) {
    File file = dir.toFile();
    long free = file.getUsableSpace();
    boolean isKnown = free > 0 || free == 0 && file.getTotalSpace() > 0;
    return isKnown ? free : Long.MAX_VALUE;
  }
}
