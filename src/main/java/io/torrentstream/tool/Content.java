package io.torrentstream.tool;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to become a torrent, as it was found on the disk. Immutable.
 *
 * @param root the file or folder; links on the way to it are resolved
 * @param folder whether it is a folder
 * @param files in the torrent's order: that of the bytes of their whole paths in UTF-8, the same on
 *     every system
 * @param emptyFolders those with nothing in them, which no torrent can hold
 * @param linksFollowed whether files may be symbolic links
 * @param holdsOutput whether the .torrent that is to be made has the place of a file here, which is
 *     then not one of the files
 * @param notes one line for each kind of thing that was left out though nobody said so
 */
public record Content(
    Path root,
    boolean folder,
    List<File> files,
    List<String> emptyFolders,
    boolean linksFollowed,
    boolean holdsOutput,
    List<String> notes) {

  /**
   * One file.
   *
   * @param path where it is
   * @param parts its path below the root; empty when it is the root
   * @param length in bytes when it was found
   */
  public record File(Path path, List<String> parts, long length) {}

  /** All bytes. */
  public long length() {
    return files.stream().mapToLong(File::length).sum();
  }
}
