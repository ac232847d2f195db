package io.torrentstream.storage;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A torrent and its content, made from a seed. */
final class SampleTorrent {
  private final List<FileEntry> files = new ArrayList<>();
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private final Map<Integer, List<String>> originals = new HashMap<>();
  private final Random random = new Random(42);
  private final String name;
  private final int pieceLength;
  private TorrentInfo info;
  private byte[] bytes;

  private SampleTorrent(String name, int pieceLength) {
    this.name = name;
    this.pieceLength = pieceLength;
  }

  static SampleTorrent folder(String name, int pieceLength) {
    return new SampleTorrent(name, pieceLength);
  }

  /** One file. */
  static SampleTorrent single(String name, int pieceLength, int length) {
    SampleTorrent torrent = new SampleTorrent(name, pieceLength);
    torrent.add(List.of(name), torrent.random(length), false);
    torrent.build(false);
    return torrent;
  }

  private byte[] random(int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    return data;
  }

  /** Adds a file of random bytes; {@code path} is below the torrent's folder, parts by slashes. */
  SampleTorrent file(String path, int length) {
    return file(path, random(length));
  }

  SampleTorrent file(String path, byte[] data) {
    List<String> parts = new ArrayList<>(List.of(name));
    parts.addAll(List.of(path.split("/")));
    add(parts, data, false);
    return this;
  }

  SampleTorrent padding(int length) {
    add(List.of(name, ".pad", Integer.toString(length)), new byte[length], true);
    return this;
  }

  private void add(List<String> path, byte[] data, boolean padding) {
    files.add(new FileEntry(files.size(), path, data.length, content.size(), padding));
    content.writeBytes(data);
  }

  SampleTorrent build() {
    build(true);
    return this;
  }

  private void build(boolean folder) {
    bytes = content.toByteArray();
    PieceLayout layout =
        new PieceLayout(pieceLength, files.stream().mapToLong(FileEntry::length).toArray());
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    MessageDigest sha1 = Digests.sha1();
    for (int p = 0; p < layout.pieceCount(); p++) {
      sha1.update(bytes, p * pieceLength, layout.pieceLength(p));
      hashes.writeBytes(sha1.digest());
    }
    byte[] raw = raw(folder, hashes.toByteArray());
    info =
        new TorrentInfo(
            InfoHash.of(sha1.digest(raw)),
            name,
            folder,
            layout,
            List.copyOf(files),
            hashes.toByteArray(),
            false,
            raw);
  }

  /** Bytes of the files that were added. */
  int length() {
    return content.size();
  }

  /** Says of a file that was added what the torrent calls it, below its folder. */
  SampleTorrent originally(int file, String... path) {
    originals.put(file, List.of(path));
    return this;
  }

  private byte[] raw(boolean folder, byte[] hashes) {
    Map<String, BValue> dict = new HashMap<>();
    dict.put("name", BValue.Str.of(name));
    dict.put("piece length", new BValue.Int(pieceLength));
    dict.put("pieces", new BValue.Str(hashes));
    if (folder) {
      dict.put("files", new BValue.Lst(files.stream().map(this::entry).toList()));
    } else {
      dict.put("length", new BValue.Int(files.get(0).length()));
    }
    return Bencode.write(BValue.Dict.of(dict));
  }

  private BValue entry(FileEntry file) {
    List<String> below = file.path().subList(1, file.path().size());
    List<String> path = originals.getOrDefault(file.index(), below);
    Map<String, BValue> entry = new HashMap<>();
    entry.put("length", new BValue.Int(file.length()));
    entry.put("path", new BValue.Lst(path.stream().<BValue>map(BValue.Str::of).toList()));
    if (file.padding()) {
      entry.put("attr", BValue.Str.of("p"));
    }
    return BValue.Dict.of(entry);
  }

  TorrentInfo info() {
    return info;
  }

  PieceLayout layout() {
    return info.layout();
  }

  byte[] bytes(int piece, int begin, int length) {
    int from = (int) layout().pieceOffset(piece) + begin;
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  byte[] fileBytes(int file) {
    FileEntry entry = info.files().get(file);
    return Arrays.copyOfRange(bytes, (int) entry.offset(), (int) (entry.offset() + entry.length()));
  }

  Path path(Path dir, int file) {
    Path path = dir;
    for (String part : info.files().get(file).path()) {
      path = path.resolve(part);
    }
    return path;
  }

  Path part(Path dir, int file) {
    Path path = path(dir, file);
    return path.resolveSibling(path.getFileName() + ".part");
  }

  /** Writes a file under its own name. */
  void writeFile(Path dir, int file) throws IOException {
    Files.createDirectories(path(dir, file).getParent());
    Files.write(path(dir, file), fileBytes(file));
  }

  Bitfield allPieces() {
    Bitfield all = new Bitfield(layout().pieceCount());
    all.setAll();
    return all;
  }

  /** The pieces with a byte of one of {@code wanted}. */
  Bitfield piecesOf(BitSet wanted) {
    Bitfield pieces = new Bitfield(layout().pieceCount());
    wanted.stream()
        .forEach(
            file -> {
              for (int p = layout().firstPiece(file); p <= layout().lastPiece(file); p++) {
                pieces.set(p);
              }
            });
    return pieces;
  }
}
