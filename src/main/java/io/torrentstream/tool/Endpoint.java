package io.torrentstream.tool;

import io.torrentstream.util.Reach;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Where a peer can be reached. Immutable by convention: the array is not copied.
 *
 * @param bytes address (4, or 16 for IPv6) and port (2), as in compact lists
 */
record Endpoint(byte[] bytes, Reach reach) {
  private static final int IPV6_LENGTH = 18;

  /**
   * @param port 1..65535
   */
  static Endpoint of(byte[] address, int port) {
    byte[] bytes = Arrays.copyOf(address, address.length + 2);
    bytes[address.length] = (byte) (port >> 8);
    bytes[address.length + 1] = (byte) port;
    return new Endpoint(bytes, Reach.of(address));
  }

  boolean isIpv6() {
    return bytes.length == IPV6_LENGTH;
  }

  /** For the log: {@code 192.0.2.1:6881} or {@code [2001:db8:0:0:0:0:0:7]:6881}. */
  @Override
  public String toString() {
    int length = bytes.length - 2;
    int port = (bytes[length] & 0xFF) << 8 | bytes[length + 1] & 0xFF;
    try {
      String host = InetAddress.getByAddress(Arrays.copyOf(bytes, length)).getHostAddress();
      return (isIpv6() ? "[" + host + "]" : host) + ":" + port;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address length: " + length, e);
    }
  }
}
