package io.torrentstream.session;

import io.torrentstream.util.SpeedMeter;

/** What one torrent has moved in this run, payload only. Confined to the torrent's loop. */
final class TransferCounters {
  final SpeedMeter down;
  final SpeedMeter up;
  long wasted;
  int hashFailures;

  TransferCounters(long nowNanos) {
    down = new SpeedMeter(nowNanos);
    up = new SpeedMeter(nowNanos);
  }

  /** Bytes that came and were not in vain, as far as is known; a wrong piece takes its own back. */
  long useful() {
    return down.total() - wasted;
  }
}
