package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.Digests;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Builds small .torrent files for tests, correct unless a test then breaks a key. */
final class TorrentBuilder {
  static final int PIECE_LENGTH = 16 * 1024;

  private final Map<String, BValue> root = new TreeMap<>();
  private final Map<String, BValue> info = new TreeMap<>();
  private final List<BValue> files = new ArrayList<>();
  private long length;

  private TorrentBuilder(String name) {
    info("name", str(name)).info("piece length", num(PIECE_LENGTH));
  }

  static TorrentBuilder single(String name, long length) {
    TorrentBuilder torrent = new TorrentBuilder(name);
    torrent.length = length;
    return torrent.info("length", num(length));
  }

  static TorrentBuilder folder(String name) {
    return new TorrentBuilder(name);
  }

  static BValue str(String text) {
    return BValue.Str.of(text);
  }

  static BValue str(byte... bytes) {
    return new BValue.Str(bytes);
  }

  static BValue num(long value) {
    return new BValue.Int(value);
  }

  static BValue list(BValue... items) {
    return new BValue.Lst(List.of(items));
  }

  static BValue strings(String... items) {
    return new BValue.Lst(Arrays.stream(items).map(TorrentBuilder::str).toList());
  }

  static BValue dict(Object... keysAndValues) {
    Map<String, BValue> entries = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      entries.put((String) keysAndValues[i], (BValue) keysAndValues[i + 1]);
    }
    return BValue.Dict.of(entries);
  }

  TorrentBuilder file(long fileLength, String... path) {
    return entry(fileLength, dict("length", num(fileLength), "path", strings(path)));
  }

  TorrentBuilder pad(long fileLength) {
    BValue path = strings(".pad", Long.toString(fileLength));
    return entry(fileLength, dict("attr", str("p"), "length", num(fileLength), "path", path));
  }

  /** An item of {@code files} as it is; {@code fileLength} is what the pieces should count. */
  TorrentBuilder entry(long fileLength, BValue item) {
    files.add(item);
    length += fileLength;
    return this;
  }

  /** Sets a key of the info dictionary; null removes it. */
  TorrentBuilder info(String key, BValue value) {
    return put(info, key, value);
  }

  /** Sets a key outside the info dictionary; null removes it. */
  TorrentBuilder root(String key, BValue value) {
    return put(root, key, value);
  }

  private TorrentBuilder put(Map<String, BValue> map, String key, BValue value) {
    if (value == null) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
    return this;
  }

  /** The pieces' hashes for data that is all zeros; call it last, but before breaking them. */
  TorrentBuilder pieces() {
    if (!files.isEmpty()) {
      info("files", new BValue.Lst(List.copyOf(files)));
    }
    int pieceLength = (int) ((BValue.Int) info.get("piece length")).value();
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (long offset = 0; offset < length; offset += pieceLength) {
      MessageDigest digest = Digests.sha1();
      digest.update(new byte[(int) Math.min(pieceLength, length - offset)]);
      hashes.writeBytes(digest.digest());
    }
    return info("pieces", new BValue.Str(hashes.toByteArray()));
  }

  byte[] infoBytes() {
    return Bencode.write(BValue.Dict.of(info));
  }

  String infoHash() {
    return HexFormat.of().formatHex(Digests.sha1().digest(infoBytes()));
  }

  byte[] bytes() {
    root("info", BValue.Dict.of(info));
    return Bencode.write(BValue.Dict.of(root));
  }

  /** The file with its first {@code from} replaced; for what a correct writer cannot write. */
  byte[] bytesWith(String from, String to) {
    byte[] bytes = bytes();
    byte[] wanted = from.getBytes(UTF_8);
    for (int at = 0; at + wanted.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(to.getBytes(UTF_8));
        out.write(bytes, at + wanted.length, bytes.length - at - wanted.length);
        return out.toByteArray();
      }
    }
    throw new IllegalArgumentException("not in the torrent: " + from);
  }
}
