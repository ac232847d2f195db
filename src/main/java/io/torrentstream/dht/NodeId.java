package io.torrentstream.dht;

import io.torrentstream.metainfo.InfoHash;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * A point of the DHT's space of 160 bits: the name of a node, or of what is stored near it (BEP 5).
 * The distance of two points is their XOR, as an unsigned number. Immutable.
 */
public final class NodeId {
  public static final int LENGTH = 20;
  public static final int BITS = 8 * LENGTH;

  // Three numbers instead of an array: distances are compared thousands of times a lookup.
  private final long high;
  private final long middle;
  private final int low;

  private NodeId(long high, long middle, int low) {
    this.high = high;
    this.middle = middle;
    this.low = low;
  }

  /** Reads {@code bytes}, which must be 20. */
  public static NodeId of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "node id length: " + bytes.length + " (expected: " + LENGTH + ")");
    }
    return read(ByteBuffer.wrap(bytes));
  }

  /** The point near which a torrent's peers are stored. */
  public static NodeId of(InfoHash infoHash) {
    return of(infoHash.bytes());
  }

  /** Takes the next 20 bytes of {@code in}. */
  static NodeId read(ByteBuffer in) {
    return new NodeId(in.getLong(), in.getLong(), in.getInt());
  }

  static NodeId random(RandomGenerator random) {
    return new NodeId(random.nextLong(), random.nextLong(), random.nextInt());
  }

  /**
   * A random id that shares exactly the first {@code bits} bits with this one, or at least so many.
   *
   * @param bits 0 to 159
   */
  NodeId randomNear(int bits, boolean exactly, RandomGenerator random) {
    byte[] near = random(random).bytes();
    byte[] own = bytes();
    for (int bit = 0; bit < bits; bit++) {
      copyBit(own, near, bit, 0);
    }
    if (exactly) {
      copyBit(own, near, bits, 1);
    }
    return of(near);
  }

  private static void copyBit(byte[] from, byte[] to, int bit, int flip) {
    int mask = 0x80 >>> (bit & 7);
    int wanted = (from[bit >> 3] ^ (flip == 0 ? 0 : mask)) & mask;
    to[bit >> 3] = (byte) ((to[bit >> 3] & ~mask) | wanted);
  }

  /** How many bits at the beginning are the same, 0 to 160. */
  int commonPrefix(NodeId other) {
    if (high != other.high) {
      return Long.numberOfLeadingZeros(high ^ other.high);
    }
    if (middle != other.middle) {
      return 64 + Long.numberOfLeadingZeros(middle ^ other.middle);
    }
    return 128 + Integer.numberOfLeadingZeros(low ^ other.low);
  }

  /** Which of two ids is closer to this one: negative for {@code a}, positive for {@code b}. */
  int compareDistances(NodeId a, NodeId b) {
    if (a.high != b.high) {
      return Long.compareUnsigned(a.high ^ high, b.high ^ high);
    }
    if (a.middle != b.middle) {
      return Long.compareUnsigned(a.middle ^ middle, b.middle ^ middle);
    }
    return Integer.compareUnsigned(a.low ^ low, b.low ^ low);
  }

  /** A new array of the 20 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(LENGTH).putLong(high).putLong(middle).putInt(low).array();
  }

  /** 40 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof NodeId other
        && high == other.high
        && middle == other.middle
        && low == other.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high ^ middle) ^ low;
  }
}
