package io.torrentstream.dht;

import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Binds node ids to addresses (BEP 42), so that nobody can place eight nodes around an info-hash
 * without having the right addresses:
 *
 * <pre>
 *   crc32c( address, masked, with r in its top three bits )
 *   id  | first 21 bits of it | 131 random bits | r is in the low 3 bits of the last byte |
 * </pre>
 */
final class SecureId {
  private static final byte[] MASK_IPV4 = {0x03, 0x0F, 0x3F, (byte) 0xFF};
  private static final byte[] MASK_IPV6 = {0x01, 0x03, 0x07, 0x0F, 0x1F, 0x3F, 0x7F, (byte) 0xFF};

  /** The 21 bits that the address decides. */
  private static final int BOUND = 0xFFFFF800;

  private SecureId() {}

  /** Whether a node at this address may have this id; in one's own network any node may. */
  static boolean matches(NodeId id, InetAddress address) {
    if (Hosts.isLocal(address)) {
      return true;
    }
    byte[] bytes = id.bytes();
    int first = ByteBuffer.wrap(bytes).getInt();
    return ((first ^ checksum(address, bytes[NodeId.LENGTH - 1])) & BOUND) == 0;
  }

  /** An id for a node at this address. */
  static NodeId create(InetAddress address, RandomGenerator random) {
    byte[] id = NodeId.random(random).bytes();
    ByteBuffer out = ByteBuffer.wrap(id);
    int bound = checksum(address, id[NodeId.LENGTH - 1]) & BOUND;
    out.putInt(0, bound | (out.getInt(0) & ~BOUND));
    return NodeId.of(id);
  }

  private static int checksum(InetAddress address, byte last) {
    byte[] ip = address.getAddress();
    byte[] mask = ip.length == 4 ? MASK_IPV4 : MASK_IPV6;
    byte[] masked = new byte[mask.length];
    for (int i = 0; i < mask.length; i++) {
      masked[i] = (byte) (ip[i] & mask[i]);
    }
    masked[0] |= (byte) ((last & 7) << 5);
    CRC32C crc = new CRC32C();
    crc.update(masked);
    return (int) crc.getValue();
  }
}
