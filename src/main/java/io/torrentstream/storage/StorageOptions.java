package io.torrentstream.storage;

import java.nio.file.Path;

/**
 * Where and how a torrent's data is stored. Immutable.
 *
 * @param dir the download directory; nothing is written outside it
 * @param kind mapped memory, or plain reads and writes
 * @param allocateFull write real blocks for every file before the first piece, instead of sparse
 *     files
 * @param sync force a file to disk before it gets its own name
 * @param distrustResume hash everything, whatever the resume data says
 */
public record StorageOptions(
    Path dir, Kind kind, boolean allocateFull, boolean sync, boolean distrustResume) {

  /** Which {@link TorrentStorage} is used. */
  public enum Kind {
    MMAP,
    FILE
  }

  public static StorageOptions in(Path dir) {
    return new StorageOptions(dir, Kind.MMAP, false, false, false);
  }
}
