package io.torrentstream.storage;

import java.lang.reflect.Method;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * The time of a file's last change of any kind ({@code ctime}), taken from attributes that were
 * read together. Java gives it by name only: that builds maps and strings of two kilobytes, and
 * what is compiled for it costs a seed more than all its other work on a lane. But the JDK's own
 * class of attributes has a method for it, which the manifest of the jar opens ({@code Add-Opens}).
 * Where that is not so, as in tests, on another JDK, or for a file system that is not the system's,
 * there is the way by name.
 */
final class ChangeTime {
  private static final Method METHOD = method();

  private ChangeTime() {}

  private static Method method() {
    try {
      Method ctime = Class.forName("sun.nio.fs.UnixFileAttributes").getDeclaredMethod("ctime");
      boolean usable = ctime.getReturnType() == FileTime.class && ctime.trySetAccessible();
      return usable ? ctime : null;
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /** Whether {@link #of} can be asked about a file. */
  static boolean isAtHand(Path path) {
    return METHOD != null && path.getFileSystem() == FileSystems.getDefault();
  }

  /** Of the attributes of a file for which it is at hand. */
  static FileTime of(PosixFileAttributes attributes) {
    try {
      return (FileTime) METHOD.invoke(attributes);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("ctime: it was accessible", e);
    }
  }
}
