package io.torrentstream.dht;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Our address as others see it, which our id must fit (BEP 42). Every answer may name one; no
 * single node is believed, so the latest voters from different networks are counted. Not
 * thread-safe.
 */
public final class ExternalAddress {
  /** So many networks must agree, and they must be more than half of those that voted. */
  static final int QUORUM = 5;

  static final int MAX_VOTERS = 20;

  private final Map<Long, InetAddress> votes =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, InetAddress> eldest) {
          return size() > MAX_VOTERS;
        }
      };

  private InetAddress settled;

  /** The address that is settled; null while there is none. */
  public InetAddress settled() {
    return settled;
  }

  /** Returns true when this vote settles our address, for the first time or anew. */
  public boolean onVote(InetAddress voter, InetAddress seen) {
    if (Hosts.isLocal(voter) || Hosts.isLocal(seen)) {
      return false; // ids are free there
    }
    votes.put(Addresses.neighbourhood(voter), seen);
    Map<InetAddress, Integer> counts = new HashMap<>();
    votes.values().forEach(address -> counts.merge(address, 1, Integer::sum));
    int agreeing = counts.get(seen);
    if (agreeing < QUORUM || 2 * agreeing <= votes.size() || seen.equals(settled)) {
      return false;
    }
    settled = seen;
    return true;
  }
}
