package io.torrentstream.picker;

import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A whole download as the picker sees it, per block: 4,000 pieces of 16 blocks from 50 peers, two
 * of them seeds and the others with four pieces of five, each asked for 16 blocks at a time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PickerBenchmark {
  private static final int PIECES = 4_000;
  private static final int BLOCKS_A_PIECE = 16;
  private static final int PEERS = 50;
  private static final int QUEUE = 16;

  @Param public PickOrder order;

  private final PieceLayout layout =
      new PieceLayout(
          BLOCKS_A_PIECE * PieceLayout.BLOCK_LENGTH,
          new long[] {(long) PIECES * BLOCKS_A_PIECE * PieceLayout.BLOCK_LENGTH});

  @Benchmark
  @OperationsPerInvocation(PIECES * BLOCKS_A_PIECE)
  public int download() {
    Random random = new Random(1);
    PiecePicker picker =
        new PiecePicker(layout, new Bitfield(PIECES), layout.piecesOf(null), order, random);
    List<FakeSource> peers = peers(random);
    peers.forEach(picker::onPeerPieces);
    List<List<Block>> asked = new ArrayList<>();
    peers.forEach(peer -> asked.add(new ArrayList<>(QUEUE)));
    while (!picker.isComplete()) {
      for (int i = 0; i < PEERS; i++) {
        picker.pick(peers.get(i), QUEUE, asked.get(i)::add);
      }
      for (int i = 0; i < PEERS; i++) {
        receive(picker, peers.get(i), asked.get(i));
      }
    }
    return picker.have().count();
  }

  private static void receive(PiecePicker picker, FakeSource peer, List<Block> blocks) {
    for (Block block : blocks) {
      if (picker.onBlock(peer, block) == Receipt.PIECE_RECEIVED) {
        picker.onVerified(block.piece());
      }
    }
    blocks.clear();
  }

  private static List<FakeSource> peers(Random random) {
    List<FakeSource> peers = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      FakeSource peer = FakeSource.seed("peer " + i, PIECES);
      for (int piece = 0; i >= 2 && piece < PIECES; piece++) {
        if (random.nextInt(5) == 0) {
          peer.pieces.clear(piece);
        }
      }
      peers.add(peer);
    }
    return peers;
  }
}
