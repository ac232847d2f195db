package io.torrentstream.dht;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The values in an answer, whatever the question was; what is not there is empty or null.
 *
 * @param nodes IPv4 nodes close to what was asked for, closest first
 * @param nodes6 IPv6 nodes, likewise (BEP 32)
 * @param token lets the asker store something; null: nothing can be stored now
 * @param values peers of the torrent
 * @param filters how many peers (BEP 33)
 * @param stored an item or what is known of it (BEP 44)
 * @param samples torrents (BEP 51)
 */
record Reply(
    List<NodeInfo> nodes,
    List<NodeInfo> nodes6,
    byte[] token,
    List<InetSocketAddress> values,
    Filters filters,
    Stored stored,
    Samples samples) {
  static final Reply EMPTY = new Reply(List.of(), List.of(), null, List.of(), null, null, null);

  /** All seeds and all other peers that a node knows of a torrent. */
  record Filters(BloomFilter seeds, BloomFilter peers) {}

  /**
   * Parts of an item.
   *
   * @param value bencoded; null when the asker has it already
   * @param publicKey null for an immutable item and where there is no value
   * @param signature null likewise
   * @param sequence -1 for an immutable item
   */
  record Stored(byte[] value, byte[] publicKey, byte[] signature, long sequence) {}

  /**
   * Some torrents that a node knows peers of.
   *
   * @param intervalSeconds until there are others to be had
   * @param total how many it knows
   */
  record Samples(int intervalSeconds, long total, List<InfoHash> infoHashes) {}

  Reply withNodes(List<NodeInfo> nodes, List<NodeInfo> nodes6) {
    return new Reply(nodes, nodes6, token, values, filters, stored, samples);
  }

  Reply withToken(byte[] token) {
    return new Reply(nodes, nodes6, token, values, filters, stored, samples);
  }

  Reply withValues(List<InetSocketAddress> values) {
    return new Reply(nodes, nodes6, token, values, filters, stored, samples);
  }

  Reply withFilters(Filters filters) {
    return new Reply(nodes, nodes6, token, values, filters, stored, samples);
  }

  Reply withStored(Stored stored) {
    return new Reply(nodes, nodes6, token, values, filters, stored, samples);
  }

  Reply withSamples(Samples samples) {
    return new Reply(nodes, nodes6, token, values, filters, stored, samples);
  }
}
