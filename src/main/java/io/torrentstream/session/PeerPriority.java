package io.torrentstream.session;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Canonical peer priority (BEP 40): a number that two peers compute alike of their addresses, so
 * that both ends of a connection agree how much it is worth, and nobody can be high on everyone's
 * list.
 *
 * <pre>
 *   priority = crc32c(lower of the two masked addresses, higher)
 *   mask     = ff for the first 2 bytes (IPv6: 6), or up to and with the first that differs,
 *              55 for the others
 *   priority = crc32c(lower of the two ports, higher)          for one and the same address
 * </pre>
 */
final class PeerPriority {
  private static final int IPV4_KEPT = 2;
  private static final int IPV6_KEPT = 6;
  private static final byte MASK = 0x55;

  private PeerPriority() {}

  /**
   * The priority of a connection, 0..2^32-1; of two, the higher is to be kept.
   *
   * @param us as the peer sees us
   * @param peer of the same address family
   */
  static long of(InetSocketAddress us, InetSocketAddress peer) {
    InetAddress ours = us.getAddress();
    InetAddress theirs = peer.getAddress();
    return ours.equals(theirs)
        ? crc(port(us), port(peer))
        : ofAddresses(ours.getAddress(), theirs.getAddress());
  }

  private static long ofAddresses(byte[] ours, byte[] theirs) {
    int least = ours.length == 4 ? IPV4_KEPT : IPV6_KEPT;
    int kept = Math.max(least, Arrays.mismatch(ours, theirs) + 1);
    for (int i = kept; i < ours.length; i++) {
      ours[i] &= MASK;
      theirs[i] &= MASK;
    }
    return crc(ours, theirs);
  }

  private static byte[] port(InetSocketAddress address) {
    return ByteBuffer.allocate(2).putShort((short) address.getPort()).array();
  }

  private static long crc(byte[] one, byte[] other) {
    boolean ordered = Arrays.compareUnsigned(one, other) <= 0;
    CRC32C crc = new CRC32C();
    crc.update(ordered ? one : other);
    crc.update(ordered ? other : one);
    return crc.getValue();
  }
}
