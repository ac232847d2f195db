package io.torrentstream.bencode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A bencoded value (BEP 3): byte string, integer, list or dictionary. Immutable by convention:
 * whoever reads a value does not change its arrays.
 */
public sealed interface BValue {

  /** A byte string. Not necessarily text. */
  record Str(byte[] bytes) implements BValue {
    public static Str of(String utf8) {
      return new Str(utf8.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes as UTF-8, malformed sequences replaced. */
    public String utf8() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Str other && Arrays.equals(bytes, other.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return utf8();
    }
  }

  /** An integer of 64 bits. */
  record Int(long value) implements BValue {}

  /** A list. */
  record Lst(List<BValue> items) implements BValue {}

  /**
   * A dictionary. Keys are byte strings; they are held as ISO 8859-1 strings, one character a byte,
   * so that any key survives and ASCII keys read as themselves.
   *
   * @param entries in the order of the keys' bytes
   * @param start where the dictionary's own {@code d} stands in the bytes that were read
   * @param end one past its {@code e}; both 0 for a dictionary that was built, not read. An
   *     info-hash is taken over this range of the original bytes and never over a re-encoding,
   *     which could differ.
   */
  record Dict(SortedMap<String, BValue> entries, int start, int end) implements BValue {
    public static Dict of(Map<String, BValue> entries) {
      return new Dict(new TreeMap<>(entries), 0, 0);
    }

    /** The value of a key, or null. */
    public BValue get(String key) {
      return entries.get(key);
    }

    /** The string of a key; null when the key is missing or holds something else. */
    public Str str(String key) {
      return entries.get(key) instanceof Str s ? s : null;
    }

    /** The integer of a key; {@code otherwise} when the key is missing or holds something else. */
    public long integer(String key, long otherwise) {
      return entries.get(key) instanceof Int i ? i.value() : otherwise;
    }

    /** The items of a key's list; null when the key is missing or holds something else. */
    public List<BValue> list(String key) {
      return entries.get(key) instanceof Lst l ? l.items() : null;
    }

    /** The dictionary of a key; null when the key is missing or holds something else. */
    public Dict dict(String key) {
      return entries.get(key) instanceof Dict d ? d : null;
    }
  }
}
