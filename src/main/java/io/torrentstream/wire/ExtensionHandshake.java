package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The first extension message, id 0: a bencoded dictionary in which a side says what it supports
 * (BEP 10). Every key is optional, and one that holds nonsense counts as missing: real clients send
 * odd things, and only a dictionary that is not bencoding is worth a closed connection. Immutable.
 *
 * @param ids {@code m}: extension name to the id under which the sender wants its messages; 0 turns
 *     an extension off. Only printable names, at most {@value #MAX_IDS} of them
 * @param port {@code p}: where the sender accepts connections; 0 when missing
 * @param version {@code v}: the sender's name for its program, control characters removed, at most
 *     {@value #MAX_VERSION} characters; empty when missing
 * @param reqq how many requests the sender keeps queued, 1 or more; {@value #DEFAULT_REQQ} when
 *     missing
 * @param yourIp the receiver's address as the sender sees it, or null
 * @param ipv4 an IPv4 address of the sender, or null
 * @param ipv6 an IPv6 address of the sender, or null
 * @param uploadOnly {@code upload_only}: the sender wants no more pieces (BEP 21)
 * @param metadataSize {@code metadata_size}: bytes of the info dictionary (BEP 9), at most {@link
 *     UtMetadata#MAX_BYTES}; 0 when missing
 */
public record ExtensionHandshake(
    Map<String, Integer> ids,
    int port,
    String version,
    int reqq,
    InetAddress yourIp,
    InetAddress ipv4,
    InetAddress ipv6,
    boolean uploadOnly,
    int metadataSize)
    implements ExtensionMessage {

  /** The extension id of this message itself. */
  public static final int ID = 0;

  /** What BEP 10 names as libtorrent's default, and so what a silent peer most likely does. */
  public static final int DEFAULT_REQQ = 250;

  static final int MAX_IDS = 64;
  static final int MAX_VERSION = 64;
  private static final int MAX_NAME = 64;

  /** What is known of a peer before its extension handshake, or when it never sends one. */
  public static final ExtensionHandshake NONE =
      new ExtensionHandshake(Map.of(), 0, "", DEFAULT_REQQ, null, null, null, false, 0);

  public ExtensionHandshake {
    ids = Map.copyOf(ids);
  }

  /**
   * What we tell a peer about ourselves.
   *
   * @param spoken the extensions whose messages we want
   */
  public static ExtensionHandshake local(
      Set<Extension> spoken,
      int port,
      String version,
      int reqq,
      InetAddress yourIp,
      boolean uploadOnly) {
    Map<String, Integer> ids = new HashMap<>();
    for (Extension extension : spoken) {
      ids.put(extension.wireName(), extension.localId());
    }
    return new ExtensionHandshake(ids, port, version, reqq, yourIp, null, null, uploadOnly, 0);
  }

  /**
   * The same with {@code metadata_size}.
   *
   * @param bytes of the info dictionary; 0 to say nothing
   */
  public ExtensionHandshake withMetadataSize(int bytes) {
    return new ExtensionHandshake(ids, port, version, reqq, yourIp, ipv4, ipv6, uploadOnly, bytes);
  }

  /** The id under which the sender of this handshake takes an extension's messages; 0 for none. */
  public int id(Extension extension) {
    return ids.getOrDefault(extension.wireName(), 0);
  }

  /** {@code m} of a later handshake changes the one before it (BEP 10: it is additive). */
  public ExtensionHandshake after(ExtensionHandshake earlier) {
    Map<String, Integer> merged = new HashMap<>(earlier.ids);
    for (Map.Entry<String, Integer> id : ids.entrySet()) {
      if (merged.size() < MAX_IDS || merged.containsKey(id.getKey())) {
        merged.put(id.getKey(), id.getValue());
      }
    }
    return new ExtensionHandshake(
        merged, port, version, reqq, yourIp, ipv4, ipv6, uploadOnly, metadataSize);
  }

  @Override
  public ByteBuf encode() {
    Map<String, BValue> m = new TreeMap<>();
    for (Map.Entry<String, Integer> id : ids.entrySet()) {
      m.put(id.getKey(), new BValue.Int(id.getValue()));
    }
    Map<String, BValue> dict = new TreeMap<>();
    dict.put("m", BValue.Dict.of(m));
    putPositive(dict, "p", port);
    putPositive(dict, "reqq", reqq);
    putPositive(dict, "metadata_size", metadataSize);
    putPositive(dict, "upload_only", uploadOnly ? 1 : 0);
    putAddress(dict, "yourip", yourIp);
    putAddress(dict, "ipv4", ipv4);
    putAddress(dict, "ipv6", ipv6);
    if (!version.isEmpty()) {
      dict.put("v", BValue.Str.of(version));
    }
    return Unpooled.wrappedBuffer(Bencode.write(BValue.Dict.of(dict)));
  }

  /**
   * Reads the payload of an extended message; the buffer stays the caller's.
   *
   * @throws ProtocolException when it does not begin with a bencoded dictionary
   */
  public static ExtensionHandshake decode(ByteBuf payload) throws ProtocolException {
    byte[] bytes = ByteBufUtil.getBytes(payload);
    // Only the prefix: some clients append bytes after the dictionary.
    if (!(Bencode.readPrefix(bytes, Bencode.Limits.MESSAGE).value() instanceof BValue.Dict dict)) {
      throw new ProtocolException("extension handshake: not a dictionary");
    }
    return new ExtensionHandshake(
        readIds(dict.dict("m")),
        within(dict.integer("p", 0), 1, 0xFFFF, 0),
        readVersion(dict.str("v")),
        within(dict.integer("reqq", 0), 1, Integer.MAX_VALUE, DEFAULT_REQQ),
        readAddress(dict, "yourip"),
        readAddress(dict, "ipv4"),
        readAddress(dict, "ipv6"),
        dict.integer("upload_only", 0) != 0,
        within(dict.integer("metadata_size", 0), 1, UtMetadata.MAX_BYTES, 0));
  }

  private static Map<String, Integer> readIds(BValue.Dict m) {
    Map<String, Integer> ids = new HashMap<>();
    if (m == null) {
      return ids;
    }
    for (String name : m.entries().keySet()) {
      int id = within(m.integer(name, -1), 0, 0xFF, -1);
      if (id >= 0 && isName(name) && ids.size() < MAX_IDS) {
        ids.put(name, id);
      }
    }
    return ids;
  }

  private static boolean isName(String key) {
    for (int i = 0; i < key.length(); i++) {
      if (key.charAt(i) <= 0x20 || key.charAt(i) >= 0x7F) {
        return false;
      }
    }
    return key.length() <= MAX_NAME;
  }

  /** Made for a terminal: no line breaks, escapes, or characters that turn the text around. */
  private static String readVersion(BValue.Str v) {
    if (v == null) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    String name = v.utf8();
    int taken = 0;
    for (int i = 0, c; i < name.length() && taken < MAX_VERSION; i += Character.charCount(c)) {
      c = name.codePointAt(i);
      if (isVisible(c)) {
        text.appendCodePoint(c);
        taken++;
      }
    }
    return text.toString().strip();
  }

  private static boolean isVisible(int character) {
    int type = Character.getType(character);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.SURROGATE
        && type != Character.PRIVATE_USE
        && type != Character.UNASSIGNED
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR;
  }

  private static InetAddress readAddress(BValue.Dict dict, String key) {
    BValue.Str address = dict.str(key);
    if (address == null) {
      return null;
    }
    try {
      return InetAddress.getByAddress(address.bytes());
    } catch (UnknownHostException e) {
      return null; // neither 4 nor 16 bytes
    }
  }

  private static int within(long value, int min, int max, int otherwise) {
    return value >= min && value <= max ? (int) value : otherwise;
  }

  private static void putPositive(Map<String, BValue> dict, String key, int value) {
    if (value > 0) {
      dict.put(key, new BValue.Int(value));
    }
  }

  private static void putAddress(Map<String, BValue> dict, String key, InetAddress address) {
    if (address != null) {
      dict.put(key, new BValue.Str(address.getAddress()));
    }
  }
}
