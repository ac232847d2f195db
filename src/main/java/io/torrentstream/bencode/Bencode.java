package io.torrentstream.bencode;

import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes bencoding (BEP 3). Reading is bounded in depth and in the number of values, so
 * that no input can exhaust the stack or make memory many times its own size; a length is checked
 * against the bytes that are left before anything is allocated.
 */
public final class Bencode {

  /**
   * What a reader accepts.
   *
   * @param maxDepth lists and dictionaries inside each other
   * @param maxValues values in all, the dictionaries' keys included
   */
  public record Limits(int maxDepth, int maxValues) {
    /** For whole .torrent files: real ones have 300,000 files, three values each and more. */
    public static final Limits TORRENT = new Limits(100, 3_000_000);

    /** For what peers, trackers and nodes send in one message. */
    public static final Limits MESSAGE = new Limits(16, 10_000);
  }

  private Bencode() {}

  /** Reads exactly one value that takes up all of {@code bytes}. */
  public static BValue read(byte[] bytes, Limits limits) throws ProtocolException {
    Reader reader = new Reader(bytes, 0, limits);
    BValue value = reader.value(0);
    if (reader.position != bytes.length) {
      throw new ProtocolException(
          "bencode: " + (bytes.length - reader.position) + " bytes after the end (expected: none)");
    }
    return value;
  }

  /** One value and where the bytes after it begin (BEP 9 puts a piece of metadata there). */
  public record Prefix(BValue value, int end) {}

  /** Reads the value that {@code bytes} begin with; whatever follows it is left alone. */
  public static Prefix readPrefix(byte[] bytes, Limits limits) throws ProtocolException {
    Reader reader = new Reader(bytes, 0, limits);
    BValue value = reader.value(0);
    return new Prefix(value, reader.position);
  }

  /** The canonical encoding: keys sorted by their bytes, integers without leading zeros. */
  public static byte[] write(BValue value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(value, out);
    return out.toByteArray();
  }

  private static void write(BValue value, ByteArrayOutputStream out) {
    if (value instanceof BValue.Str s) {
      writeString(s.bytes(), out);
    } else if (value instanceof BValue.Int i) {
      out.writeBytes(("i" + i.value() + "e").getBytes(StandardCharsets.US_ASCII));
    } else if (value instanceof BValue.Lst l) {
      out.write('l');
      l.items().forEach(item -> write(item, out));
      out.write('e');
    } else if (value instanceof BValue.Dict d) {
      out.write('d');
      for (Map.Entry<String, BValue> entry : d.entries().entrySet()) {
        writeString(entry.getKey().getBytes(StandardCharsets.ISO_8859_1), out);
        write(entry.getValue(), out);
      }
      out.write('e');
    }
  }

  private static void writeString(byte[] bytes, ByteArrayOutputStream out) {
    out.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(bytes);
  }

  private static final class Reader {
    private final byte[] bytes;
    private final Limits limits;
    private int position;
    private int values;

    Reader(byte[] bytes, int position, Limits limits) {
      this.bytes = bytes;
      this.position = position;
      this.limits = limits;
    }

    BValue value(int depth) throws ProtocolException {
      count();
      return switch (peek()) {
        case 'i' -> integer();
        case 'l' -> list(nest(depth));
        case 'd' -> dict(nest(depth));
        case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> new BValue.Str(string());
        default -> throw fault("value", describe(peek()), "i, l, d or a digit");
      };
    }

    private BValue list(int depth) throws ProtocolException {
      position++;
      ArrayList<BValue> items = new ArrayList<>();
      while (peek() != 'e') {
        items.add(value(depth));
      }
      position++;
      return new BValue.Lst(items);
    }

    private BValue dict(int depth) throws ProtocolException {
      int start = position++;
      TreeMap<String, BValue> entries = new TreeMap<>();
      while (peek() != 'e') {
        count();
        String key = new String(string(), StandardCharsets.ISO_8859_1);
        // Unsorted keys are in real files and harmless; two values under one key let two programs
        // read two torrents.
        if (entries.put(key, value(depth)) != null) {
          throw new ProtocolException("bencode key: twice in one dictionary at byte " + position);
        }
      }
      position++;
      return new BValue.Dict(entries, start, position);
    }

    private BValue integer() throws ProtocolException {
      int at = ++position;
      boolean negative = peek() == '-';
      if (negative) {
        position++;
      }
      int firstDigit = position;
      long value = digits('e');
      if (negative && value == 0) {
        throw fault("integer", "-0", "no negative zero");
      }
      if (bytes[firstDigit] == '0' && position - 1 - firstDigit > 1) {
        throw new ProtocolException("bencode integer: leading zero at byte " + at);
      }
      return new BValue.Int(negative ? -value : value);
    }

    private byte[] string() throws ProtocolException {
      int at = position;
      long length = digits(':');
      if (bytes[at] == '0' && position - at > 2) {
        throw new ProtocolException("bencode string length: leading zero at byte " + at);
      }
      if (length > bytes.length - position) {
        throw new ProtocolException(
            "bencode string length: "
                + length
                + " at byte "
                + at
                + " (expected: <= "
                + (bytes.length - position)
                + ")");
      }
      position += (int) length;
      return Arrays.copyOfRange(bytes, position - (int) length, position);
    }

    /** Reads digits up to {@code terminator}, which is passed over too; at most 2^63 - 1. */
    private long digits(char terminator) throws ProtocolException {
      int start = position;
      long value = 0;
      while (peek() != terminator) {
        int digit = bytes[position] - '0';
        if (digit < 0 || digit > 9) {
          throw fault("number", describe(bytes[position]), "a digit or '" + terminator + "'");
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
}
