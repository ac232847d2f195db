package io.torrentstream.storage;

import io.torrentstream.metainfo.InfoHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code DIR/.tsl}: what is kept about one unfinished torrent, and the lock that holds a second run
 * on the same torrent and directory away. A dead process holds no lock. Safe on any thread.
 */
final class StateDirectory {
  /**
   * The locks of this process. Closing any channel to a locked file gives up the process's lock
   * (POSIX), so a second attempt in the same process must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final String name;
  private final Path lockKey;
  private final FileChannel lockChannel;
  private boolean discarded;

  private StateDirectory(Path folder, String name, Path lockKey, FileChannel lockChannel) {
    this.folder = folder;
    this.name = name;
    this.lockKey = lockKey;
    this.lockChannel = lockChannel;
  }

  /**
   * Makes the folder and takes the lock.
   *
   * @param dir the download directory, which exists
   * @throws StorageException when another run holds it, or the folder cannot be written
   */
  static StateDirectory lock(Path dir, InfoHash infoHash) throws StorageException {
    Path folder = folder(dir);
    Path lockFile = folder.resolve(infoHash + ".lock");
    try {
      ensureFolder(folder);
      Path key = folder.toRealPath().resolve(lockFile.getFileName());
      if (!HELD.add(key)) {
        throw busy(dir);
      }
      FileChannel channel = null;
      try {
        channel = lock(dir, lockFile);
      } finally {
        if (channel == null) {
          HELD.remove(key);
        }
      }
      return new StateDirectory(folder, infoHash.toString(), key, channel);
    } catch (IOException e) {
      throw StorageException.of(lockFile, e);
    }
  }

  private static Path folder(Path dir) {
    return dir.resolve(FileNames.STATE_FOLDER);
  }

  private static void ensureFolder(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
    } else if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new StorageException(folder, "is in the way (expected: a folder)");
    }
  }

  private static FileChannel lock(Path dir, Path lockFile) throws IOException {
    while (true) {
      Object before = identity(lockFile);
      FileChannel channel =
          FileChannel.open(
              lockFile,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
      if (!tryLock(channel)) {
        channel.close();
        throw busy(dir);
      }
      // Whoever held it before may have deleted it between our opening and locking it, and a third
      // one made it anew. Java cannot say which file a channel has; one that was there before and
      // after is the one we have.
      if (before != GONE && before.equals(identity(lockFile))) {
        return channel;
      }
      channel.close();
    }
  }

  private static final Object GONE = new Object();
  private static final Object UNKNOWN = new Object();

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

  private static StorageException busy(Path dir) {
    return new StorageException(dir, "another tsl is at work on this torrent here");
  }

  Path resume() {
    return resume(folder.getParent(), name);
  }

  /** Where resume data is, if there is any. */
  static Path resume(Path dir, String infoHash) {
    return folder(dir).resolve(infoHash + ".resume");
  }

  /**
   * Replaces the resume data: whoever reads it sees the old or the new, never a part, and when this
   * returns no power loss can bring the old back. Does nothing once it has been discarded.
   */
  void writeResume(byte[] bytes) throws IOException {
    try {
      write(temporary(), bytes);
      publish(temporary());
    } catch (IOException e) {
      if (!isDiscarded()) { // else the folder may have gone meanwhile, and nothing is lost
        throw e;
      }
    }
  }

  /** The same, if there is no resume data yet. */
  void writeFirstResume(byte[] bytes) throws IOException {
    if (!Files.exists(resume(), LinkOption.NOFOLLOW_LINKS)) {
      writeResume(bytes);
    }
  }

  private static void write(Path path, byte[] bytes) throws IOException {
    Files.deleteIfExists(path);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  private synchronized boolean isDiscarded() {
    return discarded;
  }

  private synchronized void publish(Path temporary) throws IOException {
    if (discarded) {
      Files.deleteIfExists(temporary);
    } else {
      Files.move(
          temporary, resume(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Folders.force(folder);
    }
  }

  private Path temporary() {
    return folder.resolve(name + ".resume.tmp");
  }

  /** Removes the resume data for good: nothing is unfinished any more. */
  synchronized void discardResume() throws IOException {
    discarded = true;
    Files.deleteIfExists(resume());
    Files.deleteIfExists(temporary());
    Files.deleteIfExists(aside());
  }

  /** Puts resume data aside that cannot be used: it may be of use to whoever wrote it. */
  Path setResumeAside() throws IOException {
    return Files.move(resume(), aside(), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path aside() {
    return folder.resolve(name + ".resume.aside");
  }

  Path edges() {
    return edges(folder.getParent(), name);
  }

  /** Where the edge bytes of unwanted files are kept. */
  static Path edges(Path dir, String infoHash) {
    return folder(dir).resolve(infoHash + ".edges");
  }

  /**
   * Gives the lock back.
   *
   * @param finished whether nothing is unfinished any more, so that nothing is kept either
   */
  synchronized void close(boolean finished) throws IOException {
    try {
      if (finished) {
        discardResume();
        Files.deleteIfExists(edges());
      }
      Files.deleteIfExists(folder.resolve(name + ".lock"));
    } finally {
      lockChannel.close();
      HELD.remove(lockKey);
    }
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return; // other torrents, or our own resume data
    }
  }
}
