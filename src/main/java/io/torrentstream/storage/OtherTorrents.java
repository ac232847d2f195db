package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The unfinished downloads of other torrents in a folder, as their resume data has them. */
final class OtherTorrents {
  private OtherTorrents() {}

  /**
   * Refuses files that belong to another torrent.
   *
   * @param parts files that are not complete; when there are any, all resume data is read
   * @param dir the download directory
   * @param own whose files they may be
   */
  static void requireNoneOf(List<Path> parts, Path dir, InfoHash own) throws IOException {
    if (parts.isEmpty()) {
      return;
    }
    Map<Path, InfoHash> others = new HashMap<>();
    for (InfoHash other : StateDirectory.unfinished(dir)) {
      byte[] info = other.equals(own) ? null : KeptInfo.read(dir, other);
      if (info != null) {
        addParts(info, dir, others);
      }
    }
    for (Path part : parts) {
      if (others.containsKey(part)) {
        throw new StorageException(
            part, "belongs to the unfinished download of another torrent: " + others.get(part));
      }
    }
  }

  private static void addParts(byte[] raw, Path dir, Map<Path, InfoHash> parts) {
    try {
      TorrentInfo info = Metainfo.ofInfo(raw).info();
      FileNames names = new FileNames(info, dir);
      for (FileEntry file : info.files()) {
        if (!file.padding()) {
          parts.put(names.part(file.index()), info.infoHash());
        }
      }
    } catch (ProtocolException | StorageException e) {
      return; // nothing of a torrent that cannot be read was ever downloaded
    }
  }
}
