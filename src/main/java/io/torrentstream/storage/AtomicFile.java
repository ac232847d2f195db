package io.torrentstream.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A result file that is there whole or not at all, whatever happens: written under another name in
 * the same folder, then given its own. Confined to one thread.
 */
public final class AtomicFile {
  private final Path path;
  private final boolean replace;

  private AtomicFile(Path path, boolean replace) {
    this.path = path;
    this.replace = replace;
  }

  /**
   * Looks whether the file can be written, so that work for its sake need not be in vain. Writes
   * nothing.
   *
   * @param replace whether a regular file that is there already may be replaced; nothing else ever
   *     is: a rename would put a file where a device or a link was
   * @throws StorageException when something is in the way, or the folder is not there or not
   *     writable
   */
  public static AtomicFile prepare(Path path, boolean replace) throws StorageException {
    Path absolute = path.toAbsolutePath();
    try {
      if (absolute.getParent() == null) {
        throw inTheWay(absolute);
      }
      Path folder = absolute.getParent().toRealPath();
      if (!Files.isDirectory(folder)) {
        throw new StorageException(folder, "is no folder (expected: one for the file)");
      }
      Path real = folder.resolve(absolute.getFileName());
      requireRoom(real, replace);
      if (!Files.isWritable(folder)) {
        throw new AccessDeniedException(folder.toString());
      }
      return new AtomicFile(real, replace);
    } catch (IOException e) {
      throw StorageException.of(absolute, e);
    }
  }

  private static void requireRoom(Path path, boolean replace) throws IOException {
    try {
      BasicFileAttributes there =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!there.isRegularFile()) {
        throw inTheWay(path);
      }
      if (!replace) {
        throw new StorageException(path, "exists already (expected: no such file)");
      }
    } catch (NoSuchFileException e) {
      return;
    }
  }

  private static StorageException inTheWay(Path path) {
    return new StorageException(path, "is in the way (expected: no such file, or a regular one)");
  }

  /** The file; links on the way to it are resolved. */
  public Path path() {
    return path;
  }

  /** Writes the file and forces it to the disk. */
  public void write(byte[] bytes) throws StorageException {
    String unique = ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime());
    Path temporary = path.resolveSibling(".tsl-" + unique + ".tmp");
    try {
      try {
        write(temporary, bytes);
        publish(temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }

  private static void write(Path temporary, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  private void publish(Path temporary) throws IOException {
    if (replace) {
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    try {
      // A second name is never given over an existing file; Java's move looks first, then renames.
      Files.createLink(path, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.move(temporary, path); // file systems such as FAT have no second names
    }
  }
}
