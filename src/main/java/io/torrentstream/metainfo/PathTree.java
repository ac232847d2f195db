package io.torrentstream.metainfo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives every file of a torrent a place of its own. Two files cannot share a path, also where case
 * does not count; no file can stand where a folder does; and no file can stand where another one is
 * kept while unfinished ({@code a} and {@code a.part}). Who comes later in the torrent is renamed,
 * {@code name.ext} to {@code name.1.ext}; folders keep their names.
 *
 * <p>A tree and not a set of paths, so that the work is linear in the size of the torrent: a
 * million long paths through a hundred folders would otherwise be built a hundred times over.
 */
final class PathTree {
  /** Room for a dot and the largest counter. */
  private static final int COUNTER_BYTES = 9;

  /** What stands in one folder; names folded. */
  static final class Folder {
    private final Map<String, Folder> folders = new HashMap<>(4);
    private final Set<String> files = new HashSet<>(4);
    private final Map<String, Integer> counters = new HashMap<>(0);

    /** Whether any of them ends as an unfinished file does: seldom, and dear to ask for each. */
    private boolean parts;

    private void addFile(String key) {
      files.add(key);
      parts |= key.endsWith(SafeNames.PART);
    }

    private void addFolder(String key, Folder folder) {
      folders.put(key, folder);
      parts |= key.endsWith(SafeNames.PART);
    }

    private boolean isFree(String key) {
      return !isTaken(key)
          && !(parts && isTaken(key + SafeNames.PART))
          && !(key.endsWith(SafeNames.PART)
              && files.contains(key.substring(0, key.length() - SafeNames.PART.length())));
    }

    private boolean isTaken(String key) {
      return files.contains(key) || folders.containsKey(key);
    }
  }

  private final Folder root = new Folder();
  private final SafeNames names;

  PathTree(SafeNames names) {
    this.names = names;
  }

  /** The folder a path lies in; to be known for all files before the first is placed. */
  Folder folderOf(List<String> path) {
    Folder folder = root;
    for (int i = 0; i < path.size() - 1; i++) {
      String key = SafeNames.fold(path.get(i));
      Folder next = folder.folders.get(key);
      if (next == null) {
        next = new Folder();
        folder.addFolder(key, next);
      }
      folder = next;
    }
    return folder;
  }

  /** The path, or a new one when its place in its folder is taken. */
  List<String> place(List<String> path, Folder folder) {
    String name = path.get(path.size() - 1);
    String key = SafeNames.fold(name);
    if (folder.isFree(key)) {
      folder.addFile(key);
      return path;
    }
    List<String> renamed = new ArrayList<>(path);
    renamed.set(path.size() - 1, rename(folder, name));
    return List.copyOf(renamed);
  }

  private String rename(Folder folder, String name) {
    String extension = names.extension(name);
    String stem =
        names.fit(
            name.substring(0, name.length() - extension.length()),
            SafeNames.MAX_BYTES - COUNTER_BYTES - names.byteLength(extension));
    // The counter belongs to what the new name is made of. One for each old name would try the same
    // new names again and again, when many old names are cut to the same stem.
    String counted = SafeNames.fold(stem + extension);
    while (true) {
      String candidate = stem + "." + folder.counters.merge(counted, 1, Integer::sum) + extension;
      String key = SafeNames.fold(candidate);
      if (folder.isFree(key)) {
        folder.addFile(key);
        return candidate;
      }
    }
  }
}
