package io.torrentstream.storage;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * {@code DIR/.tsl}: what is kept about one unfinished torrent, and the locks that hold a second run
 * away: one on the same torrent and directory, and one on another torrent of the same name, whose
 * files would be the same. Safe on any thread.
 */
final class StateDirectory {
  private static final String RESUME = ".resume";

  /** Nobody is that unlucky; the folder above is not there any more. */
  private static final int MOST_TRIES = 100;

  private final Path folder;
  private final String name;
  private final LockFile torrentLock;
  private final LockFile nameLock;
  private boolean discarded;

  private StateDirectory(Path folder, String name, LockFile torrentLock, LockFile nameLock) {
    this.folder = folder;
    this.name = name;
    this.torrentLock = torrentLock;
    this.nameLock = nameLock;
  }

  /**
   * Makes the folder and takes the locks.
   *
   * @param dir the download directory, which exists
   * @param top what the torrent is called there (see {@link FileNames#top})
   * @throws StorageException when another run holds one, or the folder cannot be written
   */
  static StateDirectory lock(Path dir, InfoHash infoHash, Path top) throws StorageException {
    Path folder = folder(dir);
    Path lockFile = folder.resolve(infoHash + ".lock");
    try {
      LockFile torrentLock = takeFirst(folder, lockFile);
      if (torrentLock == null) {
        throw new StorageException(dir, "another tsl is at work on this torrent here");
      }
      LockFile nameLock = null;
      try {
        nameLock = LockFile.take(folder.resolve(nameOf(top) + ".lock"));
      } finally {
        if (nameLock == null) {
          torrentLock.release();
        }
      }
      if (nameLock == null) {
        throw new StorageException(top, "another tsl is at work on a torrent of this name here");
      }
      return new StateDirectory(folder, infoHash.toString(), torrentLock, nameLock);
    } catch (IOException e) {
      throw StorageException.of(lockFile, e);
    }
  }

  /** Short enough for a file's name, and the same for names that may be of one file. */
  private static String nameOf(Path top) {
    String folded = top.getFileName().toString().toLowerCase(Locale.ROOT);
    byte[] sha1 = Digests.sha1().digest(folded.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(sha1);
  }

  private static Path folder(Path dir) {
    return dir.resolve(FileNames.STATE_FOLDER);
  }

  /** Makes the folder, too; a lock in it is what keeps others from removing it. */
  private static LockFile takeFirst(Path folder, Path lockFile) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        ensureFolder(folder);
        return LockFile.take(lockFile);
      } catch (NoSuchFileException e) { // another torrent's run has just ended, and removed it
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private static void ensureFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isDirectory()) {
        throw new StorageException(folder, "is in the way (expected: a folder)");
      }
    }
  }

  Path resume() {
    return resume(folder.getParent(), name);
  }

  /** Where resume data is, if there is any. */
  static Path resume(Path dir, String infoHash) {
    return folder(dir).resolve(infoHash + RESUME);
  }

  /** The torrents that have resume data in a download directory, which has this folder. */
  static List<InfoHash> unfinished(Path dir) throws IOException {
    List<InfoHash> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(dir), "*" + RESUME)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        try {
          found.add(InfoHash.fromHex(name.substring(0, name.length() - RESUME.length())));
        } catch (ProtocolException e) {
          continue; // not one of ours
        }
      }
    }
    return found;
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
    } finally {
      try {
        nameLock.release();
      } finally {
        torrentLock.release();
      }
    }
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return; // other torrents, or our own resume data
    }
  }
}
