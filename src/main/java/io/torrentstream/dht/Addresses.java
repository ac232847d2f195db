package io.torrentstream.dht;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Addresses: their compact form (BEP 5, 32), and which of them are whose.
 *
 * <pre>
 *   | IPv4 address (4) or IPv6 address (16) | port (2) |     big-endian
 * </pre>
 */
final class Addresses {
  private Addresses() {}

  /** Reads the next address of {@code in}, or null for one that can be nobody's. */
  static InetSocketAddress read(ByteBuffer in, Family family) {
    byte[] bytes = new byte[family.addressBytes];
    in.get(bytes);
    int port = in.getShort() & 0xFFFF;
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(bytes), port);
      // Java turns ::ffff:1.2.3.4 into an IPv4 address, which has no place in an IPv6 list.
      return isUsable(address) && Family.of(address) == family ? address : null;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address length: " + bytes.length, e);
    }
  }

  static byte[] compact(InetSocketAddress address) {
    byte[] ip = address.getAddress().getAddress();
    return ByteBuffer.allocate(ip.length + 2).put(ip).putShort((short) address.getPort()).array();
  }

  /** Whether a node or peer can have this address: no port 0, no group, nothing reserved. */
  static boolean isUsable(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    byte[] bytes = ip.getAddress();
    boolean reserved = bytes.length == 4 && (bytes[0] == 0 || (bytes[0] & 0xF0) == 0xF0);
    return address.getPort() != 0
        && !reserved
        && !ip.isAnyLocalAddress()
        && !ip.isMulticastAddress();
  }

  /** On this machine or its own network: what BEP 42 exempts, and the same of IPv6. */
  static boolean isLocal(InetAddress ip) {
    boolean uniqueLocal = ip instanceof Inet6Address && (ip.getAddress()[0] & 0xFE) == 0xFC;
    return ip.isLoopbackAddress()
        || ip.isSiteLocalAddress()
        || ip.isLinkLocalAddress()
        || uniqueLocal;
  }

  /**
   * Whether to believe {@code teller} that somebody is at {@code told}. Strangers have nothing to
   * say about addresses on this machine and its network: they could make us knock there.
   */
  static boolean mayTell(InetSocketAddress teller, InetSocketAddress told) {
    return isLocal(teller.getAddress()) || !isLocal(told.getAddress());
  }

  /**
   * The network that one customer gets, as a number: an IPv4 address, or the first half of an IPv6
   * address, whose owner has all of its second halves.
   */
  static long customer(InetAddress ip) {
    byte[] bytes = ip.getAddress();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return bytes.length == 4 ? in.getInt() & 0xFFFFFFFFL : in.getLong() | 1L << 63;
  }

  /** Addresses that are likely one owner's: an IPv4 /24, an IPv6 /64. */
  static long neighbourhood(InetAddress ip) {
    return ip.getAddress().length == 4 ? customer(ip) >>> 8 : customer(ip);
  }
}
