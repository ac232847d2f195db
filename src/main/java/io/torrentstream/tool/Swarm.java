package io.torrentstream.tool;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.util.Reach;

/**
 * The peers of one torrent, kept apart by address family and by {@link Reach}, so that each asker
 * can be given those it can connect to. Not thread-safe.
 */
final class Swarm {
  private static final Reach[] REACHES = Reach.values();

  private final InfoHash infoHash;
  private final SipHash hash;

  /** First those of IPv4, then those of IPv6; null where there is nobody. */
  private final PeerRows[] kinds = new PeerRows[2 * REACHES.length];

  private int completed;
  private int seenSeconds;

  /**
   * @param nowSeconds of a clock that never goes back
   */
  Swarm(InfoHash infoHash, SipHash hash, int nowSeconds) {
    this.infoHash = infoHash;
    this.hash = hash;
    this.seenSeconds = nowSeconds;
  }

  InfoHash infoHash() {
    return infoHash;
  }

  int peers() {
    int peers = 0;
    for (PeerRows kind : kinds) {
      peers += kind == null ? 0 : kind.size();
    }
    return peers;
  }

  int seeders() {
    int seeders = 0;
    for (PeerRows kind : kinds) {
      seeders += kind == null ? 0 : kind.seeds();
    }
    return seeders;
  }

  /** How often a leecher became a seed and said so. */
  int completed() {
    return completed;
  }

  /**
   * The row of a peer among those of its kind.
   *
   * @return -1 when it is not here
   */
  int find(Endpoint peer) {
    PeerRows kind = kinds[kindOf(peer.isIpv6(), peer.reach())];
    return kind == null ? -1 : kind.find(peer.bytes());
  }

  /**
   * Takes in what a peer says of itself.
   *
   * @param row from {@link #find}
   * @return the row that it has now
   */
  int update(Endpoint peer, int row, Announce.Request request, int nowSeconds) {
    int number = kindOf(peer.isIpv6(), peer.reach());
    if (kinds[number] == null) {
      kinds[number] = new PeerRows(peer.bytes().length, hash);
    }
    PeerRows kind = kinds[number];
    boolean seed = request.left() == 0;
    // Once for each download, however often it is said.
    if (request.event() == Announce.Event.COMPLETED && seed && row >= 0 && !kind.isSeed(row)) {
      completed++;
    }
    seenSeconds = nowSeconds;
    int place = row < 0 ? kind.add(peer.bytes()) : row;
    return kind.update(place, request.peerId(), seed, nowSeconds);
  }

  /**
   * A peer leaves.
   *
   * @param row from {@link #find}, not -1
   */
  void remove(Endpoint peer, int row) {
    kinds[kindOf(peer.isIpv6(), peer.reach())].remove(row);
  }

  /**
   * Forgets those that have been silent since before {@code deadlineSeconds}.
   *
   * @return whether nothing is left to know of this torrent
   */
  boolean expire(int deadlineSeconds) {
    for (int i = 0; i < kinds.length; i++) {
      if (kinds[i] != null) {
        kinds[i].expire(deadlineSeconds);
        kinds[i] = kinds[i].size() == 0 ? null : kinds[i];
      }
    }
    return seenSeconds < deadlineSeconds && peers() == 0;
  }

  /**
   * Those of one address family that an asker can connect to and has use for: seeds have nothing to
   * give each other.
   *
   * @param row the asker's own
   */
  PeerDraw others(Endpoint asker, int row, boolean ipv6, boolean forSeed) {
    PeerDraw draw = new PeerDraw(ipv6);
    for (Reach reach : REACHES) {
      PeerRows kind = kinds[kindOf(ipv6, reach)];
      if (kind != null && asker.reach().sees(reach)) {
        boolean own = ipv6 == asker.isIpv6() && reach == asker.reach();
        draw.add(kind, forSeed ? kind.seeds() : 0, own ? row : -1);
      }
    }
    return draw;
  }

  private static int kindOf(boolean ipv6, Reach reach) {
    return (ipv6 ? REACHES.length : 0) + reach.ordinal();
  }
}
