package io.torrentstream.dht;

import java.util.ArrayList;
import java.util.List;

/**
 * What a look-up came to.
 *
 * @param asked nodes that were asked
 * @param answered those of them that answered
 * @param rounds the longest way to a node that answered: how many answers, one after the other
 * @param closest the nodes closest to the target, at most eight in each DHT, closest first
 * @param stored nodes that said that they stored what was given to them
 * @param error what a node said that did not store it; null if none did
 */
public record LookupResult(
    int asked, int answered, int rounds, List<NodeInfo> closest, int stored, String error) {
  /** Nobody was there to ask. */
  public static final LookupResult NONE = new LookupResult(0, 0, 0, List.of(), 0, null);

  /** Both together: those of the IPv4 and the IPv6 DHT. */
  LookupResult plus(LookupResult other) {
    List<NodeInfo> nodes = new ArrayList<>(closest);
    nodes.addAll(other.closest);
    return new LookupResult(
        asked + other.asked,
        answered + other.answered,
        Math.max(rounds, other.rounds),
        nodes,
        stored + other.stored,
        error == null ? other.error : error);
  }
}
