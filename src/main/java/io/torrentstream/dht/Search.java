package io.torrentstream.dht;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a user of the node asked for: a {@link Lookup} in each DHT that the node is part of.
 * Confined to the node's thread.
 */
public final class Search {
  private final List<Lookup> lookups = new ArrayList<>();
  private final Consumer<LookupResult> whenDone;
  private LookupResult result = LookupResult.NONE;
  private int running;

  Search(Consumer<LookupResult> whenDone) {
    this.whenDone = whenDone;
  }

  /** Ends it; its listener hears no more. */
  public void cancel() {
    lookups.forEach(Lookup::cancel);
  }

  /** Starts its look-ups, all of which report to {@link #onDone}; with none it is done at once. */
  void start(List<Lookup> all, long nowNanos) {
    running = all.size();
    lookups.addAll(all);
    if (all.isEmpty()) {
      whenDone.accept(result);
    }
    all.forEach(lookup -> lookup.step(nowNanos));
  }

  void onDone(LookupResult ofOne) {
    result = result.plus(ofOne);
    running--;
    if (running == 0) {
      whenDone.accept(result);
    }
  }
}
