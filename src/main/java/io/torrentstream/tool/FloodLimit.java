package io.torrentstream.tool;

/**
 * How often one address may ask: so many times a second, and for a start {@value #BURST_SECONDS}
 * seconds' worth at once, since a client that has a thousand torrents announces all of them when it
 * starts. The first half of an IPv6 address counts as one address: it is what one customer has.
 *
 * <p>Addresses that share a bucket share its limit. There are so many buckets, chosen by a keyed
 * hash, that this takes a flood to matter; in return the memory is the same whoever floods. Not
 * thread-safe; time is passed in.
 */
final class FloodLimit {
  static final int BUCKETS = 65536;
  static final int BURST_SECONDS = 100;

  private static final int IPV6_LENGTH = 16;
  private static final int IPV6_NETWORK_LENGTH = 8;

  private final int perSecond;
  private final SipHash hash;

  /** What a bucket held when it was last touched; it leaks {@link #perSecond}. */
  private final int[] levels = new int[BUCKETS];

  private final int[] touchedSeconds = new int[BUCKETS];

  /**
   * @param perSecond 0 for no limit
   */
  FloodLimit(int perSecond, SipHash hash) {
    this.perSecond = perSecond;
    this.hash = hash;
  }

  /** Counts a request, and says whether it may be answered. */
  boolean admits(byte[] address, int nowSeconds) {
    if (perSecond == 0) {
      return true;
    }
    int length = address.length == IPV6_LENGTH ? IPV6_NETWORK_LENGTH : address.length;
    int bucket = (int) hash.hash(address, 0, length) & (BUCKETS - 1);
    long leaked = (long) (nowSeconds - touchedSeconds[bucket]) * perSecond;
    int level = (int) Math.max(0, levels[bucket] - leaked);
    boolean admitted = level < perSecond * BURST_SECONDS;
    levels[bucket] = admitted ? level + 1 : level;
    touchedSeconds[bucket] = nowSeconds;
    return admitted;
  }
}
