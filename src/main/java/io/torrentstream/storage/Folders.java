package io.torrentstream.storage;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/**
 * Makes the folders of a torrent and keeps them inside the download directory. A symbolic link that
 * the user put there is followed as long as it stays inside; we make none ourselves. Each level is
 * looked at before the next is made, so that nothing appears outside even then. Confined to one
 * thread.
 */
final class Folders {
  private final Path dir;
  private final Path realDir;
  private final Set<Path> existing = new HashSet<>();
  private final Set<Path> made = new HashSet<>();

  /** Makes the download directory itself if need be, with those above it. */
  Folders(Path dir) throws StorageException {
    this.dir = dir;
    try {
      if (!Files.isDirectory(dir)) {
        Files.createDirectories(dir);
      }
      this.realDir = dir.toRealPath();
    } catch (IOException e) {
      throw StorageException.of(dir, e);
    }
    existing.add(dir);
  }

  /** Forces the names in a folder to the disk, where the system does not do that by itself. */
  static void force(Path folder) throws IOException {
    if (File.separatorChar == '/') { // Windows opens no folders, and keeps names by itself
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /**
   * Makes a folder below the download directory unless it is there.
   *
   * @return whether it was made just now, so that it is known to be empty
   */
  boolean ensure(Path folder) throws StorageException {
    if (existing.contains(folder)) {
      return made.contains(folder);
    }
    ensure(folder.getParent());
    try {
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder);
        made.add(folder);
      } else if (!Files.isDirectory(folder)) {
        throw new StorageException(folder, "is in the way (expected: a folder)");
      } else if (!folder.toRealPath().startsWith(realDir)) {
        throw new StorageException(
            StorageException.Kind.PERMISSION,
            folder,
            "is a link that leads outside " + dir + " (expected: inside)",
            null);
      }
    } catch (IOException e) {
      throw StorageException.of(folder, e);
    }
    existing.add(folder);
    return made.contains(folder);
  }
}
