package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Digests;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Data to share, the same in every run, and its .torrent, made by a program that is not tsl.
 *
 * @param label for reports, such as "64 MiB, 1,000 files"
 * @param folder holds the torrent's file or folder under its own name: what a seed shares
 * @param torrent the .torrent
 * @param info what the .torrent says
 */
record TestContent(String label, Path folder, Path torrent, TorrentInfo info) {
  /** Nobody listens there. rtorrent does not load a torrent that names no tracker. */
  private static final List<String> NO_TRACKER = List.of("http://127.0.0.1:1/announce");

  /** What the matrix varies. */
  enum Shape {
    SINGLE_FILE("single file", 20),
    MANY_FILES("1,000 files", 18),
    SMALL_PIECES("16 KiB pieces", 14),
    LARGE_PIECES("16 MiB pieces", 24);

    private final String label;
    private final int pieceLengthLog2;

    Shape(String label, int pieceLengthLog2) {
      this.label = label;
      this.pieceLengthLog2 = pieceLengthLog2;
    }
  }

  /** Writes the data and lets the tool hash it; skips the test where the tool is missing. */
  static TestContent create(Path folder, Shape shape, int mebibytes) throws Exception {
    TorrentTool tool = TorrentTool.assumeInstalled(shape.pieceLengthLog2);
    Path data = Files.createDirectories(folder.resolve("data"));
    Path root = data.resolve(shape.name().toLowerCase(Locale.ROOT));
    long length = (long) mebibytes << 20;
    RandomFiles files = new RandomFiles(10_000L * shape.ordinal() + mebibytes);
    if (shape == Shape.MANY_FILES) {
      files.writeMany(root, 1_000, length);
    } else {
      // Not a whole number of blocks, so that the last piece and the last block are short.
      files.write(root, length - 12_345);
    }
    Path torrent = folder.resolve("content.torrent");
    tool.make(torrent, root, shape.pieceLengthLog2, NO_TRACKER);
    return of(mebibytes + " MiB, " + shape.label, data, torrent);
  }

  /** The same content under a torrent that names {@code trackers}, one tier each. */
  TestContent withTrackers(Path home, List<String> trackers) throws Exception {
    Path announcing = home.resolve("announcing.torrent");
    int log2 = Integer.numberOfTrailingZeros(info.layout().pieceLength());
    TorrentTool.assumeInstalled(log2).make(announcing, root(), log2, trackers);
    return of(label, folder, announcing);
  }

  private static TestContent of(String label, Path folder, Path torrent) throws Exception {
    return new TestContent(
        label, folder, torrent, Metainfo.parse(Files.readAllBytes(torrent)).info());
  }

  /** The torrent's file or folder. */
  Path root() {
    return folder.resolve(info.name());
  }

  /**
   * Makes a folder in which only some pieces of a one-file content are right; the rest is a hole.
   */
  Path copyPieces(Path target, IntPredicate pieces) throws IOException {
    PieceLayout layout = info.layout();
    try (FileChannel from = FileChannel.open(root());
        RandomAccessFile to = new RandomAccessFile(target.resolve(info.name()).toFile(), "rw")) {
      to.setLength(layout.length());
      for (int piece = 0; piece < layout.pieceCount(); piece++) {
        if (pieces.test(piece)) {
          to.getChannel().position(layout.pieceOffset(piece));
          from.transferTo(layout.pieceOffset(piece), layout.pieceLength(piece), to.getChannel());
        }
      }
    }
    return target;
  }

  /** The pieces that a file holds of a one-file content; none when it is not there. */
  BitSet rightPieces(Path file) throws IOException {
    PieceLayout layout = info.layout();
    BitSet right = new BitSet();
    if (Files.exists(file)) {
      byte[] bytes = Files.readAllBytes(file);
      MessageDigest sha1 = Digests.sha1();
      for (int piece = 0; piece < layout.pieceCount(); piece++) {
        int begin = (int) layout.pieceOffset(piece);
        int end = begin + layout.pieceLength(piece);
        if (end <= bytes.length) {
          sha1.update(bytes, begin, end - begin);
          right.set(piece, info.isPieceHash(piece, sha1.digest()));
        }
      }
    }
    return right;
  }

  /** Whether {@code dir} holds all of this content's bytes; there may be other files, too. */
  boolean isIn(Path dir) throws IOException {
    for (String name : tree(folder)) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)
          && (!Files.exists(dir.resolve(name)) || Files.mismatch(file, dir.resolve(name)) >= 0)) {
        return false;
      }
    }
    return true;
  }

  /** Fails unless {@code dir} holds exactly this content: the same names and bytes, no more. */
  void assertEqualTo(Path dir) throws IOException {
    TreeSet<String> expected = tree(folder);
    assertEquals(expected, tree(dir), "names in " + dir);
    for (String name : expected) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        assertEquals(-1, Files.mismatch(file, dir.resolve(name)), "first wrong byte of " + name);
      }
    }
  }

  private static TreeSet<String> tree(Path dir) throws IOException {
    try (Stream<Path> paths = Files.walk(dir)) {
      TreeSet<String> names = new TreeSet<>();
      paths.forEach(path -> names.add(dir.relativize(path).toString()));
      return names;
    }
  }
}
