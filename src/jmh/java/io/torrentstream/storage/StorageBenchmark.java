package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A lane's work, per block: runs of sixteen blocks written one after the other into a file of 64
 * MiB, over and over, so that its pages are in the cache.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StorageBenchmark {
  private static final int BLOCKS = 16;
  private static final int RUN_BYTES = BLOCKS * PieceLayout.BLOCK_LENGTH;
  private static final int PIECE_BYTES = 1 << 20;
  private static final int FILE_BYTES = 64 << 20;

  @Param({"MMAP", "FILE"})
  public String kind;

  private final MessageDigest sha1 = Digests.sha1();
  private final ByteBuf block = Unpooled.directBuffer(PieceLayout.BLOCK_LENGTH);
  private Path dir;
  private TorrentStorage storage;
  private int piece;
  private int begin;

  @Setup
  public void open() throws IOException {
    dir = Files.createTempDirectory("tsl-storage-");
    SampleTorrent torrent = SampleTorrent.single("data", PIECE_BYTES, FILE_BYTES);
    FileNames names = new FileNames(torrent.info(), dir);
    TorrentFiles files =
        new TorrentFiles(torrent.info(), names, null, torrent.allPieces(), null, Links.REFUSED);
    files.setLacking(0, 1);
    storage = kind.equals("MMAP") ? new MappedStorage(files) : new FileStorage(files);
  }

  @Benchmark
  @OperationsPerInvocation(BLOCKS)
  public void write() throws StorageException {
    storage.guard(this::writeRun);
    advance();
  }

  @Benchmark
  @OperationsPerInvocation(BLOCKS)
  public void prepareWriteAndDigest() throws StorageException {
    storage.guard(
        () -> {
          storage.prepare(piece, begin, RUN_BYTES);
          writeRun();
          storage.digest(piece, begin, RUN_BYTES, sha1);
        });
    advance();
  }

  private void writeRun() throws StorageException {
    for (int i = 0; i < BLOCKS; i++) {
      storage.write(
          piece, begin + i * PieceLayout.BLOCK_LENGTH, block.setIndex(0, PieceLayout.BLOCK_LENGTH));
    }
  }

  private void advance() {
    begin = (begin + RUN_BYTES) % PIECE_BYTES;
    if (begin == 0) {
      piece = (piece + 1) % (FILE_BYTES / PIECE_BYTES);
    }
  }

  @TearDown
  public void close() throws IOException {
    storage.close();
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted(Comparator.reverseOrder()).forEach(StorageBenchmark::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
