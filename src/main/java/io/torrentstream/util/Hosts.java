package io.torrentstream.util;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Which IP addresses are whose. Strangers name addresses to us all the time; what they name must
 * not make us talk to a whole network, nor to what only we can reach.
 */
public final class Hosts {
  private Hosts() {}

  /** Whether one host can have an address: it is nobody's, no group's and not everybody's. */
  public static boolean isHost(InetAddress address) {
    // 0.0.0.0/8 is "this network" (and leads to this machine), 240.0.0.0/4 reserved; the broadcast
    // address is in it.
    int first = address.getAddress()[0] & 0xFF;
    boolean reserved = address instanceof Inet4Address && (first == 0 || first >= 240);
    return !reserved && !address.isAnyLocalAddress() && !address.isMulticastAddress();
  }

  /** Whether an address is this machine's or of a network of its own: not of the Internet. */
  public static boolean isLocal(InetAddress address) {
    return address.isAnyLocalAddress() || Reach.of(address) != Reach.WORLD;
  }

  /**
   * The network that one customer gets, as a number: an IPv4 address, or the first half of an IPv6
   * address, whose owner has all of its second halves. What is limited by address is limited by
   * this, or half the Internet would not be limited at all.
   */
  public static long customer(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet4Address
        ? bytes.getInt() & 0xFFFFFFFFL
        : bytes.getLong() | 1L << 63; // no IPv4 address has that bit
  }
}
