package io.torrentstream.util;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** SHA-1 of one block and of a run of sixteen, by where the bytes lie. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HashBenchmark {
  /** Where the bytes lie. */
  public enum Memory {
    HEAP,
    DIRECT,
    MAPPED
  }

  @Param public Memory memory;

  @Param({"16384", "262144"})
  public int length;

  private final MessageDigest sha1 = Digests.sha1();
  private ByteBuffer data;

  @Setup
  public void fill() throws IOException {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    data =
        switch (memory) {
          case HEAP -> ByteBuffer.allocate(length);
          case DIRECT -> ByteBuffer.allocateDirect(length);
          case MAPPED -> mapped(length);
        };
    data.put(bytes).flip();
  }

  private static ByteBuffer mapped(int length) throws IOException {
    Path file = Files.createTempFile("tsl-hash-", ".dat");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      return channel.map(MapMode.READ_WRITE, 0, length);
    }
  }

  @Benchmark
  public byte[] sha1() {
    sha1.update(data.duplicate());
    return sha1.digest();
  }
}
