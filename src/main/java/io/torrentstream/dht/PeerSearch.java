package io.torrentstream.dht;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for the peers of a torrent and announces one if asked to (BEP 5, 33). */
final class PeerSearch implements Lookup.Purpose {
  private final DhtNode.PeerQuery query;
  private final DhtNode.PeerListener listener;
  private final Set<InetSocketAddress> found = new HashSet<>();
  private final BloomFilter seeds = new BloomFilter();
  private final BloomFilter peers = new BloomFilter();

  /** Peers that were named by nodes that did not count; any of them may be a seed. */
  private final Set<InetAddress> uncounted = new HashSet<>();

  PeerSearch(DhtNode.PeerQuery query, DhtNode.PeerListener listener) {
    this.query = query;
    this.listener = listener;
  }

  NodeId target() {
    return NodeId.of(infoHash());
  }

  private InfoHash infoHash() {
    return query.infoHash();
  }

  @Override
  public Question question() {
    return new Question.GetPeers(infoHash(), Question.Want.UNSAID, query.noSeed(), query.scrape());
  }

  @Override
  public boolean needsToken() {
    return true;
  }

  @Override
  public boolean onReply(Reply reply, NodeInfo from) {
    List<InetSocketAddress> fresh = new ArrayList<>();
    for (InetSocketAddress peer : reply.values()) {
      if (found.size() < DhtNode.MAX_FOUND_PEERS
          && Addresses.mayTell(from.address(), peer)
          && found.add(peer)) {
        fresh.add(peer);
      }
    }
    if (reply.filters() == null) {
      fresh.forEach(peer -> uncounted.add(peer.getAddress()));
    } else {
      seeds.addAll(reply.filters().seeds());
      peers.addAll(reply.filters().peers());
    }
    if (!fresh.isEmpty()) {
      listener.onPeers(fresh);
    }
    return false;
  }

  @Override
  public Question storing(NodeInfo at, byte[] token) {
    return query.announcePort() == DhtNode.PeerQuery.NO_ANNOUNCE
        ? null
        : new Question.AnnouncePeer(
            infoHash(),
            query.announcePort(),
            query.announcePort() == DhtNode.PeerQuery.IMPLIED_PORT,
            token,
            query.seed());
  }

  void onDone(LookupResult result) {
    uncounted.stream().filter(address -> !seeds.contains(address)).forEach(peers::add); // BEP 33
    listener.onDone(result, Math.round(seeds.estimate()), Math.round(peers.estimate()));
  }
}
