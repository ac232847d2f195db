package io.torrentstream.storage;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
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
 * d 4:body d 6:banned   l (address and port as in BEP 23 and 7, port 0 for all) ... e
 *            5:files    l (li SIZE e i MTIME e i CTIME e e | le) ... e
 *            4:info     the raw info dictionary
 *            9:info-hash 20 bytes
 *            6:pieces   bits as in BEP 3
 *            7:version  i1e          e
 *   4:sha1 20 bytes over body's own bytes e
 * </pre>
 *
 * A field that older readers may pass over, such as {@code banned}, does not raise the version.
 *
 * @param flushed pieces that were verified and then forced to the disk
 * @param stamps one a target of {@link TorrentFiles}, null where none is known
 * @param banned who has sent wrong data, at most {@link BannedAddresses#MAX_BANNED}
 */
record ResumeFile(Bitfield flushed, Stamp[] stamps, List<InetSocketAddress> banned) {
  private static final int VERSION = 1;

  /** Bytes of one banned address: "18:", 16 and the port. */
  private static final int BANNED_BYTES = 21;

  /** What is read while the torrent is not known: the largest metadata, and much besides. */
  private static final long MAX_UNKNOWN_BYTES = 64L * 1024 * 1024;

  /** Of a torrent of which nothing is known to be there. */
  static ResumeFile empty(TorrentInfo info, int targets) {
    return new ResumeFile(new Bitfield(info.layout().pieceCount()), new Stamp[targets], List.of());
  }

  /**
   * Reads resume data.
   *
   * @param targets how many stamps it must have
   * @return null when there is none
   * @throws ProtocolException when it cannot be read, is damaged, of another torrent, or of a later
   *     version of this program
   */
  static ResumeFile read(Path path, TorrentInfo info, int targets)
      throws IOException, ProtocolException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    long size = Links.REFUSED.requireRegular(path).size();
    // A bound from the torrent itself: no damaged or planted file makes us read gigabytes.
    long most =
        4096L
            + info.raw().length
            + info.layout().pieceCount() / 8
            + targets * 80L
            + BannedAddresses.MAX_BANNED * BANNED_BYTES;
    if (size > most) {
      throw new ProtocolException("size: " + size + " (expected: <= " + most + ")");
    }
    return decode(readAll(path), info, targets);
  }

  private static byte[] readAll(Path path) throws ProtocolException {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new ProtocolException(StorageException.of(path, e).getMessage());
    }
  }

  static ResumeFile decode(byte[] bytes, TorrentInfo info, int targets) throws ProtocolException {
    BValue.Dict body =
        Bencode.read(bytes, Bencode.Limits.TORRENT) instanceof BValue.Dict root
            ? checkedBody(root, bytes)
            : null;
    if (body == null) {
      throw new ProtocolException("checksum: wrong");
    }
    long version = body.integer("version", 0);
    if (version > VERSION) {
      throw new ProtocolException("version: " + version + " (expected: " + VERSION + ")");
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
        files.stream().map(ResumeFile::stamp).toArray(Stamp[]::new),
        banned(body.list("banned")));
  }

  private static List<InetSocketAddress> banned(List<BValue> values) throws ProtocolException {
    List<InetSocketAddress> banned = new ArrayList<>();
    for (BValue value : values == null ? List.<BValue>of() : values) {
      if (!(value instanceof BValue.Str address) || address.bytes().length < Short.BYTES) {
        throw new ProtocolException("banned: not an address");
      }
      ByteBuffer bytes = ByteBuffer.wrap(address.bytes());
      byte[] host = new byte[bytes.remaining() - Short.BYTES];
      bytes.get(host);
      try {
        InetAddress ip = InetAddress.getByAddress(host);
        banned.add(new InetSocketAddress(ip, bytes.getShort() & 0xFFFF));
      } catch (UnknownHostException e) {
        throw new ProtocolException("banned: an address of " + host.length + " bytes");
      }
    }
    return banned;
  }

  private static BValue bannedValue(InetSocketAddress banned) {
    byte[] host = banned.getAddress().getAddress();
    ByteBuffer bytes = ByteBuffer.allocate(host.length + Short.BYTES);
    return new BValue.Str(bytes.put(host).putShort((short) banned.getPort()).array());
  }

  /**
   * Reads the info dictionary alone, with nothing but the info-hash to go by.
   *
   * @return its own bytes, whose hash is right; null when there is none, or none that can be used
   */
  static byte[] readInfo(Path path, InfoHash infoHash) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        || Links.REFUSED.requireRegular(path).size() > MAX_UNKNOWN_BYTES) {
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
                "files", new BValue.Lst(files),
                "banned", new BValue.Lst(banned.stream().map(ResumeFile::bannedValue).toList())));
    byte[] sha1 = Digests.sha1().digest(Bencode.write(body));
    return Bencode.write(BValue.Dict.of(Map.of("body", body, "sha1", new BValue.Str(sha1))));
  }
}
