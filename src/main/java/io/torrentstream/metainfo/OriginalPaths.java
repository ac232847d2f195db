package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of a torrent's files as they stand in the .torrent, byte by byte: what a web server
 * that has them calls them (BEP 19). Not safe as names of files here; those are in {@link
 * FileEntry}. Immutable.
 */
public final class OriginalPaths {
  private final BValue.Dict info;

  private OriginalPaths(BValue.Dict info) {
    this.info = info;
  }

  public static OriginalPaths of(TorrentInfo torrent) {
    try {
      return new OriginalPaths((BValue.Dict) Bencode.read(torrent.raw(), Bencode.Limits.TORRENT));
    } catch (ProtocolException e) {
      throw new IllegalStateException(e); // it was read before
    }
  }

  /** The torrent's name; UTF-8 where the torrent has that. */
  public byte[] name() {
    return string(info, "name.utf-8", "name").bytes();
  }

  /**
   * The names of the folders below the torrent's own, then of the file; empty for the one file of a
   * torrent that is no folder, or where the torrent has no such names.
   */
  public List<byte[]> path(int file) {
    List<byte[]> path = new ArrayList<>();
    if (info.list("files") != null && info.list("files").get(file) instanceof BValue.Dict entry) {
      List<BValue> utf8 = entry.list("path.utf-8");
      List<BValue> parts = utf8 == null || utf8.isEmpty() ? entry.list("path") : utf8;
      for (BValue part : parts == null ? List.<BValue>of() : parts) {
        path.add(part instanceof BValue.Str name ? name.bytes() : new byte[0]);
      }
    }
    return path;
  }

  /**
   * The same as text, from the torrent's own folder on, where it is UTF-8; empty where it is not,
   * or where the torrent has no such names.
   */
  public List<String> names(int file) {
    List<String> names = new ArrayList<>();
    try {
      names.add(UTF_8.newDecoder().decode(ByteBuffer.wrap(name())).toString());
      for (byte[] part : path(file)) {
        names.add(UTF_8.newDecoder().decode(ByteBuffer.wrap(part)).toString());
      }
      return names;
    } catch (CharacterCodingException e) {
      return List.of();
    }
  }

  private static BValue.Str string(BValue.Dict dict, String utf8Key, String key) {
    return dict.str(utf8Key) != null ? dict.str(utf8Key) : dict.str(key);
  }
}
