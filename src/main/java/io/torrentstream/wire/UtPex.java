package io.torrentstream.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.util.ProtocolException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who connected to the sender, and who left it, since its last such message (BEP 11). Immutable.
 *
 * <pre>
 *  d
 *    5:added      | IPv4 (4)  | port (2) | ...     6:added6     | IPv6 (16) | port (2) | ...
 *    7:added.f    | flags (1) | ...                8:added6.f   | flags (1) | ...
 *    7:dropped    | IPv4 (4)  | port (2) | ...     8:dropped6   | IPv6 (16) | port (2) | ...
 *  e
 * </pre>
 *
 * @param added resolved addresses of either family, port 0 included: whether an address can be
 *     anybody's is for the receiver to say
 * @param dropped the same
 */
public record UtPex(List<Added> added, List<InetSocketAddress> dropped)
    implements ExtensionMessage {

  /** A flag: the peer has everything, or wants nothing (BEP 21). */
  public static final int SEED = 0x02;

  /** A flag: the sender made the connection, so the peer can be connected to. */
  public static final int REACHABLE = 0x10;

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int PORT_BYTES = 2;

  /**
   * A peer that connected.
   *
   * @param flags one byte, of which BEP 11 defines five bits; 0 when the sender gave none
   */
  public record Added(InetSocketAddress address, int flags) {
    public boolean isSeed() {
      return (flags & SEED) != 0;
    }
  }

  public UtPex {
    added = List.copyOf(added);
    dropped = List.copyOf(dropped);
  }

  /** Lists with nobody in them are left out; the BEP wants one at least that is not. */
  @Override
  public ByteBuf encode() {
    Map<String, BValue> dict = new TreeMap<>();
    for (boolean ipv4 : new boolean[] {true, false}) {
      String family = ipv4 ? "" : "6";
      List<Added> peers = added.stream().filter(peer -> isIpv4(peer.address) == ipv4).toList();
      put(dict, "added" + family, compact(peers.stream().map(Added::address).toList()));
      put(dict, "added" + family + ".f", flags(peers));
      List<InetSocketAddress> gone = dropped.stream().filter(peer -> isIpv4(peer) == ipv4).toList();
      put(dict, "dropped" + family, compact(gone));
    }
    return Unpooled.wrappedBuffer(Bencode.write(BValue.Dict.of(dict)));
  }

  private static boolean isIpv4(InetSocketAddress peer) {
    return peer.getAddress() instanceof Inet4Address;
  }

  private static byte[] compact(List<InetSocketAddress> peers) {
    ByteBuffer bytes = ByteBuffer.allocate(peers.size() * (IPV6_BYTES + PORT_BYTES));
    peers.forEach(p -> bytes.put(p.getAddress().getAddress()).putShort((short) p.getPort()));
    byte[] compact = new byte[bytes.flip().remaining()];
    bytes.get(compact);
    return compact;
  }

  private static byte[] flags(List<Added> peers) {
    byte[] flags = new byte[peers.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = (byte) peers.get(i).flags;
    }
    return flags;
  }

  private static void put(Map<String, BValue> dict, String key, byte[] bytes) {
    if (bytes.length > 0) {
      dict.put(key, new BValue.Str(bytes));
    }
  }

  /**
   * Reads the payload of an extended message; the buffer stays the caller's.
   *
   * @param limit how many added peers are taken, of both families together, and how many dropped
   *     ones; the rest of a longer list is passed over
   * @throws ProtocolException when it is not a bencoded dictionary, or a list ends within an entry
   */
  public static UtPex decode(ByteBuf payload, int limit) throws ProtocolException {
    BValue value = Bencode.read(ByteBufUtil.getBytes(payload), Bencode.Limits.MESSAGE);
    if (!(value instanceof BValue.Dict dict)) {
      throw new ProtocolException("ut_pex: not a dictionary");
    }
    List<Added> added = new ArrayList<>();
    readAdded(dict, "added", IPV4_BYTES, limit, added);
    readAdded(dict, "added6", IPV6_BYTES, limit, added);
    List<InetSocketAddress> dropped = read(dict, "dropped", IPV4_BYTES, limit);
    dropped.addAll(read(dict, "dropped6", IPV6_BYTES, limit - dropped.size()));
    return new UtPex(added, dropped);
  }

  private static void readAdded(
      BValue.Dict dict, String key, int addressBytes, int limit, List<Added> added)
      throws ProtocolException {
    BValue.Str text = dict.str(key + ".f");
    byte[] flags = text == null ? new byte[0] : text.bytes();
    List<InetSocketAddress> addresses = read(dict, key, addressBytes, limit - added.size());
    for (int i = 0; i < addresses.size(); i++) {
      added.add(new Added(addresses.get(i), i < flags.length ? flags[i] & 0xFF : 0));
    }
  }

  private static List<InetSocketAddress> read(
      BValue.Dict dict, String key, int addressBytes, int limit) throws ProtocolException {
    BValue.Str text = dict.str(key);
    ByteBuffer bytes = ByteBuffer.wrap(text == null ? new byte[0] : text.bytes());
    int stride = addressBytes + PORT_BYTES;
    if (bytes.remaining() % stride != 0) {
      throw new ProtocolException(
          "ut_pex "
              + key
              + ": "
              + bytes.remaining()
              + " bytes (expected: a multiple of "
              + stride
              + ")");
    }
    List<InetSocketAddress> addresses = new ArrayList<>();
    byte[] address = new byte[addressBytes];
    while (bytes.hasRemaining() && addresses.size() < limit) {
      bytes.get(address);
      int port = bytes.getShort() & 0xFFFF;
      try {
        addresses.add(new InetSocketAddress(InetAddress.getByAddress(address), port));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("address length: " + addressBytes, e);
      }
    }
    return addresses;
  }
}
