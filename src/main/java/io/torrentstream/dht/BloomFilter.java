package io.torrentstream.dht;

import io.torrentstream.util.Digests;
import java.net.InetAddress;

/**
 * A set of addresses in 256 bytes, whose size can be estimated and which can be united with others
 * (BEP 33). Each address sets two of 2,048 bits.
 */
final class BloomFilter {
  static final int BYTES = 256;

  private static final int BITS = BYTES * 8;
  private static final int HASHES = 2;

  private final byte[] bits;

  BloomFilter() {
    this.bits = new byte[BYTES];
  }

  /** Copies {@code bits}, which must be 256 bytes. */
  BloomFilter(byte[] bits) {
    if (bits.length != BYTES) {
      throw new IllegalArgumentException("bloom filter bytes: " + bits.length);
    }
    this.bits = bits.clone();
  }

  void add(InetAddress address) {
    for (int bit : bitsOf(address)) {
      bits[bit / 8] |= (byte) (1 << bit % 8);
    }
  }

  /** Whether an address was added, or seems to have been. */
  boolean contains(InetAddress address) {
    for (int bit : bitsOf(address)) {
      if ((bits[bit / 8] & 1 << bit % 8) == 0) {
        return false;
      }
    }
    return true;
  }

  private static int[] bitsOf(InetAddress address) {
    byte[] hash = Digests.sha1().digest(address.getAddress());
    return new int[] {
      (hash[0] & 0xFF | (hash[1] & 0xFF) << 8) % BITS,
      (hash[2] & 0xFF | (hash[3] & 0xFF) << 8) % BITS
    };
  }

  void addAll(BloomFilter other) {
    for (int i = 0; i < BYTES; i++) {
      bits[i] |= other.bits[i];
    }
  }

  /** About how many addresses were added; breaks down beyond 6,000. */
  double estimate() {
    int zeros = BITS;
    for (byte b : bits) {
      zeros -= Integer.bitCount(b & 0xFF);
    }
    double counted = Math.max(1, Math.min(BITS - 1, zeros));
    return zeros == BITS ? 0 : Math.log(counted / BITS) / (HASHES * Math.log(1 - 1.0 / BITS));
  }

  /** A copy of the 256 bytes. */
  byte[] bytes() {
    return bits.clone();
  }
}
