package io.torrentstream.session;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** A torrent of random bytes, for tests. */
record TestTorrent(byte[] content, Metainfo metainfo) {
  static TestTorrent of(int length, int pieceLength) {
    return build("content.bin", length, pieceLength, Map.of("length", new BValue.Int(length)));
  }

  /** Of several files, a.bin, b.bin and so on, in the folder "content". */
  static TestTorrent ofFiles(int pieceLength, int... lengths) {
    List<BValue> files = new ArrayList<>();
    for (int length : lengths) {
      BValue name = BValue.Str.of((char) ('a' + files.size()) + ".bin");
      files.add(
          BValue.Dict.of(
              Map.of("length", new BValue.Int(length), "path", new BValue.Lst(List.of(name)))));
    }
    Map<String, BValue> own = Map.of("files", new BValue.Lst(files));
    return build("content", IntStream.of(lengths).sum(), pieceLength, own);
  }

  private static TestTorrent build(
      String name, int length, int pieceLength, Map<String, BValue> own) {
    byte[] content = new byte[length];
    new Random(length * 31L + pieceLength).nextBytes(content);
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    for (int from = 0; from < length; from += pieceLength) {
      var sha1 = Digests.sha1();
      sha1.update(content, from, Math.min(pieceLength, length - from));
      pieces.writeBytes(sha1.digest());
    }
    Map<String, BValue> info = new HashMap<>(own);
    info.put("name", BValue.Str.of(name));
    info.put("piece length", new BValue.Int(pieceLength));
    info.put("pieces", new BValue.Str(pieces.toByteArray()));
    try {
      return new TestTorrent(
          content,
          Metainfo.parse(Bencode.write(BValue.Dict.of(Map.of("info", BValue.Dict.of(info))))));
    } catch (ProtocolException e) {
      throw new IllegalStateException(e);
    }
  }

  PieceLayout layout() {
    return metainfo.info().layout();
  }

  /** Puts the whole content where a seed expects it. */
  void writeTo(Path dir) throws IOException {
    Files.write(dir.resolve("content.bin"), content);
  }

  boolean isIn(Path dir) throws IOException {
    Path file = dir.resolve("content.bin");
    return Files.exists(file) && java.util.Arrays.equals(content, Files.readAllBytes(file));
  }
}
