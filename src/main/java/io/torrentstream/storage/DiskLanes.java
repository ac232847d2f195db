package io.torrentstream.storage;

import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that touch the disk: a few lanes, each one daemon thread with a queue in order, and
 * one more that forces data to the disk, which can take seconds and must not hold up a lane.
 *
 * <p>All work on a piece goes to the lane {@code piece % lanes}. So the blocks of a piece are
 * written and hashed by one thread in the order in which they were handed over, and what belongs to
 * a lane needs no lock. Methods may be called on any thread.
 */
public final class DiskLanes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskLanes.class);

  /** How long a sweep keeps a lane to itself before it queues up again. */
  private static final long SWEEP_NANOS = 2_000_000;

  private final ExecutorService[] lanes;
  private final ExecutorService flusher;
  private final LongSupplier clock;

  /**
   * @param lanes 1 or more; {@link #defaultCount} is a good choice
   */
  public DiskLanes(int lanes) {
    this(lanes, DiskLanes::thread, System::nanoTime);
  }

  /**
   * The same on other threads and another clock, such as simulated ones.
   *
   * @param threads makes one of a name, which does its jobs one after the other
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  public DiskLanes(int lanes, Function<String, ExecutorService> threads, LongSupplier clock) {
    if (lanes < 1) {
      throw new IllegalArgumentException("lanes: " + lanes + " (expected: >= 1)");
    }
    this.clock = clock;
    this.lanes = new ExecutorService[lanes];
    for (int i = 0; i < lanes; i++) {
      this.lanes[i] = threads.apply("tsl-disk-" + i);
    }
    this.flusher = threads.apply("tsl-disk-flush");
  }

  /** One lane a core, and no more than four: beyond that the disk is the limit. */
  public static int defaultCount() {
    return Math.min(4, Runtime.getRuntime().availableProcessors());
  }

  private static ExecutorService thread(String name) {
    return new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new LaneThread(name));
  }

  /** Makes the thread of a lane, and hears when a job fails on it. */
  private record LaneThread(String name) implements ThreadFactory, Thread.UncaughtExceptionHandler {
    @Override
    public Thread newThread(Runnable jobs) {
      Thread thread = new Thread(jobs, name);
      thread.setDaemon(true);
      thread.setUncaughtExceptionHandler(this);
      return thread;
    }

    @Override
    public void uncaughtException(Thread thread, Throwable fault) {
      LOG.warn("bug: a job failed on {}", name, fault);
    }
  }

  int count() {
    return lanes.length;
  }

  int laneOf(int item) {
    return item % lanes.length;
  }

  /** Queues a job on a lane. */
  public void execute(int lane, Runnable job) {
    lanes[lane].execute(job);
  }

  /** A lane. */
  Executor lane(int lane) {
    return lanes[lane];
  }

  /** The thread that may wait for the disk. */
  Executor flusher() {
    return flusher;
  }

  /**
   * A fence: runs {@code job} once on every lane, after all that was queued there before; completes
   * when the last one is done, on that lane.
   */
  CompletableFuture<Void> onEveryLane(IntConsumer job) {
    CompletableFuture<?>[] done = new CompletableFuture<?>[lanes.length];
    for (int i = 0; i < lanes.length; i++) {
      int lane = i;
      done[i] = CompletableFuture.runAsync(() -> job.accept(lane), lanes[i]);
    }
    return CompletableFuture.allOf(done);
  }

  /** Looks at one item on its lane. */
  @FunctionalInterface
  interface ItemTest {
    boolean test(int lane, int item) throws IOException;
  }

  /**
   * Runs {@code test} for every one of {@code items}, each on its lane, all lanes at once;
   * completes with the items for which it was true, or with the first failure. Lets other jobs in
   * every few milliseconds, so that a long check holds up nobody's blocks.
   *
   * @param items not changed while this runs
   */
  CompletableFuture<Bitfield> filter(Bitfield items, ItemTest test) {
    if (items.isEmpty()) {
      return CompletableFuture.completedFuture(items); // no lane need be woken for it
    }
    AtomicBoolean failed = new AtomicBoolean();
    CompletableFuture<Bitfield> all = CompletableFuture.completedFuture(new Bitfield(items.size()));
    for (int lane = 0; lane < lanes.length; lane++) {
      Sweep sweep = new Sweep(lane, items, test, failed);
      execute(lane, sweep);
      all = all.thenCombine(sweep.result, DiskLanes::union);
    }
    return all;
  }

  private static Bitfield union(Bitfield into, Bitfield from) {
    for (int i = from.nextSet(0); i >= 0; i = from.nextSet(i + 1)) {
      into.set(i);
    }
    return into;
  }

  /** One lane's part of {@link #filter}; confined to the lane. */
  private final class Sweep implements Runnable {
    private final CompletableFuture<Bitfield> result = new CompletableFuture<>();
    private final int lane;
    private final Bitfield items;
    private final ItemTest test;
    private final AtomicBoolean failed;
    private final Bitfield passed;
    private int next;

    Sweep(int lane, Bitfield items, ItemTest test, AtomicBoolean failed) {
      this.lane = lane;
      this.items = items;
      this.test = test;
      this.failed = failed;
      this.passed = new Bitfield(items.size());
      this.next = lane;
    }

    @Override
    public void run() {
      try {
        if (sweep()) {
          result.complete(passed);
        } else {
          execute(lane, this);
        }
      } catch (IOException | RuntimeException e) {
        // Not swallowed: whoever waits for the result gets it, where a lost one would hang them.
        failed.set(true);
        result.completeExceptionally(e);
      }
    }

    private boolean sweep() throws IOException {
      long start = clock.getAsLong();
      while (!failed.get()) {
        while (next < items.size() && !items.get(next)) {
          next += lanes.length;
        }
        if (next >= items.size()) {
          return true;
        }
        if (test.test(lane, next)) {
          passed.set(next);
        }
        next += lanes.length;
        if (clock.getAsLong() - start > SWEEP_NANOS) {
          return false;
        }
      }
      return true;
    }
  }

  /** Ends the threads once they have done what is queued. Does not wait. */
  @Override
  public void close() {
    for (ExecutorService lane : lanes) {
      lane.shutdown();
    }
    flusher.shutdown();
  }
}
