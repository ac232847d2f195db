package io.torrentstream.util;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A torrent of 4,000 pieces of which one in eight is still missing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BitfieldBenchmark {
  private static final int PIECES = 4_000;

  private final Bitfield missing = new Bitfield(PIECES);
  private final Bitfield theirs = new Bitfield(PIECES);
  private byte[] message;

  @Setup
  public void fill() {
    Random random = new Random(1);
    for (int piece = 0; piece < PIECES; piece++) {
      if (random.nextInt(8) == 0) {
        missing.set(piece);
      }
      if (random.nextBoolean()) {
        theirs.set(piece);
      }
    }
    message = theirs.toBytes();
  }

  /** A BITFIELD message is read. */
  @Benchmark
  public Bitfield read() throws ProtocolException {
    return Bitfield.fromBytes(message, PIECES);
  }

  /** Every piece that we lack and they have, about 250. */
  @Benchmark
  public int walkCommon() {
    int sum = 0;
    for (int at = missing.nextCommon(theirs, 0);
        at >= 0 && at + 1 < PIECES;
        at = missing.nextCommon(theirs, at + 1)) {
      sum += at;
    }
    return sum;
  }

  /** A piece came in and is taken back. */
  @Benchmark
  public int setAndClear() {
    int first = missing.nextClear(0);
    missing.set(first);
    missing.clear(first);
    return missing.count();
  }
}
