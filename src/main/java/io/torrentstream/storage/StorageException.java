package io.torrentstream.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The disk did not do what a torrent needs: its torrent stops, the session lives. The message is
 * one line that begins with the path. Immutable.
 */
public final class StorageException extends IOException {
  private static final long serialVersionUID = 1;

  /** Characters of a path. */
  private static final int MOST_SHOWN = 1000;

  /** What a user has to do about it. */
  public enum Kind {
    /** Make room. */
    DISK_FULL,
    /** Give rights. */
    PERMISSION,
    /** Look at the message: a bad disk, a file in the way, a file that somebody changed. */
    IO
  }

  private final Kind kind;
  private final transient Path path;

  StorageException(Kind kind, Path path, String problem, Throwable cause) {
    super(shown(path) + ": " + problem, cause);
    this.kind = kind;
    this.path = path;
  }

  StorageException(Path path, String problem) {
    this(Kind.IO, path, problem, null);
  }

  /** The problem is not to be lost behind a path that is one itself: too long. */
  private static String shown(Path path) {
    String text = path.toString();
    int cut = text.length() - MOST_SHOWN;
    return cut <= 0
        ? text
        : text.substring(0, MOST_SHOWN / 2) + "..." + text.substring(MOST_SHOWN / 2 + cut);
  }

  /**
   * The same error with its kind found out.
   *
   * @param path what it is about, unless it names a path itself
   */
  public static StorageException of(Path path, IOException cause) {
    if (cause instanceof StorageException already) {
      return already;
    }
    Path about = cause instanceof FileSystemException e ? named(e, path) : path;
    return new StorageException(kindOf(about, cause), about, problem(cause), cause);
  }

  /** The path that an error is about; {@code otherwise} when it names none that Java can make. */
  private static Path named(FileSystemException e, Path otherwise) {
    try {
      return e.getFile() == null ? otherwise : otherwise.getFileSystem().getPath(e.getFile());
    } catch (InvalidPathException notInThisLocale) {
      return otherwise;
    }
  }

  /** What a user has to do about it. */
  public Kind kind() {
    return kind;
  }

  /** The file or folder that could not be used; null after serialization only. */
  public Path path() {
    return path;
  }

  private static Kind kindOf(Path path, IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (cause instanceof AccessDeniedException
        || text.contains("permission denied")
        || text.contains("read-only file system")) {
      return Kind.PERMISSION;
    }
    return text.contains("no space left")
            || text.contains("not enough space") // Windows
            || text.contains("quota")
            || DiskSpace.isFull(path)
        ? Kind.DISK_FULL
        : Kind.IO;
  }

  private static String problem(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "no such file or folder";
    }
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "something else is there already";
    }
    if (cause instanceof DirectoryNotEmptyException) {
      return "is in the way (expected: nothing, or an empty folder)";
    }
    if (cause instanceof FileSystemException e && e.getReason() != null) {
      return e.getReason();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
