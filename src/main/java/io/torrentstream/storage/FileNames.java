package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.TorrentInfo;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The paths of a torrent's files: {@code DIR/…/NAME} when complete, {@code NAME.part} before. The
 * names come cleaned and free of clashes from {@code metainfo}; this is the second wall, which
 * refuses whatever would still leave the directory. Immutable, safe on any thread.
 */
final class FileNames {
  /** The folder in the download directory that is ours alone. */
  static final String STATE_FOLDER = ".tsl";

  private static final String PART = ".part";

  private final Path dir;
  private final TorrentInfo info;

  /**
   * @throws StorageException when a name would lead outside {@code dir} or into our own folder
   */
  FileNames(TorrentInfo info, Path dir) throws StorageException {
    this.dir = dir;
    this.info = info;
    for (FileEntry file : info.files()) {
      if (!file.padding() && !isSafe(file)) {
        throw new StorageException(dir, "unsafe name of file " + (file.index() + 1));
      }
    }
  }

  private boolean isSafe(FileEntry file) {
    for (String part : file.path()) {
      if (!isSafe(part)) {
        return false;
      }
    }
    // A torrent that could write there could plant resume data for another one.
    return !file.path().isEmpty() && !file.path().get(0).equalsIgnoreCase(STATE_FOLDER);
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
    Path path = dir;
    for (String part : info.files().get(file).path()) {
      path = path.resolve(part);
    }
    return path;
  }

  /** The path of a file that is not complete. */
  Path part(int file) {
    Path name = name(file);
    return name.resolveSibling(name.getFileName() + PART);
  }

  /** What the torrent is called in the download directory: its folder, or its only file. */
  Path top() {
    return info.folder() ? dir.resolve(info.name()) : name(0);
  }
}
