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
  final class Str implements BValue {
    private final byte[] bytes;

    /** Kept, since a reader gives the folder of 1,000 files as one and the same string. */
    private String utf8;

    /** Takes the bytes over. */
    public Str(byte[] bytes) {
      this.bytes = bytes;
    }

    public static Str of(String utf8) {
      return new Str(utf8.getBytes(StandardCharsets.UTF_8));
    }

    /** Not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    /** The bytes as UTF-8, malformed sequences replaced. */
    public String utf8() {
      String text = utf8; // read once: another thread may be here, too
      if (text == null) {
        text = new String(bytes, StandardCharsets.UTF_8);
        utf8 = text;
      }
      return text;
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
   * <p>Two arrays and no map: a torrent of 100,000 files has as many dictionaries, nearly all with
   * the same keys, whose array they then share.
   */
  final class Dict implements BValue {
    private final String[] keys;
    private final BValue[] values;
    private final int start;
    private final int end;

    /** Takes both arrays over; {@code keys} ascending. */
    Dict(String[] keys, BValue[] values, int start, int end) {
      this.keys = keys;
      this.values = values;
      this.start = start;
      this.end = end;
    }

    public static Dict of(Map<String, BValue> entries) {
      return of(new TreeMap<>(entries), 0, 0);
    }

    static Dict of(SortedMap<String, BValue> entries, int start, int end) {
      return new Dict(
          entries.keySet().toArray(new String[0]),
          entries.values().toArray(new BValue[0]),
          start,
          end);
    }

    /** A copy of all keys and values, in the order of the keys' bytes. */
    public SortedMap<String, BValue> entries() {
      SortedMap<String, BValue> entries = new TreeMap<>();
      for (int i = 0; i < keys.length; i++) {
        entries.put(keys[i], values[i]);
      }
      return entries;
    }

    /** Where the dictionary's own {@code d} stands in the bytes that were read; 0 if it was not. */
    public int start() {
      return start;
    }

    /**
     * One past the dictionary's own {@code e}; 0 for a dictionary that was built, not read. An
     * info-hash is taken over this range of the original bytes and never over a re-encoding, which
     * could differ.
     */
    public int end() {
      return end;
    }

    /** The value of a key, or null. */
    public BValue get(String key) {
      // Dictionaries that are asked have few keys, and most of those differ in length.
      for (int i = 0; i < keys.length; i++) {
        if (keys[i].equals(key)) {
          return values[i];
        }
      }
      return null;
    }

    /** The string of a key; null when the key is missing or holds something else. */
    public Str str(String key) {
      return get(key) instanceof Str s ? s : null;
    }

    /** The integer of a key; {@code otherwise} when the key is missing or holds something else. */
    public long integer(String key, long otherwise) {
      return get(key) instanceof Int i ? i.value() : otherwise;
    }

    /** The items of a key's list; null when the key is missing or holds something else. */
    public List<BValue> list(String key) {
      return get(key) instanceof Lst l ? l.items() : null;
    }

    /** The dictionary of a key; null when the key is missing or holds something else. */
    public Dict dict(String key) {
      return get(key) instanceof Dict d ? d : null;
    }

    /** Equal keys and values; where they were read does not matter. */
    @Override
    public boolean equals(Object o) {
      return o instanceof Dict other
          && Arrays.equals(keys, other.keys)
          && Arrays.equals(values, other.values);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(keys) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return entries().toString();
    }
  }
}
