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
import java.util.Map;
import java.util.Random;

/** A torrent of one file of random bytes, for tests. */
record TestTorrent(byte[] content, Metainfo metainfo) {
  static TestTorrent of(int length, int pieceLength) {
    byte[] content = new byte[length];
    new Random(length * 31L + pieceLength).nextBytes(content);
    ByteArrayOutputStream pieces = new ByteArrayOutputStream();
    for (int from = 0; from < length; from += pieceLength) {
      var sha1 = Digests.sha1();
      sha1.update(content, from, Math.min(pieceLength, length - from));
      pieces.writeBytes(sha1.digest());
    }
    BValue info =
        BValue.Dict.of(
            Map.of(
                "name", BValue.Str.of("content.bin"),
                "length", new BValue.Int(length),
                "piece length", new BValue.Int(pieceLength),
                "pieces", new BValue.Str(pieces.toByteArray())));
    try {
      return new TestTorrent(
          content, Metainfo.parse(Bencode.write(BValue.Dict.of(Map.of("info", info)))));
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
