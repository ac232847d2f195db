package io.torrentstream.dht;

/** How often each {@link DhtEvent} happened. */
final class Counters {
  private final long[] counts = new long[DhtEvent.values().length];

  void count(DhtEvent event) {
    counts[event.ordinal()]++;
  }

  long of(DhtEvent event) {
    return counts[event.ordinal()];
  }
}
