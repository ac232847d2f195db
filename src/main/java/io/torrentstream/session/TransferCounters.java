package io.torrentstream.session;

import io.torrentstream.util.SpeedMeter;

/** What one torrent has moved in this run, payload only. Confined to the torrent's loop. */
final class TransferCounters {
  final SpeedMeter down;
  final SpeedMeter up;
  long wasted;
  private long skipped; // a part of the wasted ones
  int hashFailures;

  TransferCounters(long nowNanos) {
    down = new SpeedMeter(nowNanos);
    up = new SpeedMeter(nowNanos);
  }

  /** Bytes were read over that lie in front of the wanted ones in a file of a web server. */
  void onSkipped(int bytes) {
    wasted += bytes;
    skipped += bytes;
  }

  /**
   * Bytes that came and were not in vain, as far as is known; a wrong piece takes its own back.
   * Those read over count: they are the way to the wanted ones, which may be a long one.
   */
  long useful() {
    return down.total() - wasted + skipped;
  }
}
