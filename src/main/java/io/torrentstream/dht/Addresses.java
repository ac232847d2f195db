package io.torrentstream.dht;

import io.torrentstream.util.Hosts;
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
    return address.getPort() != 0 && Hosts.isHost(address.getAddress());
  }

  /**
   * Whether to believe {@code teller} that somebody is at {@code told}. Strangers have nothing to
   * say about addresses on this machine and its network: they could make us knock there.
   */
  static boolean mayTell(InetSocketAddress teller, InetSocketAddress told) {
    return Hosts.isLocal(teller.getAddress()) || !Hosts.isLocal(told.getAddress());
  }

  /** Addresses that are likely one owner's: an IPv4 /24, an IPv6 /64. */
  static long neighbourhood(InetAddress ip) {
    return ip.getAddress().length == 4 ? Hosts.customer(ip) >>> 8 : Hosts.customer(ip);
  }
}
