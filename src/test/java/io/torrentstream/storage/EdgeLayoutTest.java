package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.util.Bitfield;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EdgeLayoutTest {

  /** Every byte of a fetched piece in an unwanted file has a place, and no two have the same. */
  @Test
  void placesAreDenseAndDistinct() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      SampleTorrent torrent = SampleTorrent.folder("t", 1 + random.nextInt(40));
      BitSet wanted = new BitSet();
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        torrent.file("f" + i, random.nextInt(100));
        wanted.set(i, random.nextBoolean());
      }
      torrent.build();
      Bitfield pieces = torrent.piecesOf(wanted);
      EdgeLayout edges = new EdgeLayout(torrent.info(), wanted, pieces);
      BitSet taken = new BitSet();
      for (FileEntry file : torrent.info().files()) {
        for (int offset = 0; !wanted.get(file.index()) && offset < file.length(); offset++) {
          int piece = (int) ((file.offset() + offset) / torrent.layout().pieceLength());
          if (pieces.get(piece)) {
            int at = (int) edges.position(file.index(), offset);
            assertFalse(taken.get(at), "seed " + seed);
            taken.set(at);
          }
        }
      }
      assertEquals(edges.length(), taken.cardinality(), "seed " + seed);
      assertEquals(edges.length(), taken.length(), "seed " + seed);
    }
  }

  @Test
  void bytesOfOtherPiecesHaveNoPlace() {
    SampleTorrent torrent =
        SampleTorrent.folder("t", 10).file("wanted", 15).file("unwanted", 100).build();
    BitSet wanted = new BitSet();
    wanted.set(0);
    EdgeLayout edges = new EdgeLayout(torrent.info(), wanted, torrent.piecesOf(wanted));
    assertEquals(5, edges.length());
    assertEquals(4, edges.position(1, 4));
    assertThrows(IllegalArgumentException.class, () -> edges.position(1, 5));
  }
}
