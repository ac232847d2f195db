package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assertions;

/**
 * A {@link TorrentDisk} with real lanes and a loop of its own, driven from the test's thread: each
 * call is carried out on the loop, and waits are for an event, never for a time.
 */
final class DiskFixture implements AutoCloseable, TorrentDisk.Listener {
  private static final long LIMIT_SECONDS = 60;

  private final SampleTorrent torrent;
  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final DiskLanes lanes = new DiskLanes(2);
  private final TorrentDisk disk;

  // Written on the loop, read after a wait on this object's lock.
  private final Bitfield verified;
  private final Set<Integer> failedPieces = new HashSet<>();
  private final List<Path> completedFiles = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private StorageException error;
  private boolean hasFailed;
  private long checked;
  private boolean drained;

  DiskFixture(SampleTorrent torrent, StorageOptions options) {
    this(torrent, options, null);
  }

  DiskFixture(SampleTorrent torrent, StorageOptions options, BitSet wantedFiles) {
    this.torrent = torrent;
    this.verified = new Bitfield(torrent.layout().pieceCount());
    this.disk = new TorrentDisk(torrent.info(), wantedFiles, options, lanes, loop, this);
  }

  TorrentDisk disk() {
    return disk;
  }

  Bitfield open() throws StorageException {
    return join(onLoop(disk::open));
  }

  Bitfield openReadOnly() throws StorageException {
    return join(onLoop(disk::openReadOnly));
  }

  Path finish() throws StorageException {
    return join(onLoop(disk::finish));
  }

  void checkpoint() throws StorageException {
    join(onLoop(disk::checkpoint));
  }

  @Override
  public void close() throws StorageException {
    join(onLoop(disk::close));
    lanes.close();
    loop.shutdown();
  }

  /** Closes while opening is under way. */
  void openAndClose() throws StorageException {
    CompletableFuture<Bitfield> opening = onLoop(disk::open);
    join(onLoop(disk::close));
    opening.exceptionally(e -> null).join();
  }

  /** Makes the lanes wait. */
  void holdLanes(CountDownLatch gate) {
    for (int lane = 0; lane < lanes.count(); lane++) {
      lanes.execute(
          lane,
          () -> {
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  private <T> T onLoop(Callable<T> call) {
    try {
      return loop.submit(call).get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T join(CompletableFuture<T> future) throws StorageException {
    try {
      return future.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Writes a whole piece, its blocks in the given order, and waits for what becomes of it. */
  boolean writePiece(int piece, List<Integer> order) {
    for (int block : order) {
      writeBlock(piece, block);
    }
    return awaitPiece(piece);
  }

  /** True when verified, false when failed. */
  synchronized boolean awaitPiece(int piece) {
    await(() -> error != null || verified.get(piece) || failedPieces.contains(piece));
    failedPieces.remove(piece);
    return verified.get(piece);
  }

  synchronized boolean isVerified(int piece) {
    return verified.get(piece);
  }

  void writePiece(int piece) {
    Assertions.assertTrue(writePiece(piece, blocks(piece)), "piece " + piece);
  }

  void writeMissing(Bitfield have) {
    for (int p = have.nextClear(0); p >= 0; p = have.nextClear(p + 1)) {
      writePiece(p);
    }
  }

  List<Integer> blocks(int piece) {
    List<Integer> blocks = new ArrayList<>();
    for (int b = 0; b < torrent.layout().blockCount(piece); b++) {
      blocks.add(b);
    }
    return blocks;
  }

  /** Writes blocks as one read from a peer brings them: in runs as long as can be. */
  void writeTogether(List<Block> blocks) {
    onLoop(
        () -> {
          BlockRun run = null;
          for (Block block : blocks) {
            ByteBuf data = buffer(torrent.bytes(block.piece(), block.begin(), block.length()));
            if (run == null || !run.offer(block.piece(), block.begin(), data)) {
              if (run != null) {
                disk.write(run);
              }
              run = new BlockRun(block.piece(), block.begin(), data);
            }
          }
          disk.write(run);
          return null;
        });
  }

  private static ByteBuf buffer(byte[] data) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(data.length).writeBytes(data);
  }

  void writeBlock(int piece, int block) {
    int begin = block * PieceLayout.BLOCK_LENGTH;
    writeBlock(
        piece, begin, torrent.bytes(piece, begin, torrent.layout().blockLength(piece, block)));
  }

  void writeBlock(int piece, int begin, byte[] data) {
    onLoop(
        () -> {
          disk.write(new BlockRun(piece, begin, buffer(data)));
          return null;
        });
  }

  long[] digestBlocks(int piece) {
    CompletableFuture<long[]> answer = new CompletableFuture<>();
    onLoop(
        () -> {
          disk.digestBlocks(piece, answer::complete);
          return null;
        });
    return answer.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  byte[] read(Block block) {
    return read(List.of(block), 0);
  }

  /** Several blocks of a piece, and what lies before each. */
  byte[] read(List<Block> blocks, int gap) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    startReading(blocks, gap, answer::complete);
    return answer.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Reads without waiting. */
  void startReading(List<Block> blocks, int gap, Consumer<byte[]> answer) {
    onLoop(
        () -> {
          disk.read(
              new BlockRead(
                  blocks,
                  gap,
                  PooledByteBufAllocator.DEFAULT,
                  data -> {
                    answer.accept(ByteBufUtil.getBytes(data));
                    data.release();
                  }));
          return null;
        });
  }

  StorageException awaitError() {
    await(() -> error != null);
    synchronized (this) {
      return error;
    }
  }

  void awaitDrained() {
    await(() -> drained);
  }

  private synchronized void await(BooleanSupplier condition) {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, limit - System.nanoTime());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      Assertions.assertTrue(System.nanoTime() < limit, "nothing happened in a minute");
    }
  }

  synchronized StorageException error() {
    return error;
  }

  /** Whether a piece was told to be wrong in this life. */
  synchronized boolean hasFailed() {
    return hasFailed;
  }

  synchronized List<Path> completedFiles() {
    return List.copyOf(completedFiles);
  }

  synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  synchronized long checked() {
    return checked;
  }

  @Override
  public synchronized void onPieceVerified(int piece) {
    verified.set(piece);
    notifyAll();
  }

  @Override
  public synchronized void onPieceFailed(int piece) {
    failedPieces.add(piece);
    hasFailed = true;
    notifyAll();
  }

  @Override
  public synchronized void onFileCompleted(Path path) {
    completedFiles.add(path);
    notifyAll();
  }

  @Override
  public synchronized void onChecked(long bytesDone) {
    checked = bytesDone;
  }

  @Override
  public synchronized void onStorageError(StorageException e) {
    Assertions.assertNull(error, "an error is told once");
    error = e;
    notifyAll();
  }

  @Override
  public synchronized void onWarning(String oneLine) {
    warnings.add(oneLine);
    notifyAll();
  }

  @Override
  public synchronized void onDrained() {
    drained = true;
    notifyAll();
  }
}
