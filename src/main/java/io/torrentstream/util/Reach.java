package io.torrentstream.util;

import java.net.InetAddress;

/** How far away an address still leads to the same machine. */
public enum Reach {
  /** Anywhere. */
  WORLD,

  /** In one private network (RFC 1918, 3879, 3927, 4193, 4291, 6598). */
  NETWORK,

  /** On one machine: a loopback address. */
  MACHINE;

  /** Whether addresses of that reach lead anywhere for one who has an address of this reach. */
  public boolean sees(Reach other) {
    return other.compareTo(this) <= 0;
  }

  public static Reach of(InetAddress address) {
    return of(address.getAddress());
  }

  /** Of 4 bytes, or 16 for IPv6. */
  public static Reach of(byte[] address) {
    return address.length == 4 ? ofIpv4(address[0] & 0xFF, address[1] & 0xFF) : ofIpv6(address);
  }

  private static Reach ofIpv4(int first, int second) {
    if (first == 127) {
      return MACHINE;
    }
    boolean isPrivate =
        first == 10
            || first == 172 && second >> 4 == 1
            || first == 192 && second == 168
            || first == 169 && second == 254
            || first == 100 && second >> 6 == 1;
    return isPrivate ? NETWORK : WORLD;
  }

  private static Reach ofIpv6(byte[] address) {
    int begin = (address[0] & 0xFF) << 8 | address[1] & 0xFF;
    if ((begin & 0xFF80) == 0xFE80 || (begin & 0xFE00) == 0xFC00) {
      return NETWORK;
    }
    for (int i = 0; i < 15; i++) {
      if (address[i] != 0) {
        return WORLD;
      }
    }
    return MACHINE; // ::1; nobody sends from ::
  }
}
