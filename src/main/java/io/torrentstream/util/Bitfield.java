package io.torrentstream.util;

import java.util.Arrays;

/**
 * A fixed-size set of piece (or block) indices, as BEP 3 sends it: index 0 is the highest bit of
 * the first byte. Kept in longs, highest bit first, so that "first missing" and "has something I
 * lack" look at 64 indices at a time. The number of set bits is kept up to date and costs nothing
 * to ask.
 *
 * <p>Mutable, not thread-safe. Indices outside 0..size-1 throw {@link IndexOutOfBoundsException}:
 * numbers from a peer are checked before they get here.
 */
public final class Bitfield {
  private final int size;
  private final long[] words;
  private int count;

  /** An empty set over the indices 0..size-1. */
  public Bitfield(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: >= 0)");
    }
    this.size = size;
    this.words = new long[(size + 63) >>> 6];
  }

  private Bitfield(Bitfield other) {
    this.size = other.size;
    this.words = other.words.clone();
    this.count = other.count;
  }

  /**
   * Reads the payload of a BEP 3 bitfield message.
   *
   * @throws ProtocolException when the length does not fit {@code size}, or a spare bit at the end
   *     is set
   */
  public static Bitfield fromBytes(byte[] bytes, int size) throws ProtocolException {
    Bitfield bits = new Bitfield(size);
    int expected = byteCount(size);
    if (bytes.length != expected) {
      throw new ProtocolException(
          "bitfield length: " + bytes.length + " (expected: " + expected + ")");
    }
    for (int i = 0; i < bytes.length; i++) {
      bits.words[i >>> 3] |= (bytes[i] & 0xFFL) << (56 - 8 * (i & 7));
    }
    // BEP 3: spare bits at the end are zero; a peer that sets them counts pieces that do not exist.
    if (size < bytes.length * 8 && (bytes[bytes.length - 1] & (0xFF >>> (size & 7))) != 0) {
      throw new ProtocolException("bitfield spare bits: set (expected: zero)");
    }
    for (long word : bits.words) {
      bits.count += Long.bitCount(word);
    }
    return bits;
  }

  /** The number of bytes a bitfield message needs for {@code size} pieces. */
  public static int byteCount(int size) {
    return (size + 7) >>> 3;
  }

  public byte[] toBytes() {
    byte[] bytes = new byte[byteCount(size)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (words[i >>> 3] >>> (56 - 8 * (i & 7)));
    }
    return bytes;
  }

  public int size() {
    return size;
  }

  /** How many indices are in the set. */
  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public boolean isFull() {
    return count == size;
  }

  public boolean get(int index) {
    checkIndex(index);
    return (words[index >>> 6] & mask(index)) != 0;
  }

  /** Adds an index; true when it was not there before. */
  public boolean set(int index) {
    checkIndex(index);
    long mask = mask(index);
    if ((words[index >>> 6] & mask) != 0) {
      return false;
    }
    words[index >>> 6] |= mask;
    count++;
    return true;
  }

  /** Removes an index; true when it was there before. */
  public boolean clear(int index) {
    checkIndex(index);
    long mask = mask(index);
    if ((words[index >>> 6] & mask) == 0) {
      return false;
    }
    words[index >>> 6] &= ~mask;
    count--;
    return true;
  }

  public void setAll() {
    for (int w = 0; w < words.length; w++) {
      words[w] = validMask(w);
    }
    count = size;
  }

  /** The first index in the set at or after {@code from}, or -1. */
  public int nextSet(int from) {
    return next(from, 0L);
  }

  /** The first index not in the set at or after {@code from}, or -1. */
  public int nextClear(int from) {
    return next(from, -1L);
  }

  /** The last index in the set at or before {@code from}, or -1; {@code from} may be -1. */
  public int previousSet(int from) {
    if (from >= size) {
      throw new IndexOutOfBoundsException("index: " + from + " (expected: < " + size + ")");
    }
    for (int w = from >> 6; w >= 0; w--) {
      long candidates = words[w];
      if (w == from >> 6) {
        candidates &= Long.MIN_VALUE >> from; // shifts count modulo 64
      }
      if (candidates != 0) {
        return (w << 6) + 63 - Long.numberOfTrailingZeros(candidates);
      }
    }
    return -1;
  }

  /** The first index at or after {@code from} in this set and in {@code other}, or -1. */
  public int nextCommon(Bitfield other, int from) {
    requireSameSize(other);
    if (from < 0) {
      throw new IndexOutOfBoundsException("index: " + from);
    }
    for (int w = from >>> 6; w < words.length; w++) {
      long candidates = words[w] & other.words[w];
      if (w == from >>> 6) {
        candidates &= -1L >>> from; // shifts count modulo 64
      }
      if (candidates != 0) {
        return (w << 6) + Long.numberOfLeadingZeros(candidates);
      }
    }
    return -1;
  }

  /** True when this set has an index that {@code other}, of the same size, lacks. */
  public boolean hasAnyOutside(Bitfield other) {
    requireSameSize(other);
    for (int w = 0; w < words.length; w++) {
      if ((words[w] & ~other.words[w]) != 0) {
        return true;
      }
    }
    return false;
  }

  public Bitfield copy() {
    return new Bitfield(this);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Bitfield other && size == other.size && Arrays.equals(words, other.words);
  }

  @Override
  public int hashCode() {
    return 31 * size + Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return count + " of " + size;
  }

  private int next(int from, long flip) {
    if (from < 0) {
      throw new IndexOutOfBoundsException("index: " + from);
    }
    for (int w = from >>> 6; w < words.length; w++) {
      long candidates = (words[w] ^ flip) & validMask(w);
      if (w == from >>> 6) {
        candidates &= -1L >>> from; // shifts count modulo 64
      }
      if (candidates != 0) {
        return (w << 6) + Long.numberOfLeadingZeros(candidates);
      }
    }
    return -1;
  }

  private long validMask(int word) {
    int bits = size - (word << 6);
    return bits >= 64 ? -1L : ~(-1L >>> bits);
  }

  private static long mask(int index) {
    return Long.MIN_VALUE >>> index;
  }

  private void checkIndex(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("index: " + index + " (expected: 0.." + (size - 1) + ")");
    }
  }

  private void requireSameSize(Bitfield other) {
    if (other.size != size) {
      throw new IllegalArgumentException("size: " + other.size + " (expected: " + size + ")");
    }
  }
}
