package io.torrentstream.cli;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a torrent's loop and signals have to say to a command's own thread, which deals with it in
 * turn; and a tick once a second. {@link #await} is for that thread, the rest for any.
 */
final class Mail {
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final BlockingQueue<Runnable> letters = new LinkedBlockingQueue<>();
  private long nextTick = System.nanoTime() + TICK_NANOS;
  private volatile int interrupted;

  void add(Runnable letter) {
    letters.add(letter);
  }

  /**
   * A signal came: whoever waits wakes up.
   *
   * @param exitCode that it asks for
   */
  void interrupt(int exitCode) {
    interrupted = exitCode;
    letters.add(() -> {});
  }

  /** The exit code that a signal asked for, 0 when none came. */
  int interrupted() {
    return interrupted;
  }

  /**
   * Deals with one letter, or with the tick when none comes before it.
   *
   * @param atMostNanos to wait for either
   */
  void await(long atMostNanos, Runnable tick) throws InterruptedException {
    long wait = Math.min(nextTick - System.nanoTime(), atMostNanos);
    Runnable letter = letters.poll(wait, TimeUnit.NANOSECONDS);
    if (letter != null) {
      letter.run();
    } else if (nextTick - System.nanoTime() <= 0) {
      tick.run();
      nextTick = System.nanoTime() + TICK_NANOS;
    }
  }
}
