package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.TorrentInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The paths of a torrent's files: {@code DIR/…/NAME} when complete, {@code NAME.part} before. The
 * names come cleaned from {@code metainfo}; this is the second wall, which refuses whatever would
 * still leave the directory. Immutable, safe on any thread.
 *
 * <p>Where Java cannot express a name in the locale it runs in (POSIX), characters outside ASCII
 * are percent-escaped; the percent sign too, so that no two names become one.
 */
final class FileNames {
  /** The folder in the download directory that is ours alone. */
  static final String STATE_FOLDER = ".tsl";

  private static final String PART = ".part";
  private static final Pattern PART_LIKE = Pattern.compile("\\.part\\d*$");

  /** File systems allow 255; {@code .part} and a few digits come on top. */
  private static final int MAX_NAME_BYTES = 240;

  private final Path dir;
  private final TorrentInfo info;
  private final boolean escaped;
  private final Set<String> partLike = new HashSet<>();

  FileNames(TorrentInfo info, Path dir) throws StorageException {
    this(info, dir, FileNames::isExpressible);
  }

  /**
   * @param expressible whether a name can be a path here
   * @throws StorageException when a name would lead outside {@code dir} or into our own folder
   */
  FileNames(TorrentInfo info, Path dir, Predicate<String> expressible) throws StorageException {
    this.dir = dir;
    this.info = info;
    boolean escape = false;
    for (FileEntry file : info.files()) {
      check(file);
      for (String part : file.path()) {
        escape |= !expressible.test(part);
      }
      collectPartLike(file.path());
    }
    this.escaped = escape;
  }

  /** Whether names are escaped because of the locale. */
  boolean isEscaped() {
    return escaped;
  }

  /** The final path of a file. */
  Path name(int file) {
    Path path = dir;
    for (String part : info.files().get(file).path()) {
      path = path.resolve(express(part));
    }
    return path;
  }

  /** The path of a file that is not complete. */
  Path part(int file) {
    Path name = name(file);
    if (partLike.isEmpty()) {
      return name.resolveSibling(name.getFileName() + PART);
    }
    // The torrent itself may hold both "a" and "a.part".
    String key = key(info.files().get(file).path());
    String suffix = PART;
    for (int n = 1; partLike.contains(key + suffix); n++) {
      suffix = PART + n;
    }
    return name.resolveSibling(name.getFileName() + suffix);
  }

  /** What the torrent is called in the download directory: its folder, or its only file. */
  Path top() {
    return info.folder() ? dir.resolve(express(info.name())) : name(0);
  }

  private void collectPartLike(List<String> path) {
    for (int depth = 1; depth <= path.size(); depth++) {
      if (PART_LIKE.matcher(path.get(depth - 1).toLowerCase(Locale.ROOT)).find()) {
        partLike.add(key(path.subList(0, depth)));
      }
    }
  }

  private static String key(List<String> path) {
    return String.join("/", path).toLowerCase(Locale.ROOT);
  }

  private void check(FileEntry file) throws StorageException {
    List<String> path = file.path();
    boolean safe = !path.isEmpty();
    for (String part : path) {
      safe &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
      safe &= part.indexOf('/') < 0 && part.indexOf('\\') < 0 && part.indexOf('\0') < 0;
    }
    // A torrent that could write there could plant resume data for another one.
    if (!safe || path.get(0).equalsIgnoreCase(STATE_FOLDER)) {
      throw new StorageException(dir, "unsafe name of file " + (file.index() + 1));
    }
  }

  private static boolean isExpressible(String name) {
    try {
      return FileSystems.getDefault().getPath(name).getNameCount() == 1;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private String express(String name) {
    if (!escaped) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b < ' ' || b == '%') { // signed: all of a character outside ASCII is below zero
        out.append(String.format("%%%02X", b & 0xFF));
      } else {
        out.append((char) b);
      }
    }
    if (out.length() > MAX_NAME_BYTES) {
      // Distinct names stay distinct: the end is a digest of the whole.
      String digest = String.format("~%08X", name.hashCode());
      out.setLength(MAX_NAME_BYTES - digest.length());
      out.append(digest);
    }
    return out.toString();
  }
}
