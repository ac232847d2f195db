package io.torrentstream.session;

import java.util.concurrent.TimeUnit;

/**
 * Measures the runs of one web seed: how fast it is, and how many blocks to ask for next. Long runs
 * make few requests, and no server likes hundreds (BEP 19); but what a slow server is asked for is
 * long kept from others. Confined to the torrent's loop; time is passed in.
 */
final class RunMeter {
  /** A run begins with so many blocks (1 MiB) and doubles while it takes less than this. */
  private static final int LEAST_BLOCKS = 64;

  private static final int MOST_BLOCKS = 4096;
  private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Sooner than this, the bytes of a run say nothing about the next ones. */
  private static final long TELLING_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Bytes per second, until it has shown what it can: a server is taken to be fast. */
  private static final long FIRST_RATE = 1024 * 1024;

  private int blocks = LEAST_BLOCKS;
  private long rate = FIRST_RATE;
  private boolean running;
  private long startNanos;
  private long bytes;

  /** How many blocks to ask for in the next run. */
  int blocks() {
    return blocks;
  }

  void onStart(long nowNanos) {
    running = true;
    startNanos = nowNanos;
    bytes = 0;
  }

  void onBytes(int count) {
    bytes += count;
  }

  /** The run came whole. */
  void onDone(long nowNanos) {
    long took = Math.max(1, nowNanos - startNanos);
    if (bytes > 0) { // and not pad files alone
      rate = (long) (bytes * 1e9 / took);
    }
    if (took < SHORT_NANOS) {
      blocks = Math.min(MOST_BLOCKS, blocks * 2);
    } else if (took > LONG_NANOS) {
      blocks = Math.max(LEAST_BLOCKS, blocks / 2);
    }
    running = false;
  }

  /** The run was given up. Without a byte the server must not look faster than a slow peer. */
  void onBroken(long nowNanos) {
    rate = bytes == 0 ? 0 : rate(nowNanos);
    running = false;
  }

  /** Bytes per second: of the run under way once it says something, or else of the last one. */
  long rate(long nowNanos) {
    long elapsed = nowNanos - startNanos;
    return running && elapsed >= TELLING_NANOS ? (long) (bytes * 1e9 / elapsed) : rate;
  }
}
