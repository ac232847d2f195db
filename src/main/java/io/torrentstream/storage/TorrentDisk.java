package io.torrentstream.storage;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.PieceHasher.Outcome;
import io.torrentstream.util.Bitfield;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A torrent's storage as its loop sees it: blocks go in, verified pieces come out, and nothing here
 * blocks. Every method is called on the torrent's loop and every answer is delivered there; the
 * work is done on the {@link DiskLanes}.
 *
 * <p>Order of calls: {@link #open} or {@link #openReadOnly}, then {@link #write}, {@link #read} and
 * {@link #checkpoint} as needed, {@link #finish} once everything wanted is verified, {@link #close}
 * in any case.
 */
public final class TorrentDisk {
  /** Above this many queued bytes the loop is told when the lanes have caught up. */
  private static final long HIGH_WATER = 8L << 20;

  private static final long LOW_WATER = 2L << 20;

  /** How long a slow disk can hold up the end. */
  private static final long CLOSE_MILLIS = 3000;

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

    /** Something a user should know; one line, names of files in it as they are. */
    void onWarning(String oneLine);

    /** After many bytes were queued, few are: there is room for more. */
    default void onDrained() {}
  }

  private final OpenTorrent.Request request;
  private final DiskLanes lanes;
  private final Executor loop;
  private final Listener listener;

  private final AtomicLong queued = new AtomicLong();
  private final AtomicBoolean wasHigh = new AtomicBoolean();
  private final AtomicBoolean failed = new AtomicBoolean();

  /** No new work is taken; set on the loop, or when the loop is gone. */
  private volatile boolean stopped;

  /** Null until opened. */
  private OpenTorrent torrent;

  /** By lane; null until opened. */
  private ReadQueue[] reads;

  private CompletableFuture<Bitfield> opening;
  private CompletableFuture<Void> checkpoint = CompletableFuture.completedFuture(null);
  private CompletableFuture<Void> closing;
  private boolean finished;

  /**
   * @param wantedFiles indices, or null for all
   * @param loop the torrent's event loop
   */
  public TorrentDisk(
      TorrentInfo info,
      BitSet wantedFiles,
      StorageOptions options,
      DiskLanes lanes,
      Executor loop,
      Listener listener) {
    this.request =
        new OpenTorrent.Request(info, info.layout().piecesOf(wantedFiles), wantedFiles, options);
    this.lanes = lanes;
    this.loop = loop;
    this.listener = listener;
  }

  /**
   * Takes the lock, finds out what is on disk (from resume data, or by hashing), and makes the
   * files.
   *
   * @return the pieces we have; fails with a {@link StorageException}, or with a {@link
   *     CancellationException} when closed meanwhile
   */
  public CompletableFuture<Bitfield> open() {
    return open(() -> OpenTorrent.open(request, lanes, new OpeningMonitor()));
  }

  /**
   * The same for a torrent whose info dictionary came from its swarm: it is kept with the resume
   * data from the start on, for {@link KeptInfo} to find.
   */
  public CompletableFuture<Bitfield> openKeepingInfo() {
    return open(() -> OpenTorrent.open(request, true, lanes, new OpeningMonitor()));
  }

  /**
   * Finds out what is on disk, all of it by hashing, for {@link #read} alone: no file or folder is
   * made, changed or locked, now or later. Files that are not right are named in warnings.
   *
   * @return the pieces that can be read; fails as {@link #open} does
   */
  public CompletableFuture<Bitfield> openReadOnly() {
    finished = true; // nothing is to be saved
    return open(() -> OpenTorrent.openReadOnly(request, lanes, new OpeningMonitor()));
  }

  private CompletableFuture<Bitfield> open(Supplier<CompletableFuture<OpenTorrent>> work) {
    opening =
        onLoop(
            CompletableFuture.supplyAsync(work, lanes.lane(0))
                .thenCompose(opened -> opened)
                .thenApplyAsync(this::begin, loop));
    return opening;
  }

  private Bitfield begin(OpenTorrent opened) {
    torrent = opened;
    reads = ReadQueue.forLanes(opened, lanes, loop, this::onReadFailed);
    return opened.have();
  }

  /** Whether every file was right when it was opened, those without a byte as well. */
  public boolean isWhole() {
    return torrent.isWhole();
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
    public void onFileCompleted(Path path) {
      post(() -> listener.onFileCompleted(path));
    }

    @Override
    public void onWarning(String oneLine) {
      warn(oneLine);
    }
  }

  /**
   * Queues blocks to be written; the last one of a piece leads to {@link Listener#onPieceVerified}
   * or {@link Listener#onPieceFailed}. A block that is there already is dropped. Never blocks.
   *
   * @param blocks released here, on a lane
   */
  public void write(BlockRun blocks) {
    if (torrent == null || stopped) {
      blocks.release();
      return;
    }
    if (queued.get() + blocks.length() > HIGH_WATER) {
      wasHigh.set(true); // first: were the lanes to catch up in between, nobody would hear of it
    }
    queued.addAndGet(blocks.length());
    int lane = lanes.laneOf(blocks.piece());
    lanes.execute(lane, new WriteJob(torrent.lane(lane), blocks));
  }

  private final class WriteJob implements Runnable {
    private final TorrentLane lane;
    private final BlockRun blocks;

    WriteJob(TorrentLane lane, BlockRun blocks) {
      this.lane = lane;
      this.blocks = blocks;
    }

    @Override
    public void run() {
      boolean told = false;
      try {
        if (!failed.get()) {
          onWritten(lane, blocks.piece(), lane.write(blocks));
        }
        told = true;
      } catch (StorageException e) {
        told = true;
        fail(e);
      } finally {
        blocks.release();
        onDone(blocks.length());
        if (!told) { // a bug, or a fault in a mapping that came too late for its guard
          fail(new StorageException(request.options().dir(), "a write failed unexpectedly"));
        }
      }
    }
  }

  /**
   * Forgets what was written of a piece that is not complete: its blocks come anew, all of them. To
   * be called whenever the loop starts a piece over, or its old blocks would be kept for the new.
   */
  public void forget(int piece) {
    if (torrent != null && !stopped) {
      int number = lanes.laneOf(piece);
      TorrentLane lane = torrent.lane(number);
      lanes.execute(number, () -> lane.forget(piece));
    }
  }

  private void onDone(int length) {
    if (queued.addAndGet(-length) < LOW_WATER && wasHigh.get() && wasHigh.getAndSet(false)) {
      post(listener::onDrained);
    }
  }

  /** Called on a lane. */
  private void onWritten(TorrentLane lane, int piece, Outcome outcome) {
    if (outcome == Outcome.FAILED) {
      post(() -> listener.onPieceFailed(piece));
    } else if (outcome == Outcome.VERIFIED) {
      // Begun before anybody hears of the piece: a finish() called then comes after it.
      List<CompletableFuture<Path>> completed = torrent.complete(lane.filesCompletedBy(piece));
      post(() -> listener.onPieceVerified(piece));
      for (CompletableFuture<Path> file : completed) {
        orFail(file).thenAccept(path -> post(() -> listener.onFileCompleted(path)));
      }
    }
  }

  /** Reads blocks on the lane of their piece. Never blocks. */
  public void read(BlockRead read) {
    if (torrent == null || stopped) {
      return;
    }
    reads[lanes.laneOf(read.blocks().get(0).piece())].add(read);
  }

  /**
   * Digests every block of a piece as it is on disk once all is written that was queued before.
   *
   * @param answer gets eight bytes of each block's SHA-1; not called when the disk fails
   */
  public void digestBlocks(int piece, Consumer<long[]> answer) {
    if (torrent != null && !stopped) {
      int lane = lanes.laneOf(piece);
      lanes.execute(
          lane, new DigestJob(torrent.lane(lane), piece, loop, answer, this::onReadFailed));
    }
  }

  private void onReadFailed(Throwable failure) {
    if (failure instanceof RejectedExecutionException) {
      stopped = true; // the loop is gone, and with it whoever asked
    } else {
      fail(failure);
    }
  }

  /** Whom the resume data names as liars; who is added is saved with it. Once it is open. */
  public BannedAddresses banned() {
    return torrent.banned();
  }

  /** Bytes given to {@link #write} that are not on the other side yet. */
  public long queuedBytes() {
    return queued.get();
  }

  /**
   * Whether so much is queued that it is better to wait; {@link Listener#onDrained} then tells when
   * there is room again.
   */
  public boolean isBehind() {
    return queued.get() > HIGH_WATER;
  }

  /**
   * Ends a download whose every wanted piece is verified: checks that all files are there, whole
   * and the same that were written, and removes the resume data. Waits for no disk unless files are
   * to be forced. Reading goes on, and this may be called again to check once more.
   *
   * @return the path of the torrent's file or folder; fails with a {@link StorageException}, which
   *     also reaches {@link Listener#onStorageError}; the resume data then stays
   */
  public CompletableFuture<Path> finish() {
    finished = true;
    return onLoop(orFail(torrent.finish()));
  }

  /**
   * Forces what was verified to the disk and saves resume data; to be called every 15 s or so. Does
   * not hold up the lanes. While one is under way, a second call is the same as the first. A
   * failure also reaches {@link Listener#onStorageError}.
   */
  public CompletableFuture<Void> checkpoint() {
    if (checkpoint.isDone() && torrent != null && !stopped && !finished) {
      checkpoint = onLoop(orFail(torrent.checkpoint()));
    }
    return checkpoint;
  }

  private <T> CompletableFuture<T> orFail(CompletableFuture<T> work) {
    return work.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            fail(failure);
          }
        });
  }

  /**
   * Ends all work: what is queued is written, resume data saved unless the download is finished,
   * and the lock given back. Waits three seconds at most for a slow disk; what could not be forced
   * by then is found again by hashing. Closing twice is the same as once.
   */
  public CompletableFuture<Void> close() {
    if (closing == null) {
      stopped = true;
      closing =
          onLoop(
              (opening == null ? CompletableFuture.completedFuture(null) : opening)
                  .handle((have, failure) -> torrent)
                  .thenCompose(
                      opened ->
                          opened == null
                              ? CompletableFuture.completedFuture(null)
                              : opened.close(finished && !failed.get(), this::warn))
                  .completeOnTimeout(null, CLOSE_MILLIS, TimeUnit.MILLISECONDS));
    }
    return closing;
  }

  private void warn(String oneLine) {
    post(() -> listener.onWarning(oneLine));
  }

  private void fail(Throwable failure) {
    if (failed.compareAndSet(false, true)) {
      StorageException error =
          OpenTorrent.cause(failure) instanceof StorageException known
              ? known
              : new StorageException(
                  StorageException.Kind.IO, request.options().dir(), "unexpected", failure);
      post(() -> listener.onStorageError(error));
    }
  }

  private <T> CompletableFuture<T> onLoop(CompletableFuture<T> elsewhere) {
    CompletableFuture<T> here = new CompletableFuture<>();
    elsewhere.whenComplete((value, failure) -> post(() -> settle(here, value, failure)));
    return here;
  }

  private static <T> void settle(CompletableFuture<T> future, T value, Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(OpenTorrent.cause(failure));
    }
  }

  private void post(Runnable answer) {
    try {
      loop.execute(answer);
    } catch (RejectedExecutionException e) {
      stopped = true; // the loop is gone, and with it whoever would hear this
    }
  }
}
