package io.torrentstream.wire;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.Digests;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which pieces a peer may have although it is choked (BEP 6). Everybody computes the same set for
 * the same peer, so that it gets no more of them by asking around. Pure.
 */
public final class AllowedFast {
  /** Of an address only the network counts: whoever has many in one gets no more sets. */
  private static final int NETWORK = 0xFFFFFF00;

  private AllowedFast() {}

  /**
   * The pieces of a peer in the order in which they are drawn.
   *
   * @param address of the peer; for IPv6, which BEP 6 leaves open, the set is empty
   * @param count how many, if the torrent has as many
   */
  public static Set<Integer> pieces(
      InetAddress address, InfoHash infoHash, int pieceCount, int count) {
    Set<Integer> pieces = new LinkedHashSet<>();
    if (!(address instanceof Inet4Address)) {
      return pieces;
    }
    MessageDigest sha1 = Digests.sha1();
    ByteBuffer network = ByteBuffer.wrap(address.getAddress());
    sha1.update(network.putInt(0, network.getInt(0) & NETWORK));
    ByteBuffer drawn = ByteBuffer.wrap(sha1.digest(infoHash.bytes()));
    while (pieces.size() < Math.min(count, pieceCount)) {
      if (!drawn.hasRemaining()) {
        drawn = ByteBuffer.wrap(sha1.digest(drawn.array()));
      }
      pieces.add(Integer.remainderUnsigned(drawn.getInt(), pieceCount));
    }
    return pieces;
  }
}
