package io.torrentstream.bencode;

import io.torrentstream.util.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads one value. It goes into itself for every list and dictionary, which {@link
 * Bencode.Limits#maxDepth} bounds: without it, 20 kB of {@code l} would exhaust the stack.
 *
 * <p>Real torrents hold the same keys and folder names 100,000 times, and hostile ones a million
 * empty values; those of late are remembered and shared instead of made anew.
 */
final class BencodeReader {
  /** Longer strings are seldom the same. */
  private static final int MAX_SHARED = 64;

  private static final BValue.Lst EMPTY_LIST = new BValue.Lst(List.of());

  private final byte[] bytes;
  private final Bencode.Limits limits;
  private final String[] recentKeys = new String[64];
  private final BValue.Str[] recentStrings = new BValue.Str[64];
  private String[] recentDictKeys = {};

  /** What is in the lists and dictionaries that are not at their end, the outermost first. */
  private BValue[] openItems = new BValue[16];

  private String[] openKeys = new String[16];
  private int items;
  private int keys;
  private int position;
  private int values;

  BencodeReader(byte[] bytes, Bencode.Limits limits) {
    this.bytes = bytes;
    this.limits = limits;
  }

  /** Where the next byte to read stands. */
  int position() {
    return position;
  }

  BValue read() throws ProtocolException {
    return value(0);
  }

  private BValue value(int depth) throws ProtocolException {
    count();
    byte first = peek();
    return switch (first) {
      case 'i' -> integer();
      case 'l' -> list(nest(depth));
      case 'd' -> dict(nest(depth));
      case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> string();
      default -> throw fault("value", describe(first), "i, l, d or a digit");
    };
  }

  private BValue list(int depth) throws ProtocolException {
    position++;
    int from = items;
    while (peek() != 'e') {
      add(value(depth));
    }
    position++;
    return items == from ? EMPTY_LIST : new BValue.Lst(List.of(takeItems(from)));
  }

  private BValue dict(int depth) throws ProtocolException {
    int start = position++;
    int from = items;
    int fromKey = keys;
    boolean ascending = true;
    while (peek() != 'e') {
      count();
      String key = key();
      ascending &= keys == fromKey || openKeys[keys - 1].compareTo(key) < 0;
      addKey(key);
      add(value(depth));
    }
    position++;
    String[] names = takeKeys(fromKey);
    BValue[] values = takeItems(from);
    return ascending
        ? new BValue.Dict(names, values, start, position)
        : BValue.Dict.of(sort(names, values, start), start, position);
  }

  private void add(BValue item) {
    if (items == openItems.length) {
      openItems = Arrays.copyOf(openItems, 2 * items);
    }
    openItems[items++] = item;
  }

  private void addKey(String key) {
    if (keys == openKeys.length) {
      openKeys = Arrays.copyOf(openKeys, 2 * keys);
    }
    openKeys[keys++] = key;
  }

  /** The items of the innermost list or dictionary, which is at its end. */
  private BValue[] takeItems(int from) {
    BValue[] taken = Arrays.copyOfRange(openItems, from, items);
    items = from;
    return taken;
  }

  private String[] takeKeys(int from) {
    if (!Arrays.equals(recentDictKeys, 0, recentDictKeys.length, openKeys, from, keys)) {
      recentDictKeys = Arrays.copyOfRange(openKeys, from, keys);
    }
    keys = from;
    return recentDictKeys;
  }

  /**
   * Unsorted keys are in real files and harmless; two values under one key let two programs read
   * two torrents.
   */
  private static TreeMap<String, BValue> sort(String[] keys, BValue[] values, int start)
      throws ProtocolException {
    TreeMap<String, BValue> entries = new TreeMap<>();
    for (int i = 0; i < keys.length; i++) {
      if (entries.put(keys[i], values[i]) != null) {
        throw new ProtocolException(
            "bencode key: twice in the dictionary at byte " + start + " (expected: once)");
      }
    }
    return entries;
  }

  private BValue integer() throws ProtocolException {
    int at = position++;
    boolean negative = peek() == '-';
    if (negative) {
      position++;
    }
    int firstDigit = position;
    long value = digits('e');
    if (negative && value == 0) {
      throw new ProtocolException("bencode integer: -0 at byte " + at + " (expected: 0)");
    }
    checkLeadingZero("integer", firstDigit);
    return new BValue.Int(negative ? -value : value);
  }

  private BValue string() throws ProtocolException {
    int length = stringLength();
    int from = position;
    position += length;
    int slot = slot(from, length);
    BValue.Str recent = recentStrings[slot];
    if (recent != null
        && recent.bytes().length == length
        && Arrays.equals(recent.bytes(), 0, length, bytes, from, position)) {
      return recent;
    }
    BValue.Str string = new BValue.Str(Arrays.copyOfRange(bytes, from, position));
    if (length <= MAX_SHARED) {
      recentStrings[slot] = string;
    }
    return string;
  }

  private String key() throws ProtocolException {
    int length = stringLength();
    int from = position;
    position += length;
    int slot = slot(from, length);
    if (!isAt(recentKeys[slot], from, length)) {
      recentKeys[slot] = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    return recentKeys[slot];
  }

  private int slot(int from, int length) {
    return length == 0 ? 0 : (31 * length + 7 * bytes[from] + bytes[from + length - 1]) & 63;
  }

  private boolean isAt(String key, int from, int length) {
    if (key == null || key.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (key.charAt(i) != (bytes[from + i] & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** Reads a length and its colon; that many bytes are really there. */
  private int stringLength() throws ProtocolException {
    int at = position;
    long length = digits(':');
    checkLeadingZero("string length", at);
    int left = bytes.length - position;
    if (length > left) {
      throw new ProtocolException(
          "bencode string length: " + length + " at byte " + at + " (expected: <= " + left + ")");
    }
    return (int) length;
  }

  /** Reads digits up to {@code terminator}, which is passed over too; at most 2^63 - 1. */
  private long digits(char terminator) throws ProtocolException {
    int start = position;
    long value = 0;
    byte next;
    while ((next = peek()) != terminator) {
      int digit = next - '0';
      if (digit < 0 || digit > 9) {
        throw fault("number", describe(next), "a digit or '" + terminator + "'");
      }
      if (value > (Long.MAX_VALUE - digit) / 10) {
        throw fault("number", "over 63 bits", "<= " + Long.MAX_VALUE);
      }
      value = value * 10 + digit;
      position++;
    }
    if (position == start) {
      throw fault("number", "no digits", "at least one");
    }
    position++;
    return value;
  }

  /** Called when the digits from {@code firstDigit} on and their terminator were read. */
  private void checkLeadingZero(String what, int firstDigit) throws ProtocolException {
    if (bytes[firstDigit] == '0' && position - firstDigit > 2) {
      throw new ProtocolException(
          "bencode " + what + ": leading zero at byte " + firstDigit + " (expected: none)");
    }
  }

  private int nest(int depth) throws ProtocolException {
    if (depth >= limits.maxDepth()) {
      throw fault("depth", "over " + limits.maxDepth(), "<= " + limits.maxDepth());
    }
    return depth + 1;
  }

  private void count() throws ProtocolException {
    if (++values > limits.maxValues()) {
      throw fault("values", "over " + limits.maxValues(), "<= " + limits.maxValues());
    }
  }

  private byte peek() throws ProtocolException {
    if (position >= bytes.length) {
      throw new ProtocolException("bencode: ends too early, after " + bytes.length + " bytes");
    }
    return bytes[position];
  }

  private ProtocolException fault(String what, String value, String expected) {
    return new ProtocolException(
        "bencode "
            + what
            + ": "
            + value
            + " at byte "
            + position
            + " (expected: "
            + expected
            + ")");
  }

  private static String describe(byte b) {
    return b > 0x20 && b < 0x7F ? "'" + (char) b + "'" : String.format("byte 0x%02x", b & 0xFF);
  }
}
