package io.torrentstream.bencode;

import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

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
    BencodeReader reader = new BencodeReader(bytes, limits);
    BValue value = reader.read();
    if (reader.position() != bytes.length) {
      throw new ProtocolException(
          "bencode: "
              + (bytes.length - reader.position())
              + " bytes after the end (expected: none)");
    }
    return value;
  }

  /** One value and where the bytes after it begin (BEP 9 puts a piece of metadata there). */
  public record Prefix(BValue value, int end) {}

  /** Reads the value that {@code bytes} begin with; whatever follows it is left alone. */
  public static Prefix readPrefix(byte[] bytes, Limits limits) throws ProtocolException {
    BencodeReader reader = new BencodeReader(bytes, limits);
    BValue value = reader.read();
    return new Prefix(value, reader.position());
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
}
