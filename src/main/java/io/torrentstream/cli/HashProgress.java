package io.torrentstream.cli;

import io.torrentstream.util.SpeedMeter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Shows on stderr how far the hashing is: on a terminal one line with a bar, elsewhere a line now
 * and then. Told by all the threads that hash, each of which may draw.
 */
final class HashProgress implements LongConsumer {
  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Console console;
  private final long total;
  private final LongSupplier nanoTime;
  private final boolean live;
  private final int width;
  private final ProgressLine line;
  private final SpeedMeter speed;
  private volatile long nextNanos;
  private long shown;

  /**
   * @param total all bytes
   * @param nanoTime a monotonic clock
   */
  HashProgress(Console console, long total, LongSupplier nanoTime) {
    this.console = console;
    this.total = total;
    this.nanoTime = nanoTime;
    this.live = console.terminal().interactive();
    this.width = live ? console.terminal().width() : 0;
    this.line = new ProgressLine(console.err());
    this.speed = new SpeedMeter(nanoTime.getAsLong());
    this.nextNanos = nanoTime.getAsLong() + (live ? REDRAW_NANOS : LINE_NANOS);
  }

  /** Takes the bytes hashed so far. Nearly all calls return at once, without a lock. */
  @Override
  public void accept(long hashed) {
    long nowNanos = nanoTime.getAsLong();
    if (nowNanos - nextNanos >= 0) {
      show(hashed, nowNanos);
    }
  }

  private synchronized void show(long hashed, long nowNanos) {
    // Another thread may have been faster, with a higher number.
    if (nowNanos - nextNanos < 0 || hashed <= shown) {
      return;
    }
    speed.add(hashed - shown, nowNanos);
    shown = hashed;
    nextNanos = nowNanos + (live ? REDRAW_NANOS : LINE_NANOS);
    String numbers = numbers(hashed, speed.rate(nowNanos));
    if (live) {
      String text = StatusText.withBar(Units.percent(hashed, total), numbers, width);
      line.show(text, width, console.terminal().colour() ? StatusText.barLength(text) : 0);
    } else {
      console.note(numbers);
    }
  }

  private String numbers(long hashed, long rate) {
    String eta = rate == 0 ? "" : ", ETA " + Units.clock((total - hashed) / rate);
    return Units.percent(hashed, total)
        + "% hashed of "
        + Units.bytes(total)
        + ", "
        + Units.rate(rate)
        + eta;
  }

  /** Leaves the terminal as it was. For when nothing hashes any more. */
  synchronized void end() {
    line.clear();
  }
}
