package io.torrentstream.dht;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@link KrpcMessage}s. Every length is bounded here; nothing behind it checks again. */
final class KrpcReader {
  /** The largest honest one is an item of 1,000 bytes with its signature and 16 nodes. */
  static final int MAX_DATAGRAM = 2048;

  /** We send it back: a long one would make our answers as long as the asker likes. */
  static final int MAX_TRANSACTION_ID = 16;

  /** We keep one for every node of a look-up and send it back. */
  static final int MAX_TOKEN = 128;

  /** Twice what BEP 5 allows; a liar's list costs us a question for each. */
  static final int MAX_NODES = 16;

  static final int MAX_VALUES = 128;
  static final int MAX_SAMPLES = 64;

  private KrpcReader() {}

  static KrpcMessage read(byte[] datagram) throws ProtocolException {
    if (datagram.length > MAX_DATAGRAM) {
      throw new ProtocolException(
          "krpc length: " + datagram.length + " (expected: <= " + MAX_DATAGRAM + ")");
    }
    if (!(Bencode.read(datagram, Bencode.Limits.MESSAGE) instanceof BValue.Dict message)) {
      throw new ProtocolException("krpc: no dictionary");
    }
    byte[] id = bytes(message, "t", 1, MAX_TRANSACTION_ID);
    String type = new BValue.Str(bytes(message, "y", 1, 1)).utf8();
    return switch (type) {
      case "q" -> query(id, message, datagram);
      case "r" -> answer(id, message);
      case "e" -> failure(id, message);
      default -> throw new ProtocolException("krpc y: unknown (expected: q, r or e)");
    };
  }

  // ---- queries

  private static KrpcMessage query(byte[] id, BValue.Dict message, byte[] datagram) {
    try {
      BValue.Dict arguments = dict(message, "a");
      NodeId sender = NodeId.of(bytes(arguments, "id", NodeId.LENGTH, NodeId.LENGTH));
      String method = new BValue.Str(bytes(message, "q", 1, 64)).utf8();
      if (method.equals("put")) {
        int code = putError(arguments);
        if (code != 0) {
          return new KrpcMessage.BadQuery(id, code, "item too big");
        }
        // BEP 44: an item that is not canonical must be refused, since it would not be found
        // under the hash of what was sent.
        if (!Arrays.equals(Bencode.write(message), datagram)) {
          throw new ProtocolException("krpc put: keys are not in order");
        }
      }
      Question question = question(method, arguments);
      return question == null
          ? new KrpcMessage.BadQuery(id, KrpcMessage.METHOD_UNKNOWN, "method unknown")
          : new KrpcMessage.Query(id, sender, message.integer("ro", 0) == 1, question);
    } catch (ProtocolException e) {
      return new KrpcMessage.BadQuery(id, KrpcMessage.PROTOCOL_ERROR, e.getMessage());
    }
  }

  /** Null for a method we do not know. */
  private static Question question(String method, BValue.Dict a) throws ProtocolException {
    return switch (method) {
      case "ping" -> new Question.Ping();
      case "find_node" -> new Question.FindNode(point(a, "target"), want(a));
      case "get_peers" ->
          new Question.GetPeers(
              infoHash(a), want(a), a.integer("noseed", 0) == 1, a.integer("scrape", 0) == 1);
      case "announce_peer" -> announcePeer(a);
      case "get" -> new Question.Get(point(a, "target"), want(a), a.integer("seq", -1));
      case "put" -> put(a);
      case "sample_infohashes" -> new Question.SampleInfohashes(point(a, "target"), want(a));
      default -> null;
    };
  }

  private static Question announcePeer(BValue.Dict a) throws ProtocolException {
    boolean impliedPort = a.integer("implied_port", 0) != 0;
    long port = a.integer("port", 0);
    if (!impliedPort && (port < 1 || port > 65535)) {
      throw new ProtocolException("krpc port: " + port + " (expected: 1..65535)");
    }
    return new Question.AnnouncePeer(
        infoHash(a), (int) port, impliedPort, token(a), a.integer("seed", 0) == 1);
  }

  /** The error of BEP 44 for an item beyond its limits, or 0. */
  private static int putError(BValue.Dict a) {
    BValue value = a.get("v");
    BValue.Str salt = a.str("salt");
    if (value != null && Bencode.write(value).length > Item.MAX_VALUE_BYTES) {
      return KrpcMessage.VALUE_TOO_BIG;
    }
    boolean saltTooBig = salt != null && salt.bytes().length > Item.MAX_SALT_BYTES;
    return saltTooBig ? KrpcMessage.SALT_TOO_BIG : 0;
  }

  private static Question put(BValue.Dict a) throws ProtocolException {
    BValue value = a.get("v");
    if (value == null) {
      throw new ProtocolException("krpc v: missing");
    }
    Item.Mutable mutable = null;
    if (a.get("k") != null) {
      byte[] key = bytes(a, "k", Item.KEY_BYTES, Item.KEY_BYTES);
      byte[] salt = a.get("salt") == null ? new byte[0] : bytes(a, "salt", 0, Item.MAX_SALT_BYTES);
      byte[] signature = bytes(a, "sig", Item.SIGNATURE_BYTES, Item.SIGNATURE_BYTES);
      mutable = new Item.Mutable(key, salt, sequence(a), signature);
    }
    long expected = Math.max(-1, a.integer("cas", -1));
    return new Question.Put(new Item(Bencode.write(value), mutable), expected, token(a));
  }

  private static long sequence(BValue.Dict a) throws ProtocolException {
    long sequence = a.integer("seq", -1);
    if (sequence < 0) {
      throw new ProtocolException("krpc seq: " + sequence + " (expected: >= 0)");
    }
    return sequence;
  }

  private static Question.Want want(BValue.Dict a) {
    List<BValue> list = a.list("want");
    return list == null
        ? Question.Want.UNSAID
        : new Question.Want(
            false, list.contains(BValue.Str.of("n4")), list.contains(BValue.Str.of("n6")));
  }

  // ---- answers

  private static KrpcMessage answer(byte[] id, BValue.Dict message) throws ProtocolException {
    BValue.Dict r = dict(message, "r");
    NodeId sender = NodeId.of(bytes(r, "id", NodeId.LENGTH, NodeId.LENGTH));
    Reply reply =
        new Reply(
            nodes(r, "nodes", Family.IPV4),
            nodes(r, "nodes6", Family.IPV6),
            r.get("token") == null ? null : token(r),
            values(r),
            filters(r),
            stored(r),
            samples(r));
    return new KrpcMessage.Answer(id, sender, seenAs(message), reply);
  }

  private static InetSocketAddress seenAs(BValue.Dict message) {
    BValue.Str ip = message.str("ip");
    return ip == null ? null : endpoint(ip.bytes());
  }

  /** Null for a length that is no address's, and for an address that can be nobody's. */
  private static InetSocketAddress endpoint(byte[] bytes) {
    for (Family family : Family.values()) {
      if (bytes.length == family.endpointBytes) {
        return Addresses.read(ByteBuffer.wrap(bytes), family);
      }
    }
    return null;
  }

  private static List<NodeInfo> nodes(BValue.Dict r, String key, Family family)
      throws ProtocolException {
    if (r.get(key) == null) {
      return List.of();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes(r, key, 0, MAX_DATAGRAM));
    if (in.remaining() % family.nodeBytes != 0) {
      throw new ProtocolException(
          "krpc "
              + key
              + ": "
              + in.remaining()
              + " bytes (expected: times "
              + family.nodeBytes
              + ")");
    }
    List<NodeInfo> nodes = new ArrayList<>();
    while (in.hasRemaining() && nodes.size() < MAX_NODES) {
      NodeId id = NodeId.read(in);
      InetSocketAddress address = Addresses.read(in, family);
      if (address != null) {
        nodes.add(new NodeInfo(id, address));
      }
    }
    return nodes;
  }

  private static List<InetSocketAddress> values(BValue.Dict r) {
    List<BValue> list = r.list("values");
    if (list == null) {
      return List.of();
    }
    List<InetSocketAddress> values = new ArrayList<>();
    for (BValue value : list.subList(0, Math.min(list.size(), MAX_VALUES))) {
      InetSocketAddress peer = value instanceof BValue.Str s ? endpoint(s.bytes()) : null;
      if (peer != null) {
        values.add(peer);
      }
    }
    return values;
  }

  private static Reply.Filters filters(BValue.Dict r) throws ProtocolException {
    if (r.get("BFsd") == null || r.get("BFpe") == null) {
      return null;
    }
    return new Reply.Filters(
        new BloomFilter(bytes(r, "BFsd", BloomFilter.BYTES, BloomFilter.BYTES)),
        new BloomFilter(bytes(r, "BFpe", BloomFilter.BYTES, BloomFilter.BYTES)));
  }

  private static Reply.Stored stored(BValue.Dict r) throws ProtocolException {
    BValue v = r.get("v");
    boolean isMutable = r.get("k") != null;
    if (v == null) {
      return r.get("seq") == null ? null : new Reply.Stored(null, null, null, sequence(r));
    }
    byte[] value = Bencode.write(v);
    if (value.length > Item.MAX_VALUE_BYTES) {
      throw new ProtocolException(
          "krpc v: " + value.length + " bytes (expected: <= " + Item.MAX_VALUE_BYTES + ")");
    }
    return isMutable
        ? new Reply.Stored(
            value,
            bytes(r, "k", Item.KEY_BYTES, Item.KEY_BYTES),
            bytes(r, "sig", Item.SIGNATURE_BYTES, Item.SIGNATURE_BYTES),
            sequence(r))
        : new Reply.Stored(value, null, null, -1);
  }

  private static Reply.Samples samples(BValue.Dict r) throws ProtocolException {
    if (r.get("samples") == null) {
      return null;
    }
    byte[] bytes = bytes(r, "samples", 0, MAX_DATAGRAM);
    List<InfoHash> infoHashes = new ArrayList<>();
    int count = Math.min(MAX_SAMPLES, bytes.length / InfoHash.LENGTH);
    for (int i = 0; i < count; i++) {
      int from = i * InfoHash.LENGTH;
      infoHashes.add(InfoHash.of(Arrays.copyOfRange(bytes, from, from + InfoHash.LENGTH)));
    }
    long interval = Math.max(0, Math.min(PeerStore.MAX_SAMPLE_SECONDS, r.integer("interval", 0)));
    return new Reply.Samples((int) interval, Math.max(0, r.integer("num", 0)), infoHashes);
  }

  private static KrpcMessage failure(byte[] id, BValue.Dict message) throws ProtocolException {
    List<BValue> list = message.list("e");
    if (list == null
        || list.size() < 2
        || !(list.get(0) instanceof BValue.Int code)
        || !(list.get(1) instanceof BValue.Str text)) {
      throw new ProtocolException("krpc e: not a code and a text");
    }
    return new KrpcMessage.Failure(id, code.value(), text.utf8());
  }

  // ---- values of any of them

  private static InfoHash infoHash(BValue.Dict a) throws ProtocolException {
    return InfoHash.of(bytes(a, "info_hash", InfoHash.LENGTH, InfoHash.LENGTH));
  }

  private static NodeId point(BValue.Dict a, String key) throws ProtocolException {
    return NodeId.of(bytes(a, key, NodeId.LENGTH, NodeId.LENGTH));
  }

  private static byte[] token(BValue.Dict dict) throws ProtocolException {
    return bytes(dict, "token", 0, MAX_TOKEN);
  }

  private static BValue.Dict dict(BValue.Dict in, String key) throws ProtocolException {
    BValue.Dict dict = in.dict(key);
    if (dict == null) {
      throw new ProtocolException("krpc " + key + ": no dictionary");
    }
    return dict;
  }

  private static byte[] bytes(BValue.Dict in, String key, int min, int max)
      throws ProtocolException {
    BValue.Str value = in.str(key);
    if (value == null) {
      throw new ProtocolException("krpc " + key + ": no string");
    }
    int length = value.bytes().length;
    if (length < min || length > max) {
      throw new ProtocolException(
          "krpc " + key + ": " + length + " bytes (expected: " + min + ".." + max + ")");
    }
    return value.bytes();
  }
}
