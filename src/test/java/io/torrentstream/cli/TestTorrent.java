package io.torrentstream.cli;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A .torrent and the data it is about.
 *
 * @param file the .torrent
 * @param seedDir a download directory that has the data
 */
record TestTorrent(Path file, Path seedDir, Metainfo metainfo) {
  static final int PIECE_LENGTH = 16 * 1024;

  /** Begins a torrent of a folder. */
  static Builder folder(String name) {
    return new Builder(name);
  }

  /** A torrent of one file. */
  static TestTorrent single(Path dir, String name, int length)
      throws IOException, ProtocolException {
    return new Builder(name).file("", length).build(dir);
  }

  static final class Builder {
    private final String name;
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Random random = new Random(20261123);

    private Builder(String name) {
      this.name = name;
    }

    Builder file(String path, int length) {
      byte[] content = new byte[length];
      random.nextBytes(content);
      files.put(path, content);
      return this;
    }

    TestTorrent build(Path dir) throws IOException, ProtocolException {
      byte[] torrent = Bencode.write(BValue.Dict.of(Map.of("info", info())));
      Path seedDir = dir.resolve("seed-data");
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path path = seedDir.resolve(name).resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.write(path, file.getValue());
      }
      Path torrentFile = Files.write(dir.resolve("test.torrent"), torrent);
      return new TestTorrent(torrentFile, seedDir, Metainfo.parse(torrent));
    }

    private BValue info() {
      Map<String, BValue> info = new LinkedHashMap<>();
      info.put("name", BValue.Str.of(name));
      info.put("piece length", new BValue.Int(PIECE_LENGTH));
      info.put("pieces", new BValue.Str(pieceHashes()));
      if (files.containsKey("")) {
        info.put("length", new BValue.Int(files.get("").length));
      } else {
        List<BValue> list = new ArrayList<>();
        files.forEach((path, content) -> list.add(entry(path, content.length)));
        info.put("files", new BValue.Lst(list));
      }
      return BValue.Dict.of(info);
    }

    private static BValue entry(String path, int length) {
      List<BValue> parts =
          Arrays.stream(path.split("/")).map(part -> (BValue) BValue.Str.of(part)).toList();
      return BValue.Dict.of(
          Map.of("length", new BValue.Int(length), "path", new BValue.Lst(parts)));
    }

    private byte[] pieceHashes() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      files.values().forEach(all::writeBytes);
      byte[] data = all.toByteArray();
      ByteArrayOutputStream hashes = new ByteArrayOutputStream();
      for (int from = 0; from < data.length; from += PIECE_LENGTH) {
        byte[] piece = Arrays.copyOfRange(data, from, Math.min(data.length, from + PIECE_LENGTH));
        hashes.writeBytes(Digests.sha1().digest(piece));
      }
      return hashes.toByteArray();
    }
  }
}
