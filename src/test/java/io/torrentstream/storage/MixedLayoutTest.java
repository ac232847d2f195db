package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Torrents of any files in a row, mapped ones and others, empty ones and pad files, with borders
 * anywhere; downloaded in several lives, each of which may want other files. What is on disk is
 * held against what was to be there, and nothing that was right may be asked for again.
 */
class MixedLayoutTest {
  private static final int TORRENTS = 25;
  private static final int MOST_BYTES = 4 << 20;

  @TempDir private Path dir;

  private Random random;
  private SampleTorrent torrent;

  static List<Integer> seeds() {
    List<Integer> seeds = new ArrayList<>();
    for (int seed = 0; seed < TORRENTS; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everyFileEndsRight(int seed) throws IOException {
    random = new Random(seed);
    torrent = torrent();
    BitSet wanted = choose();
    Bitfield right = new Bitfield(torrent.layout().pieceCount());
    for (int life = 0; life < 3; life++) {
      right = live(wanted, right, false);
      if (random.nextInt(3) == 0) {
        wanted = choose();
        right = new Bitfield(right.size()); // some of it was in the edge file
      }
    }
    live(wanted, right, true);
    assertWanted(wanted);
  }

  private SampleTorrent torrent() {
    int pieceLength = 16 * 1024 << random.nextInt(6);
    SampleTorrent made = SampleTorrent.folder("t", pieceLength);
    made.file("first", 1 + random.nextInt(1000));
    int at = made.length();
    for (int i = 0; at < MOST_BYTES && i < 25; i++) {
      String path = List.of("", "a/", "a/b/", "c/").get(random.nextInt(4)) + "f" + i;
      made.file(path, length(pieceLength));
      if (random.nextInt(4) == 0 && made.length() % pieceLength != 0) {
        made.padding(pieceLength - made.length() % pieceLength);
      }
      at = made.length();
    }
    return made.build();
  }

  private int length(int pieceLength) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> 1 + random.nextInt(20);
      case 2, 3 -> random.nextInt(60_000);
      case 4 -> pieceLength + random.nextInt(3) - 1;
      case 5 -> random.nextInt(2 * pieceLength);
      case 6 -> (int) MappedStorage.MIN_MAPPED + random.nextInt(3) - 1;
      default -> (int) MappedStorage.MIN_MAPPED + random.nextInt(1 << 20);
    };
  }

  /** Some files, or all of them. */
  private BitSet choose() {
    BitSet wanted = new BitSet();
    boolean all = random.nextInt(3) == 0;
    for (FileEntry file : torrent.info().files()) {
      wanted.set(file.index(), !file.padding() && (all || random.nextBoolean()));
    }
    wanted.set(0);
    return wanted;
  }

  /**
   * One run.
   *
   * @param before pieces that must be found
   * @param last whether it gets to the end
   * @return the pieces that are there after it
   */
  private Bitfield live(BitSet wanted, Bitfield before, boolean last) throws IOException {
    StorageOptions.Kind kind = StorageOptions.Kind.values()[random.nextInt(2)];
    StorageOptions options =
        new StorageOptions(dir, kind, random.nextInt(4) == 0, random.nextInt(8) == 0, false);
    try (DiskFixture disk = new DiskFixture(torrent, options, wanted)) {
      Bitfield have = disk.open().copy();
      assertFalse(before.hasAnyOutside(have), () -> before + " was there, not " + have);
      List<Integer> missing = new ArrayList<>();
      Bitfield needed = torrent.piecesOf(wanted);
      for (int p = needed.nextSet(0); p >= 0; p = needed.nextSet(p + 1)) {
        if (!have.get(p)) {
          missing.add(p);
        }
      }
      Collections.shuffle(missing, random);
      int count = last ? missing.size() : missing.size() / 2;
      for (int piece : missing.subList(0, count)) {
        fetch(disk, piece);
        have.set(piece);
      }
      if (last) {
        assertEquals(dir.resolve("t"), disk.finish());
      } else if (missing.size() > count) {
        disk.writeBlock(missing.get(count), 0);
      }
      return have;
    }
  }

  private void fetch(DiskFixture disk, int piece) throws IOException {
    List<Integer> order = disk.blocks(piece);
    Collections.shuffle(order, random);
    if (random.nextInt(8) == 0) {
      int length = torrent.layout().blockLength(piece, order.get(0));
      byte[] wrong = new byte[length];
      random.nextBytes(wrong);
      disk.writeBlock(piece, order.get(0) * PieceLayout.BLOCK_LENGTH, wrong);
      disk.writePiece(piece, order.subList(1, order.size())); // wrong, but for bytes of pad files
    }
    if (!disk.isVerified(piece)) {
      assertTrue(disk.writePiece(piece, order), "piece " + piece);
    }
    int begin = random.nextInt(torrent.layout().pieceLength(piece));
    int length = 1 + random.nextInt(torrent.layout().pieceLength(piece) - begin);
    assertArrayEquals(
        torrent.bytes(piece, begin, length), disk.read(new Block(piece, begin, length)));
    if (random.nextInt(10) == 0) {
      disk.checkpoint();
    }
  }

  private void assertWanted(BitSet wanted) throws IOException {
    assertFalse(Files.exists(dir.resolve(".tsl")));
    for (FileEntry file : torrent.info().files()) {
      if (wanted.get(file.index())) {
        assertArrayEquals(
            torrent.fileBytes(file.index()), Files.readAllBytes(torrent.path(dir, file.index())));
        assertFalse(Files.exists(torrent.part(dir, file.index())));
      }
    }
  }
}
