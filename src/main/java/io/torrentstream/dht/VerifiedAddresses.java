package io.torrentstream.dht;

import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Addresses that have lately shown that they receive what is sent to them: by an answer to a
 * question of ours, or a token. The others may be made up by whoever wants us to flood them.
 */
final class VerifiedAddresses {
  static final int MAX = 4096;
  static final long LIFETIME_NANOS = TimeUnit.MINUTES.toNanos(15);

  private final Map<InetSocketAddress, Long> seenAt =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, Long> eldest) {
          return size() > MAX;
        }
      };

  void add(InetSocketAddress address, long nowNanos) {
    seenAt.put(address, nowNanos);
  }

  boolean contains(InetSocketAddress address, long nowNanos) {
    Long at = seenAt.get(address);
    return at != null && nowNanos - at < LIFETIME_NANOS;
  }
}
