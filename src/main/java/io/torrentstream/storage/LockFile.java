package io.torrentstream.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that one run at a time holds, and that is there no longer than it is held. A dead process
 * holds none. Safe on any thread.
 */
final class LockFile {
  /**
   * The locks of this process. Closing any channel to a locked file gives up the process's lock
   * (POSIX), so a second attempt in the same process must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private static final Object GONE = new Object();
  private static final Object UNKNOWN = new Object();

  private final Path file;
  private final Path key;
  private final FileChannel channel;

  private LockFile(Path file, Path key, FileChannel channel) {
    this.file = file;
    this.key = key;
    this.channel = channel;
  }

  /**
   * Takes a lock.
   *
   * @param file in a folder that exists
   * @return null when somebody holds it
   */
  static LockFile take(Path file) throws IOException {
    Path key = file.getParent().toRealPath().resolve(file.getFileName());
    if (!HELD.add(key)) {
      return null;
    }
    FileChannel channel = null;
    try {
      channel = lock(file);
    } finally {
      if (channel == null) {
        HELD.remove(key);
      }
    }
    return channel == null ? null : new LockFile(file, key, channel);
  }

  private static FileChannel lock(Path file) throws IOException {
    while (true) {
      Object before = identity(file);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      if (!tryLock(channel)) {
        channel.close();
        return null;
      }
      // Whoever held it before may have deleted it between our opening and locking it, and a third
      // one made it anew. Java cannot say which file a channel has; one that was there before and
      // after is the one we have.
      if (before != GONE && before.equals(identity(file))) {
        return channel;
      }
      channel.close();
    }
  }

  private static Object identity(Path file) throws IOException {
    try {
      Object key =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return key == null ? UNKNOWN : key;
    } catch (NoSuchFileException e) {
      return GONE;
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Gives it back, and removes the file. */
  void release() throws IOException {
    try {
      Files.deleteIfExists(file);
    } finally {
      channel.close();
      HELD.remove(key);
    }
  }
}
