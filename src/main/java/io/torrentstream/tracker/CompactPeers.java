package io.torrentstream.tracker;

/**
 * Peers of one address family as a tracker keeps and sends them. The arrays are not copied.
 *
 * @param addressLength bytes of an address: 4, or 16 for IPv6
 * @param endpoints address and port of each peer, one after the other (BEP 7, 15, 23)
 * @param peerIds 20 bytes for each of them, in the same order; empty where nobody asked for them
 */
public record CompactPeers(int addressLength, byte[] endpoints, byte[] peerIds) {
  /** Nobody. */
  public static final CompactPeers NO_IPV4 = room(false, 0, false);

  /** Nobody. */
  public static final CompactPeers NO_IPV6 = room(true, 0, false);

  /** A list to be filled. */
  public static CompactPeers room(boolean ipv6, int count, boolean withPeerIds) {
    int address = ipv6 ? PeerAddresses.IPV6_LENGTH : PeerAddresses.IPV4_LENGTH;
    return new CompactPeers(
        address,
        new byte[count * (address + 2)],
        new byte[withPeerIds ? count * Announce.PEER_ID_LENGTH : 0]);
  }

  /** Bytes of one peer in {@link #endpoints}: its address and two for its port. */
  public int stride() {
    return addressLength + 2;
  }

  /** How many peers there are. */
  public int count() {
    return endpoints.length / stride();
  }
}
