package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.OriginalPaths;
import io.torrentstream.metainfo.TorrentInfo;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The paths of a torrent's files: {@code DIR/…/NAME} when complete, {@code NAME.part} before. The
 * names come cleaned and free of clashes from {@code metainfo}; this is the second wall, which
 * refuses whatever would still leave the directory. For data that is only read, the names that the
 * torrent itself has for its files will do, too. Immutable, safe on any thread.
 */
final class FileNames {
  /** The folder in the download directory that is ours alone. */
  static final String STATE_FOLDER = ".tsl";

  private static final String PART = ".part";

  private final Path dir;
  private final TorrentInfo info;

  /** By file, where it is when it is not where a download would put it. */
  private final Map<Integer, Path> originals;

  /**
   * @throws StorageException when a name would lead outside {@code dir} or into our own folder
   */
  FileNames(TorrentInfo info, Path dir) throws StorageException {
    this(info, dir, Map.of());
  }

  private FileNames(TorrentInfo info, Path dir, Map<Integer, Path> originals)
      throws StorageException {
    this.dir = dir;
    this.info = info;
    this.originals = originals;
    for (FileEntry file : info.files()) {
      if (!file.padding() && !isSafe(file.path())) {
        throw new StorageException(dir, "unsafe name of file " + (file.index() + 1));
      }
    }
  }

  /**
   * The same for data that is there and that nobody will write to. A folder of which a torrent was
   * made may hold names that a download would change: {@code README} beside {@code readme}, or one
   * with a backslash. Such a file is read where it is when there is none under the changed name.
   */
  static FileNames ofExisting(TorrentInfo info, Path dir) throws StorageException {
    FileNames names = new FileNames(info, dir);
    Map<Integer, Path> found = new HashMap<>();
    OriginalPaths paths = null;
    for (FileEntry file : info.files()) {
      if (!file.padding() && !names.isThere(file.index())) {
        paths = paths == null ? OriginalPaths.of(info) : paths;
        List<String> original = paths.names(file.index());
        if (names.isSafe(original) && Files.isRegularFile(names.resolve(original))) {
          found.put(file.index(), names.resolve(original));
        }
      }
    }
    return found.isEmpty() ? names : new FileNames(info, dir, Map.copyOf(found));
  }

  private boolean isThere(int file) {
    return Files.exists(name(file), LinkOption.NOFOLLOW_LINKS)
        || Files.exists(part(file), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isSafe(List<String> path) {
    for (String part : path) {
      if (!isSafe(part)) {
        return false;
      }
    }
    // A torrent that could write there could plant resume data for another one.
    return !path.isEmpty() && !path.get(0).equalsIgnoreCase(STATE_FOLDER);
  }

  private boolean isSafe(String part) {
    if (part.isEmpty() || part.equals(".") || part.equals("..")) {
      return false;
    }
    try {
      Path path = dir.getFileSystem().getPath(part);
      return !path.isAbsolute() && path.getNameCount() == 1 && path.toString().equals(part);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The final path of a file. */
  Path name(int file) {
    Path original = originals.get(file);
    return original != null ? original : resolve(info.files().get(file).path());
  }

  private Path resolve(List<String> parts) {
    Path path = dir;
    for (String part : parts) {
      path = path.resolve(part);
    }
    return path;
  }

  /**
   * The path of a file that is not complete: where a download puts it. Beside an original name
   * there is none, and such a name may be too long for the ending.
   */
  Path part(int file) {
    Path name = resolve(info.files().get(file).path());
    return name.resolveSibling(name.getFileName() + PART);
  }

  /** What the torrent is called in the download directory: its folder, or its only file. */
  Path top() {
    return info.folder() ? dir.resolve(info.name()) : name(0);
  }
}
