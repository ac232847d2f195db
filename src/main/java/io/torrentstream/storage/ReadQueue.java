package io.torrentstream.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The reads of one torrent that wait for one lane. For each this object is queued on the lane once;
 * a run takes whatever is there by then, so that {@link ReadCheck} looks at the files once for
 * several reads, and a later run may find nothing left. Brings buffers to the loop and never hands
 * out a mapping itself: a page fault, or a file that was cut, must not hit the event loop.
 */
final class ReadQueue implements Runnable {
  /**
   * What is copied before the first of it is handed over: a megabyte at most, which waits no longer
   * than the copying takes, and still lies in the processor's cache when it is sent.
   */
  private static final int MAX_TOGETHER = 8;

  private final Queue<BlockRead> waiting = new ConcurrentLinkedQueue<>();
  private final TorrentLane torrent;
  private final DiskLanes lanes;
  private final int lane;
  private final Executor loop;
  private final Consumer<Throwable> onFailure;

  private ReadQueue(
      OpenTorrent torrent,
      DiskLanes lanes,
      int lane,
      Executor loop,
      Consumer<Throwable> onFailure) {
    this.torrent = torrent.lane(lane);
    this.lanes = lanes;
    this.lane = lane;
    this.loop = loop;
    this.onFailure = onFailure;
  }

  /**
   * One for each lane.
   *
   * @param onFailure gets a {@link StorageException} or a {@link RejectedExecutionException}, the
   *     latter when the loop is gone; called on the lane
   */
  static ReadQueue[] forLanes(
      OpenTorrent torrent, DiskLanes lanes, Executor loop, Consumer<Throwable> onFailure) {
    ReadQueue[] queues = new ReadQueue[lanes.count()];
    for (int lane = 0; lane < queues.length; lane++) {
      queues[lane] = new ReadQueue(torrent, lanes, lane, loop, onFailure);
    }
    return queues;
  }

  /** Called on the loop. Never blocks. */
  void add(BlockRead read) {
    waiting.add(read);
    lanes.execute(lane, this);
  }

  @Override
  public void run() {
    if (waiting.isEmpty()) {
      return; // an earlier run took it along
    }
    List<FilledRead> reads = new ArrayList<>(MAX_TOGETHER);
    int answered = 0;
    boolean done = false;
    Exception failure = null;
    try {
      take(reads);
      torrent.read(reads);
      for (FilledRead each : reads) {
        loop.execute(() -> each.read().answer().accept(each.data()));
        answered++;
      }
      done = true;
    } catch (StorageException | RejectedExecutionException e) {
      failure = e;
    } finally {
      if (!done) { // without a failure: a bug, or a fault that came too late for its guard
        reads.subList(answered, reads.size()).forEach(each -> each.data().release());
        onFailure.accept(failure == null ? new IllegalStateException("a read failed") : failure);
      }
    }
  }

  private void take(List<FilledRead> reads) {
    while (reads.size() < MAX_TOGETHER) {
      BlockRead next = waiting.poll();
      if (next == null) {
        return;
      }
      reads.add(FilledRead.of(next));
    }
  }
}
