package io.torrentstream.picker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.PieceLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rules add up to: nothing waits for a slow peer, and hardly anything comes twice. */
class SimulatedDownloadTest {
  private static final int MIB = 1 << 20;

  @ParameterizedTest
  @ValueSource(ints = {16 << 10, 256 << 10, MIB, 16 * MIB})
  void equalSeedsShareTheWork(int pieceLength) {
    SimulatedDownload download = download(pieceLength, 64);
    for (int i = 0; i < 20; i++) {
      download.add(seed("seed" + i, pieceLength, 64), MIB, 0.05);
    }
    assertCompletes(download, 64.0 / 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {16 << 10, 256 << 10, MIB, 16 * MIB})
  void slowOnesDoNotHoldUpAFastOne(int pieceLength) {
    SimulatedDownload download = download(pieceLength, 64);
    download.add(seed("fast", pieceLength, 64), 8 * MIB, 0.02);
    for (int i = 0; i < 20; i++) {
      download.add(seed("slow" + i, pieceLength, 64), 10_000, 0.2);
    }
    assertCompletes(download, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {16 << 10, 256 << 10, MIB, 16 * MIB})
  void stalledOnesDoNotHoldTheLastBlocks(int pieceLength) {
    SimulatedDownload download = download(pieceLength, 64);
    for (int i = 0; i < 30; i++) {
      download.add(seed("stalled" + i, pieceLength, 64), 1, 0.02).stalled = true;
    }
    download.add(seed("good", pieceLength, 64), 8 * MIB, 0.02);
    assertCompletes(download, 8);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aMixedSwarmWastesNextToNothing(long seed) {
    Random random = new Random(seed);
    SimulatedDownload download = download(256 << 10, 128);
    double rates = 0;
    for (int i = 0; i < 60; i++) {
      FakeSource peer = seed("peer" + i, 256 << 10, 128);
      for (int piece = 0; piece < peer.pieces.size() && i % 3 > 0; piece++) {
        if (random.nextBoolean()) {
          peer.pieces.clear(piece);
        }
      }
      double rate = 2_000 * Math.pow(2, random.nextInt(9));
      rates += rate;
      download.add(peer, rate, random.nextDouble() / 4);
    }
    assertCompletes(download, 128.0 * MIB / rates);
  }

  private static SimulatedDownload download(int pieceLength, int mebibytes) {
    return new SimulatedDownload(layout(pieceLength, mebibytes), 7);
  }

  private static PieceLayout layout(int pieceLength, int mebibytes) {
    return new PieceLayout(pieceLength, new long[] {(long) mebibytes * MIB});
  }

  private static FakeSource seed(String name, int pieceLength, int mebibytes) {
    return FakeSource.seed(name, layout(pieceLength, mebibytes).pieceCount());
  }

  private static void assertCompletes(SimulatedDownload download, double idealSeconds) {
    download.run(100 * idealSeconds);
    assertTrue(
        download.completedAt() < 1.1 * idealSeconds + 0.5,
        "took " + download.completedAt() + " s (expected: about " + idealSeconds + ")");
    assertTrue(download.wastedShare() < 0.01, "wasted " + 100 * download.wastedShare() + " %");
  }
}
