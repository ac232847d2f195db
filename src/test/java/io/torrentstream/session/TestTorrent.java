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
    return build(
        "content.bin",
        random(length, pieceLength),
        pieceLength,
        Map.of("length", new BValue.Int(length)));
  }

  /** The same content under a .torrent with trackers, which may be private. */
  TestTorrent with(boolean isPrivate, List<String> trackers) {
    Map<String, BValue> info = new HashMap<>();
    info.put("length", new BValue.Int(content.length));
    info.put("private", new BValue.Int(isPrivate ? 1 : 0));
    Metainfo m = build("content.bin", content, layout().pieceLength(0), info).metainfo;
    return new TestTorrent(
        content,
        new Metainfo(
            m.info(),
            List.of(trackers),
            m.webSeeds(),
            m.httpSeeds(),
            m.nodes(),
            m.comment(),
            m.createdBy(),
            m.creationDate(),
            m.version(),
            m.infoHashV2(),
            m.warnings()));
  }

  /** The same content under a .torrent that lists web seeds. */
  TestTorrent withWebSeeds(String... urls) {
    return with(List.of(urls), metainfo.nodes());
  }

  /** The same content under a .torrent that lists nodes of the DHT. */
  TestTorrent withNodes(String... nodes) {
    return with(metainfo.webSeeds(), List.of(nodes));
  }

  private TestTorrent with(List<String> webSeeds, List<String> nodes) {
    Metainfo m = metainfo;
    return new TestTorrent(
        content,
        new Metainfo(
            m.info(),
            m.trackers(),
            webSeeds,
            m.httpSeeds(),
            nodes,
            m.comment(),
            m.createdBy(),
            m.creationDate(),
            m.version(),
            m.infoHashV2(),
            m.warnings()));
  }

  /** The same content under another info-hash. */
  TestTorrent asOther() {
    return build(
        "content.bin",
        content,
        layout().pieceLength(0),
        Map.of("length", new BValue.Int(content.length), "source", BValue.Str.of("other")));
  }

  /** The same content under the rule that only trackers name peers (BEP 27). */
  TestTorrent asPrivate() {
    return build(
        "content.bin",
        content,
        layout().pieceLength(0),
        Map.of("length", new BValue.Int(content.length), "private", new BValue.Int(1)));
  }

  /** Of several files, a.bin, b.bin and so on, in the folder "content". */
  static TestTorrent ofFiles(int pieceLength, int... lengths) {
    List<BValue> files = new ArrayList<>();
    for (int length : lengths) {
      files.add(file((char) ('a' + files.size()) + ".bin", length, ""));
    }
    Map<String, BValue> own = Map.of("files", new BValue.Lst(files));
    return build("content", random(IntStream.of(lengths).sum(), pieceLength), pieceLength, own);
  }

  /** The same with a pad file (BEP 47) behind each file but the last, to the end of its piece. */
  static TestTorrent padded(int pieceLength, int... lengths) {
    List<BValue> files = new ArrayList<>();
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int i = 0; i < lengths.length; i++) {
      byte[] bytes = random(lengths[i], pieceLength);
      content.writeBytes(bytes);
      files.add(file((char) ('a' + files.size()) + ".bin", lengths[i], ""));
      int padding = Math.floorMod(-content.size(), pieceLength);
      if (i + 1 < lengths.length && padding > 0) {
        content.writeBytes(new byte[padding]);
        files.add(file("pad", padding, "p"));
      }
    }
    Map<String, BValue> own = Map.of("files", new BValue.Lst(files));
    return build("content", content.toByteArray(), pieceLength, own);
  }

  private static BValue file(String name, int length, String attributes) {
    return BValue.Dict.of(
        Map.of(
            "attr",
            BValue.Str.of(attributes),
            "length",
            new BValue.Int(length),
            "path",
            new BValue.Lst(List.of(BValue.Str.of(name)))));
  }

  private static byte[] random(int length, int pieceLength) {
    byte[] bytes = new byte[length];
    new Random(length * 31L + pieceLength).nextBytes(bytes);
    return bytes;
  }

  private static TestTorrent build(
      String name, byte[] content, int pieceLength, Map<String, BValue> own) {
    int length = content.length;
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
