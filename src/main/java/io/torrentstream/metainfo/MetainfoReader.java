package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads .torrent files (BEP 3, 12). */
final class MetainfoReader {
  private MetainfoReader() {}

  static Metainfo read(byte[] torrent) throws ProtocolException {
    if (!(Bencode.read(torrent, Bencode.Limits.TORRENT) instanceof BValue.Dict root)
        || root.dict("info") == null) {
      throw new ProtocolException("torrent: no info dictionary");
    }
    BValue.Dict info = root.dict("info");
    byte[] raw = Arrays.copyOfRange(torrent, info.start(), info.end());
    String name = info.str("name").utf8();
    List<FileEntry> files = new ArrayList<>();
    boolean folder = info.list("files") != null;
    if (folder) {
      long offset = 0;
      for (BValue item : info.list("files")) {
        BValue.Dict file = (BValue.Dict) item;
        List<String> path = new ArrayList<>(List.of(name));
        for (BValue part : file.list("path")) {
          path.add(((BValue.Str) part).utf8());
        }
        files.add(new FileEntry(files.size(), path, file.integer("length", 0), offset, false));
        offset += file.integer("length", 0);
      }
    } else {
      files.add(new FileEntry(0, List.of(name), info.integer("length", 0), 0, false));
    }
    PieceLayout layout =
        new PieceLayout(
            (int) info.integer("piece length", 0),
            files.stream().mapToLong(FileEntry::length).toArray());
    TorrentInfo torrentInfo =
        new TorrentInfo(
            InfoHash.of(Digests.sha1().digest(raw)),
            name,
            folder,
            layout,
            List.copyOf(files),
            info.str("pieces").bytes(),
            info.integer("private", 0) == 1,
            raw);
    List<List<String>> trackers =
        root.str("announce") == null ? List.of() : List.of(List.of(root.str("announce").utf8()));
    return new Metainfo(
        torrentInfo,
        trackers,
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        null,
        "1",
        null,
        List.of());
  }
}
