package io.torrentstream.storage;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What lets a restart skip hashing: which pieces were on the disk itself, and what their files
 * looked like then. Also holds the info dictionary, so that a magnet link never fetches it twice.
 *
 * <pre>
 * d 4:body d 5:files    l (li SIZE e i MTIME e i CTIME e e | le) ... e
 *            4:info     the raw info dictionary
 *            9:info-hash 20 bytes
 *            6:pieces   bits as in BEP 3
 *            7:version  i1e          e
 *   4:sha1 20 bytes over body's own bytes e
 * </pre>
 *
 * @param flushed pieces that were verified and then forced to the disk
 * @param stamps one a target of {@link TorrentFiles}, null where none is known
 */
record ResumeFile(Bitfield flushed, Stamp[] stamps) {
  private static final int VERSION = 1;

  /** What is read while the torrent is not known: the largest metadata, and much besides. */
  private static final long MAX_UNKNOWN_BYTES = 64L * 1024 * 1024;

  /** Resume data of a newer version: not ours to judge or replace. */
  static final class Newer extends Exception {
    private static final long serialVersionUID = 1;

    Newer(String message) {
      super(message, null, false, false);
    }
  }

  /** Of a torrent of which nothing is known to be there. */
  static ResumeFile empty(TorrentInfo info, int targets) {
    return new ResumeFile(new Bitfield(info.layout().pieceCount()), new Stamp[targets]);
  }

  /**
   * Reads resume data.
   *
   * @param targets how many stamps it must have
   * @return null when there is none
   * @throws ProtocolException when it is damaged or of another torrent
   * @throws Newer when a later version of this program wrote it
   */
  static ResumeFile read(Path path, TorrentInfo info, int targets)
      throws IOException, ProtocolException, Newer {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    long size = TorrentFiles.requireRegular(path).size();
    // A bound from the torrent itself: no damaged or planted file makes us read gigabytes.
    long most = 4096L + info.raw().length + info.layout().pieceCount() / 8 + targets * 80L;
    if (size > most) {
      throw new ProtocolException("size: " + size + " (expected: <= " + most + ")");
    }
    return decode(Files.readAllBytes(path), info, targets);
  }

  private static ResumeFile decode(byte[] bytes, TorrentInfo info, int targets)
      throws ProtocolException, Newer {
    BValue.Dict body =
        Bencode.read(bytes, Bencode.Limits.TORRENT) instanceof BValue.Dict root
            ? checkedBody(root, bytes)
            : null;
    if (body == null) {
      throw new ProtocolException("checksum: wrong");
    }
    long version = body.integer("version", 0);
    if (version > VERSION) {
      throw new Newer("version: " + version + " (expected: " + VERSION + ")");
    }
    BValue.Str infoHash = body.str("info-hash");
    if (infoHash == null || !Arrays.equals(infoHash.bytes(), info.infoHash().bytes())) {
      throw new ProtocolException("info-hash: of another torrent");
    }
    List<BValue> files = body.list("files");
    BValue.Str pieces = body.str("pieces");
    if (version != VERSION || pieces == null || files == null || files.size() != targets) {
      throw new ProtocolException("fields: missing or wrong");
    }
    return new ResumeFile(
        Bitfield.fromBytes(pieces.bytes(), info.layout().pieceCount()),
        files.stream().map(ResumeFile::stamp).toArray(Stamp[]::new));
  }

  /**
   * Reads the info dictionary alone, with nothing but the info-hash to go by.
   *
   * @return its own bytes, whose hash is right; null when there is none, or none that can be used
   */
  static byte[] readInfo(Path path, InfoHash infoHash) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        || TorrentFiles.requireRegular(path).size() > MAX_UNKNOWN_BYTES) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(path);
    try {
      BValue.Dict body =
          Bencode.read(bytes, Bencode.Limits.TORRENT) instanceof BValue.Dict root
              ? checkedBody(root, bytes)
              : null;
      BValue.Str info = body == null ? null : body.str("info");
      boolean right =
          info != null && Arrays.equals(Digests.sha1().digest(info.bytes()), infoHash.bytes());
      return right ? info.bytes() : null;
    } catch (ProtocolException e) {
      return null; // damaged
    }
  }

  private static BValue.Dict checkedBody(BValue.Dict root, byte[] bytes) {
    BValue.Dict body = root.dict("body");
    BValue.Str sha1 = root.str("sha1");
    if (body == null || sha1 == null) {
      return null;
    }
    byte[] actual = Digests.sha1().digest(Arrays.copyOfRange(bytes, body.start(), body.end()));
    return Arrays.equals(actual, sha1.bytes()) ? body : null;
  }

  private static Stamp stamp(BValue value) {
    return value instanceof BValue.Lst list
            && list.items().size() == 3
            && list.items().get(0) instanceof BValue.Int size
            && list.items().get(1) instanceof BValue.Int modified
            && list.items().get(2) instanceof BValue.Int changed
        ? new Stamp(size.value(), modified.value(), changed.value())
        : null;
  }

  private static BValue stampValue(Stamp stamp) {
    return new BValue.Lst(
        stamp == null
            ? List.of()
            : List.of(
                new BValue.Int(stamp.size()),
                new BValue.Int(stamp.modifiedNanos()),
                new BValue.Int(stamp.changedNanos())));
  }

  byte[] encode(TorrentInfo info) {
    List<BValue> files = new ArrayList<>(stamps.length);
    for (Stamp stamp : stamps) {
      files.add(stampValue(stamp));
    }
    BValue.Dict body =
        BValue.Dict.of(
            Map.of(
                "version", new BValue.Int(VERSION),
                "info-hash", new BValue.Str(info.infoHash().bytes()),
                "info", new BValue.Str(info.raw()),
                "pieces", new BValue.Str(flushed.toBytes()),
                "files", new BValue.Lst(files)));
    byte[] sha1 = Digests.sha1().digest(Bencode.write(body));
    return Bencode.write(BValue.Dict.of(Map.of("body", body, "sha1", new BValue.Str(sha1))));
  }
}
