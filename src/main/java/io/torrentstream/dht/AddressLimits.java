package io.torrentstream.dht;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@link TokenBucket} for each customer's address; those unheard of for longest are forgotten.
 */
final class AddressLimits {
  /**
   * A flood from made-up addresses could fill the memory; a limit over all of them is elsewhere.
   */
  static final int MAX_ADDRESSES = 4096;

  private final double perSecond;
  private final Map<Long, TokenBucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, TokenBucket> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  AddressLimits(double perSecond) {
    this.perSecond = perSecond;
  }

  boolean take(InetAddress address, long nowNanos) {
    return buckets
        .computeIfAbsent(Hosts.customer(address), key -> new TokenBucket(perSecond, nowNanos))
        .take(1, nowNanos);
  }
}
