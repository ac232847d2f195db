package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.PieceHasher.Outcome;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A torrent's storage as its loop sees it: blocks go in, verified pieces come out, and nothing here
 * blocks. Every method is called on the torrent's loop and every answer is delivered there; the
 * work is done on the {@link DiskLanes}.
 *
 * <p>Order of calls: {@link #open}, then {@link #write}, {@link #read} and {@link #checkpoint} as
 * needed, {@link #finish} once everything wanted is verified, {@link #close} in any case.
 */
public final class TorrentDisk {
  /** How long a checkpoint goes on forcing files before it saves what it has. */
  private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The same at the end of a run, when somebody waits. */
  private static final long LAST_CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private static final long CLOSE_MILLIS = 3000;

  /** Above this many queued bytes the loop is told when the lanes have caught up. */
  private static final long HIGH_WATER = 8L << 20;

  private static final long LOW_WATER = 2L << 20;

  /** Hears what becomes of what was written; every method is called on the torrent's loop. */
  public interface Listener {
    /** Every byte of a piece is on disk and its hash is right. */
    void onPieceVerified(int piece);

    /** A piece was complete but wrong; all its blocks are needed again. */
    void onPieceFailed(int piece);

    /** A file got its own name. */
    void onFileCompleted(Path path);

    /** While {@link TorrentDisk#open} checks: bytes hashed so far. */
    void onChecked(long bytesDone);

    /** The disk failed this torrent; called once, and nothing is written after it. */
    void onStorageError(StorageException e);

    /** Something a user should know; one line. */
    void onWarning(String oneLine);

    /** After many bytes were queued, few are: there is room for more. */
    default void onDrained() {}
  }

  private final TorrentInfo info;
  private final Bitfield wantedPieces;
  private final BitSet wantedFiles;
  private final StorageOptions options;
  private final DiskLanes lanes;
  private final Executor loop;
  private final Listener listener;

  private final AtomicLong queued = new AtomicLong();
  private final AtomicLong unwritten = new AtomicLong();
  private final AtomicBoolean wasHigh = new AtomicBoolean();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final TorrentLane[] parts;

  // Written while opening; the lanes see them through their queues.
  private StateDirectory state;
  private TorrentFiles files;
  private Checkpoints checkpoints;

  private CompletableFuture<Bitfield> opening;
  private CompletableFuture<Void> checkpoint = CompletableFuture.completedFuture(null);
  private CompletableFuture<Void> closing;
  private boolean ready;
  private boolean finished;
  private volatile boolean stopped;

  /**
   * @param wantedPieces those with a byte of a wanted file; not changed afterwards
   * @param wantedFiles indices, or null for all
   * @param loop the torrent's event loop
   */
  public TorrentDisk(
      TorrentInfo info,
      Bitfield wantedPieces,
      BitSet wantedFiles,
      StorageOptions options,
      DiskLanes lanes,
      Executor loop,
      Listener listener) {
    this.info = info;
    this.wantedPieces = wantedPieces;
    this.wantedFiles = wantedFiles;
    this.options = options;
    this.lanes = lanes;
    this.loop = loop;
    this.listener = listener;
    this.parts = new TorrentLane[lanes.count()];
  }

  /**
   * Takes the lock, finds out what is on disk (from resume data, or by hashing), and makes the
   * files.
   *
   * @return the pieces we have; fails with a {@link StorageException}, or a {@link
   *     CancellationException} when closed meanwhile
   */
  public CompletableFuture<Bitfield> open() {
    CompletableFuture<Bitfield> opened = new CompletableFuture<>();
    opening = opened;
    CompletableFuture.supplyAsync(this::openOnLane, job -> lanes.execute(0, job))
        .thenCompose(result -> result)
        .thenApply(this::start)
        .whenComplete(
            (have, e) -> {
              if (e == null) {
                post(() -> ready = true);
              }
              answer(opened, have, e);
            });
    return opened;
  }

  private CompletableFuture<Opening.Result> openOnLane() {
    try {
      return lockAndCheck();
    } catch (IOException e) {
      throw new CompletionException(StorageException.of(options.dir(), e));
    }
  }

  private CompletableFuture<Opening.Result> lockAndCheck() throws IOException {
    Folders folders = new Folders(options.dir());
    FileNames names = new FileNames(info, options.dir());
    if (names.isEscaped()) {
      post(() -> listener.onWarning("this locale cannot express all file names: they are escaped"));
    }
    Path edges = StateDirectory.edges(options.dir(), info.infoHash().toString());
    files = new TorrentFiles(info, names, wantedFiles, wantedPieces, edges);
    state = StateDirectory.lock(options.dir(), info.infoHash());
    return new Opening(info, files, wantedPieces, options, lanes, new OpeningMonitor())
        .run(folders, state);
  }

  private final class OpeningMonitor implements Opening.Monitor {
    @Override
    public void onChecked(long bytes) {
      if (stopped) {
        throw new CancellationException();
      }
      post(() -> listener.onChecked(bytes));
    }

    @Override
    public void onWarning(String oneLine) {
      post(() -> listener.onWarning(oneLine));
    }
  }

  /** Called on a lane, before any lane has work of this torrent. */
  private Bitfield start(Opening.Result result) {
    unwritten.set(result.unwritten());
    checkpoints = new Checkpoints(info, files, result.have(), result.flushed(), result.stamps());
    for (int lane = 0; lane < parts.length; lane++) {
      parts[lane] = new TorrentLane(info, files, options, unwritten, parts.length);
      parts[lane].setHave(result.have(), lane, parts.length);
    }
    for (Path path : result.completed()) {
      post(() -> listener.onFileCompleted(path));
    }
    return result.have();
  }

  /**
   * Queues a block to be written; the last one of a piece leads to {@link Listener#onPieceVerified}
   * or {@link Listener#onPieceFailed}. A block that is there already is dropped. Never blocks.
   *
   * @param begin at a block's border, the block being of the length that the layout says
   * @param block released here, on a lane
   */
  public void write(int piece, int begin, ByteBuf block) {
    if (!ready || stopped) {
      block.release();
      return;
    }
    if (queued.addAndGet(block.readableBytes()) > HIGH_WATER) {
      wasHigh.set(true);
    }
    lanes.execute(lanes.laneOf(piece), new WriteJob(piece, begin, block));
  }

  /** The one object that a block costs on its way. */
  private final class WriteJob implements Runnable {
    private final int piece;
    private final int begin;
    private final ByteBuf block;

    WriteJob(int piece, int begin, ByteBuf block) {
      this.piece = piece;
      this.begin = begin;
      this.block = block;
    }

    @Override
    public void run() {
      int length = block.readableBytes();
      boolean told = false;
      try {
        if (!failed.get()) {
          onWritten(piece, parts[lanes.laneOf(piece)].write(piece, begin, block.nioBuffer()));
        }
        told = true;
      } catch (StorageException e) {
        fail(e);
        told = true;
      } finally {
        block.release();
        onDone(length);
        if (!told) { // a bug, or a fault in a mapping that came too late for its guard
          fail(new StorageException(options.dir(), "writing failed for an unexpected reason"));
        }
      }
    }
  }

  private void onDone(int length) {
    if (queued.addAndGet(-length) < LOW_WATER && wasHigh.get() && wasHigh.getAndSet(false)) {
      post(listener::onDrained);
    }
  }

  private void onWritten(int piece, Outcome outcome) throws StorageException {
    if (outcome == Outcome.FAILED) {
      post(() -> listener.onPieceFailed(piece));
    } else if (outcome == Outcome.VERIFIED) {
      for (int file : parts[lanes.laneOf(piece)].filesCompletedBy(piece)) {
        if (options.sync()) {
          collect().thenRunAsync(() -> completeForced(file), lanes::executeFlush);
        } else {
          complete(file);
        }
      }
      post(() -> listener.onPieceVerified(piece));
    }
  }

  private void complete(int file) throws StorageException {
    try {
      Path path = files.complete(file);
      post(() -> listener.onFileCompleted(path));
    } catch (IOException e) {
      throw StorageException.of(files.part(file), e);
    }
  }

  /** Called on the flush thread. */
  private void completeForced(int file) {
    try {
      checkpoints.force(file);
      complete(file);
      files.forceName(file);
    } catch (IOException e) {
      fail(StorageException.of(files.path(file), e));
    }
  }

  /**
   * Reads a block of a piece that we have.
   *
   * @param answer gets a buffer that it owns; not called when the disk fails or the torrent stops
   */
  public void read(Block block, ByteBufAllocator alloc, Consumer<ByteBuf> answer) {
    if (!ready || stopped) {
      return;
    }
    int lane = lanes.laneOf(block.piece());
    lanes.execute(
        lane,
        () -> {
          ByteBuf data = alloc.directBuffer(block.length());
          boolean handedOver = false;
          try {
            parts[lane].read(block, data.nioBuffer(0, block.length()));
            data.writerIndex(block.length());
            loop.execute(() -> answer.accept(data));
            handedOver = true;
          } catch (StorageException e) {
            fail(e);
          } catch (RejectedExecutionException e) {
            stopped = true; // the loop is gone, and with it whoever asked
          } finally {
            if (!handedOver) {
              data.release();
            }
          }
        });
  }

  /** Bytes given to {@link #write} that are not on the other side yet. */
  public long queuedBytes() {
    return queued.get();
  }

  /**
   * Ends a download whose every wanted piece is verified: checks that all files are there, whole
   * and the same that were written, and removes the resume data. Waits for no disk unless files are
   * to be forced. Reading goes on.
   *
   * @return the path of the torrent's file or folder; fails with a {@link StorageException}
   */
  public CompletableFuture<Path> finish() {
    finished = true;
    CompletableFuture<Path> done = new CompletableFuture<>();
    CompletableFuture<Void> fence = lanes.onEveryLane(lane -> {});
    if (options.sync()) {
      fence = fence.thenRunAsync(() -> {}, lanes::executeFlush); // after the last completeForced
    }
    fence
        .thenApply(
            passed -> {
              try {
                return checkAll();
              } catch (IOException e) {
                throw new CompletionException(StorageException.of(files.names().top(), e));
              }
            })
        .whenComplete((path, e) -> answer(done, path, e));
    return done;
  }

  private Path checkAll() throws IOException {
    for (int file = 0; file < files.edges(); file++) {
      if (files.isStored(file)) {
        files.requireComplete(file);
      }
    }
    state.discardResume();
    return files.names().top();
  }

  /**
   * Forces what was verified to the disk and saves resume data; to be called every 15 s or so. Does
   * not hold up the lanes. While one is under way, a second call is the same as the first.
   */
  public CompletableFuture<Void> checkpoint() {
    if (checkpoint.isDone() && ready && !stopped && !finished) {
      checkpoint = new CompletableFuture<>();
      CompletableFuture<Void> done = checkpoint;
      collect()
          .thenRunAsync(() -> save(CHECKPOINT_NANOS), lanes::executeFlush)
          .whenComplete((v, e) -> answer(done, v, e));
    }
    return checkpoint;
  }

  /** Moves what the lanes have written and verified to the flush thread. */
  private CompletableFuture<Void> collect() {
    return lanes.onEveryLane(
        lane -> {
          TorrentLane.Progress progress = parts[lane].takeProgress();
          lanes.executeFlush(() -> checkpoints.add(progress.unflushed(), progress.verified()));
        });
  }

  /** Called on the flush thread. */
  private void save(long nanos) {
    try {
      checkpoints.save(state, nanos);
      DiskSpace.require(options.dir(), unwritten.get());
    } catch (IOException e) {
      fail(StorageException.of(options.dir(), e));
    }
  }

  /**
   * Ends all work: what is queued is written, resume data saved unless the download is finished,
   * and the lock given back. Waits three seconds at most for a slow disk; what could not be forced
   * by then is found again by hashing. Closing twice is the same as once.
   */
  public CompletableFuture<Void> close() {
    if (closing != null) {
      return closing;
    }
    closing = new CompletableFuture<>();
    stopped = true;
    CompletableFuture<?> before =
        opening == null ? CompletableFuture.completedFuture(null) : opening;
    CompletableFuture<Void> closed =
        before.handle((have, e) -> null).thenCompose(o -> ready ? closeReady() : releaseLock());
    closed
        .completeOnTimeout(null, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .whenComplete((v, e) -> answer(closing, v, e));
    return closing;
  }

  private CompletableFuture<Void> closeReady() {
    CompletableFuture<Void> drained =
        collect().thenCompose(v -> lanes.onEveryLane(lane -> parts[lane].close()));
    if (finished && !failed.get()) {
      return drained.thenRun(() -> releaseState(true)); // nobody waits for a force now
    }
    return drained.thenRunAsync(
        () -> {
          saveLast();
          releaseState(false);
        },
        lanes::executeFlush);
  }

  private void saveLast() {
    try {
      checkpoints.save(state, LAST_CHECKPOINT_NANOS);
    } catch (IOException e) {
      String problem = StorageException.of(state.resume(), e).getMessage();
      post(() -> listener.onWarning("resume data not saved: " + problem));
    }
  }

  private CompletableFuture<Void> releaseLock() {
    releaseState(false);
    return CompletableFuture.completedFuture(null);
  }

  private void releaseState(boolean complete) {
    if (state == null) {
      return;
    }
    try {
      state.close(complete);
    } catch (IOException e) {
      String problem = StorageException.of(options.dir(), e).getMessage();
      post(() -> listener.onWarning("not cleaned up: " + problem));
    }
  }

  private void fail(StorageException e) {
    if (failed.compareAndSet(false, true)) {
      post(() -> listener.onStorageError(e));
    }
  }

  private <T> void answer(CompletableFuture<T> future, T value, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    post(
        () -> {
          if (cause == null) {
            future.complete(value);
          } else {
            future.completeExceptionally(cause);
          }
        });
  }

  private void post(Runnable answer) {
    try {
      loop.execute(answer);
    } catch (RejectedExecutionException e) {
      stopped = true; // the loop is gone, and with it whoever would hear this
    }
  }
}
