package io.torrentstream.storage;

import io.torrentstream.metainfo.InfoHash;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The info dictionary that an unfinished download has left in its resume data, so that its magnet
 * link need not fetch it again.
 */
public final class KeptInfo {
  private KeptInfo() {}

  /**
   * Blocks; not for event loops.
   *
   * @param dir the download directory, which need not exist
   * @return the dictionary's own bytes, whose hash is right; null when there is none that can be
   *     used
   */
  public static byte[] read(Path dir, InfoHash infoHash) {
    try {
      return ResumeFile.readInfo(StateDirectory.resume(dir, infoHash.toString()), infoHash);
    } catch (IOException e) {
      return null; // it is fetched again, and whoever opens the torrent says what is wrong here
    }
  }
}
