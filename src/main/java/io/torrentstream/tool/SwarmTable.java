package io.torrentstream.tool;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Who is in which swarm, as far as their announces tell. Whoever has not announced for two
 * intervals is forgotten. Bounded, since anyone may announce anything: the peer or torrent that was
 * silent for longest gives way. Not thread-safe; time and randomness are passed in.
 */
final class SwarmTable {
  /** Seconds between the announces of a client. */
  static final int INTERVAL = 1800;

  static final int MAX_TORRENTS = 10_000;
  static final int MAX_PEERS_PER_TORRENT = 2_000;
  private static final long EXPIRY_NANOS = TimeUnit.SECONDS.toNanos(2 * INTERVAL);

  /** One client in one swarm: a second client behind the same address has another port. */
  record Peer(InetAddress address, int port, byte[] peerId, boolean seed, long seenNanos) {}

  /**
   * What an announce is answered with.
   *
   * @param peers others than the one who asked, in random order
   */
  record Answer(List<Peer> peers, int seeders, int leechers) {}

  private record Key(InetAddress address, int port) {}

  // Both in the order of the last announce, so that the oldest is the first.
  private final Map<InfoHash, Map<Key, Peer>> swarms = new LinkedHashMap<>(16, 0.75f, true);
  private final RandomGenerator random;

  SwarmTable(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Takes an announce in.
   *
   * @param from the address that the announce came from; what a client claims it to be is not
   *     believed, or it could direct a swarm at somebody else
   */
  Answer announce(AnnounceQuery query, InetAddress from, long nowNanos) {
    Map<Key, Peer> swarm = swarms.computeIfAbsent(query.infoHash(), hash -> new LinkedHashMap<>());
    dropOldest(swarms, MAX_TORRENTS);
    expire(swarm, nowNanos);
    Key key = new Key(from, query.port());
    swarm.remove(key);
    boolean seed = query.left() == 0;
    List<Peer> peers = choose(swarm, seed, query.numWant());
    if (query.event() == Announce.Event.STOPPED) {
      peers = List.of();
    } else {
      swarm.put(key, new Peer(from, query.port(), query.peerId(), seed, nowNanos));
      dropOldest(swarm, MAX_PEERS_PER_TORRENT);
    }
    int seeders = (int) swarm.values().stream().filter(Peer::seed).count();
    Answer answer = new Answer(peers, seeders, swarm.size() - seeders);
    if (swarm.isEmpty()) {
      swarms.remove(query.infoHash());
    }
    return answer;
  }

  /** Seeds have nothing to give each other. */
  private List<Peer> choose(Map<Key, Peer> swarm, boolean forSeed, int count) {
    List<Peer> candidates = new ArrayList<>(swarm.size());
    for (Peer peer : swarm.values()) {
      if (!forSeed || !peer.seed()) {
        candidates.add(peer);
      }
    }
    int chosen = Math.min(count, candidates.size());
    for (int i = 0; i < chosen; i++) {
      Collections.swap(candidates, i, random.nextInt(i, candidates.size()));
    }
    return candidates.subList(0, chosen);
  }

  private static void expire(Map<Key, Peer> swarm, long nowNanos) {
    Iterator<Peer> oldestFirst = swarm.values().iterator();
    while (oldestFirst.hasNext() && nowNanos - oldestFirst.next().seenNanos() > EXPIRY_NANOS) {
      oldestFirst.remove();
    }
  }

  private static void dropOldest(Map<?, ?> map, int max) {
    if (map.size() > max) {
      Iterator<?> oldestFirst = map.keySet().iterator();
      oldestFirst.next();
      oldestFirst.remove();
    }
  }

  int torrentCount() {
    return swarms.size();
  }
}
