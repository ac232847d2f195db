package io.torrentstream.dht;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The peers that others announced to us (BEP 5): one for each address and torrent (BEP 33), gone
 * when they are not announced again in time. What we promise to nobody has a limit in every
 * direction; when there are too many torrents, the one farthest from our id goes, for which others
 * are responsible anyway.
 */
final class PeerStore {
  static final int MAX_TORRENTS = 2000;

  /** More are of no use to anyone, and bloom filters break down beyond 6,000 (BEP 33). */
  static final int MAX_PEERS_PER_TORRENT = 1000;

  static final int MAX_PEERS = 50_000;

  /** Torrents of one address: one stranger must not fill the store. */
  static final int MAX_PER_ADDRESS = 200;

  /** Clients announce every 15 minutes or so. */
  static final long LIFETIME_NANOS = TimeUnit.MINUTES.toNanos(45);

  /** BEP 51 allows six hours at most. */
  static final int MAX_SAMPLE_SECONDS = 21_600;

  private static final int SAMPLE_SECONDS = 300;
  private static final int SAMPLE_SIZE = 32;

  private record Peer(int port, boolean seed, long announcedAt) {}

  private final RandomGenerator random;
  private final Map<InfoHash, Map<InetAddress, Peer>> torrents = new HashMap<>();
  private final Map<Long, Integer> perAddress = new HashMap<>();
  private int peers;
  private List<InfoHash> sample = List.of();
  private long sampleUntil;
  private boolean sampled;

  PeerStore(RandomGenerator random) {
    this.random = random;
  }

  int torrentCount() {
    return torrents.size();
  }

  int peerCount() {
    return peers;
  }

  /** Whether an announce of this torrent from this address would be stored. */
  boolean hasRoom(InfoHash infoHash, InetAddress address, NodeId ownId) {
    Map<InetAddress, Peer> torrent = torrents.get(infoHash);
    if (torrent != null && torrent.containsKey(address)) {
      return true;
    }
    if (peers >= MAX_PEERS
        || perAddress.getOrDefault(Hosts.customer(address), 0) >= MAX_PER_ADDRESS) {
      return false;
    }
    return torrent != null
        ? torrent.size() < MAX_PEERS_PER_TORRENT
        : torrents.size() < MAX_TORRENTS || farther(ownId, infoHash) != null;
  }

  /** Stores or renews a peer; false when there is no room. */
  boolean add(
      InfoHash infoHash, InetSocketAddress peer, boolean seed, NodeId ownId, long nowNanos) {
    InetAddress address = peer.getAddress();
    if (!hasRoom(infoHash, address, ownId)) {
      return false;
    }
    if (!torrents.containsKey(infoHash) && torrents.size() >= MAX_TORRENTS) {
      removeAll(farther(ownId, infoHash));
    }
    Peer previous =
        torrents
            .computeIfAbsent(infoHash, key -> new LinkedHashMap<>())
            .put(address, new Peer(peer.getPort(), seed, nowNanos));
    if (previous == null) {
      peers++;
      perAddress.merge(Hosts.customer(address), 1, Integer::sum);
    }
    return true;
  }

  /** Random peers of a torrent, at most {@code max}; seeds only to fill up with {@code noSeed}. */
  List<InetSocketAddress> peers(InfoHash infoHash, Family family, boolean noSeed, int max) {
    List<InetSocketAddress> wanted = new ArrayList<>();
    List<InetSocketAddress> others = new ArrayList<>();
    torrents
        .getOrDefault(infoHash, Map.of())
        .forEach(
            (address, peer) -> {
              if (Family.of(address) == family) {
                (noSeed && peer.seed ? others : wanted)
                    .add(new InetSocketAddress(address, peer.port));
              }
            });
    shuffle(wanted);
    shuffle(others);
    wanted.addAll(others);
    return wanted.subList(0, Math.min(max, wanted.size()));
  }

  /** How many peers there are, as BEP 33 counts; null for a torrent that nobody announced. */
  Reply.Filters filters(InfoHash infoHash) {
    Map<InetAddress, Peer> torrent = torrents.get(infoHash);
    if (torrent == null) {
      return null;
    }
    Reply.Filters filters = new Reply.Filters(new BloomFilter(), new BloomFilter());
    torrent.forEach(
        (address, peer) -> (peer.seed ? filters.seeds() : filters.peers()).add(address));
    return filters;
  }

  /** Random torrents, the same ones for five minutes: asking again gains nothing (BEP 51). */
  Reply.Samples sample(long nowNanos) {
    if (!sampled || nowNanos - sampleUntil >= 0) {
      List<InfoHash> all = new ArrayList<>(torrents.keySet());
      shuffle(all);
      sample = List.copyOf(all.subList(0, Math.min(SAMPLE_SIZE, all.size())));
      sampled = true;
      sampleUntil = nowNanos + TimeUnit.SECONDS.toNanos(SAMPLE_SECONDS);
    }
    return new Reply.Samples(SAMPLE_SECONDS, torrents.size(), sample);
  }

  /** Forgets peers that were not announced for {@link #LIFETIME_NANOS}. */
  void onTick(long nowNanos) {
    for (Iterator<Map<InetAddress, Peer>> i = torrents.values().iterator(); i.hasNext(); ) {
      Map<InetAddress, Peer> torrent = i.next();
      torrent
          .entrySet()
          .removeIf(
              entry -> {
                boolean old = nowNanos - entry.getValue().announcedAt > LIFETIME_NANOS;
                if (old) {
                  forget(entry.getKey());
                }
                return old;
              });
      if (torrent.isEmpty()) {
        i.remove();
      }
    }
  }

  /** The torrent that is farthest from our id; null if that is the new one itself. */
  private InfoHash farther(NodeId ownId, InfoHash newOne) {
    InfoHash farthest = newOne;
    NodeId point = NodeId.of(newOne);
    for (InfoHash infoHash : torrents.keySet()) {
      NodeId other = NodeId.of(infoHash);
      if (ownId.compareDistances(other, point) > 0) {
        farthest = infoHash;
        point = other;
      }
    }
    return farthest == newOne ? null : farthest;
  }

  private void removeAll(InfoHash infoHash) {
    torrents.remove(infoHash).keySet().forEach(this::forget);
  }

  private void forget(InetAddress address) {
    peers--;
    perAddress.computeIfPresent(
        Hosts.customer(address), (key, count) -> count == 1 ? null : count - 1);
  }

  private void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }
}
