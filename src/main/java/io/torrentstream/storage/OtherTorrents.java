package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The unfinished downloads of other torrents in a folder, as their resume data has them. A torrent
 * of the same names would write over what they have verified.
 */
final class OtherTorrents {
  private final TorrentInfo info;
  private final TorrentFiles files;
  private final Path dir;

  /**
   * @param dir the download directory
   */
  OtherTorrents(TorrentInfo info, TorrentFiles files, Path dir) {
    this.info = info;
    this.files = files;
    this.dir = dir;
  }

  /**
   * Refuses to go on where one of our unfinished files belongs to another torrent. If some of it is
   * right for us, both have the same data, and nothing is lost.
   *
   * @param good the pieces that are right
   */
  void requireNoneOf(Survey survey, Bitfield good) throws IOException {
    List<Path> wrong = new ArrayList<>();
    for (int file = 0; file < files.edges(); file++) {
      if (files.isStored(file) && survey.hasPart(file) && isAllWrong(file, good)) {
        wrong.add(files.part(file));
      }
    }
    Map<Path, InfoHash> others = wrong.isEmpty() ? Map.of() : parts();
    for (Path part : wrong) {
      if (others.containsKey(part)) {
        throw new StorageException(
            part, "belongs to the unfinished download of another torrent: " + others.get(part));
      }
    }
  }

  private boolean isAllWrong(int file, Bitfield good) {
    PieceLayout layout = files.layout();
    boolean right = layout.fileLength(file) == 0;
    for (int p = layout.firstPiece(file); !right && p <= layout.lastPiece(file); p++) {
      right = good.get(p);
    }
    return !right;
  }

  /** Whose the unfinished files are; reads all resume data. */
  private Map<Path, InfoHash> parts() throws IOException {
    Map<Path, InfoHash> parts = new HashMap<>();
    for (InfoHash other : StateDirectory.unfinished(dir)) {
      byte[] raw = other.equals(info.infoHash()) ? null : KeptInfo.read(dir, other);
      if (raw != null) {
        addParts(raw, parts);
      }
    }
    return parts;
  }

  private void addParts(byte[] raw, Map<Path, InfoHash> parts) {
    try {
      TorrentInfo other = Metainfo.ofInfo(raw).info();
      FileNames names = new FileNames(other, dir);
      for (FileEntry file : other.files()) {
        if (!file.padding()) {
          parts.put(names.part(file.index()), other.infoHash());
        }
      }
    } catch (ProtocolException | StorageException e) {
      return; // nothing of a torrent that cannot be read was ever downloaded
    }
  }
}
