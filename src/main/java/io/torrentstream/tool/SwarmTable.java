package io.torrentstream.tool;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.CompactPeers;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who is in which swarm, as far as their announces tell. Whoever has not announced for two
 * intervals is forgotten. Bounded, since anyone may announce anything: a full table takes in nobody
 * new, and those in it are served as before. Not thread-safe; time and randomness are passed in.
 */
final class SwarmTable {
  static final int MAX_TORRENTS = 100_000;
  static final int MAX_PEERS = 1_000_000;

  private static final int DEFAULT_NUM_WANT = 50;
  private static final int MAX_NUM_WANT = 200;

  /** Ticks in which every torrent has been looked at once. */
  private static final int SWEEP_TICKS = 60;

  /**
   * How much the table takes.
   *
   * @param intervalSeconds between the announces of a client
   */
  record Limits(int intervalSeconds, int maxTorrents, int maxPeers) {
    static Limits usual(int intervalSeconds) {
      return new Limits(intervalSeconds, MAX_TORRENTS, MAX_PEERS);
    }
  }

  /** Which peers an answer may have. */
  enum Form {
    /** Those of the asker's own address family. */
    OWN_FAMILY,
    /** Those of its own family first, then the others. */
    BOTH_FAMILIES,
    /** The same, with their ids. */
    BOTH_FAMILIES_WITH_IDS
  }

  private final Limits limits;
  private final SipHash hash;
  private final RandomGenerator random;

  /** In no order. */
  private final List<Swarm> swarms = new ArrayList<>();

  private final RowIndex byInfoHash;
  private int peers;
  private int seeders;
  private int sweptDownTo;

  SwarmTable(Limits limits, SipHash hash, RandomGenerator random) {
    this.limits = limits;
    this.hash = hash;
    this.random = random;
    this.byInfoHash = new RowIndex(row -> hash(swarms.get(row).infoHash()));
  }

  private int hash(InfoHash infoHash) {
    return (int) hash.hash(infoHash.bytes(), 0, InfoHash.LENGTH);
  }

  private Swarm find(InfoHash infoHash) {
    int row = byInfoHash.find(hash(infoHash), r -> swarms.get(r).infoHash().equals(infoHash));
    return row < 0 ? null : swarms.get(row);
  }

  /**
   * Takes an announce in.
   *
   * @param peer the address that the announce came from, with the port that it names; what a client
   *     claims its address to be is not believed, or it could direct a swarm at somebody else
   * @param nowSeconds of a clock that never goes back
   * @throws ProtocolException when the table is full
   */
  Announce.Answer announce(Announce.Request request, Endpoint peer, Form form, int nowSeconds)
      throws ProtocolException {
    Swarm swarm = find(request.infoHash());
    int row = swarm == null ? -1 : swarm.find(peer);
    if (request.event() == Announce.Event.STOPPED) {
      if (row >= 0) {
        count(swarm, -1);
        swarm.remove(peer, row);
        count(swarm, 1);
      }
      return answer(swarm, CompactPeers.NO_IPV4, CompactPeers.NO_IPV6);
    }
    if (row < 0 && peers >= limits.maxPeers()) {
      throw new ProtocolException("tracker: full of peers");
    }
    if (swarm == null) {
      swarm = add(request.infoHash(), nowSeconds);
    }
    count(swarm, -1);
    row = swarm.update(peer, row, request, nowSeconds);
    count(swarm, 1);
    return answer(swarm, peer, row, request, form);
  }

  private Swarm add(InfoHash infoHash, int nowSeconds) throws ProtocolException {
    if (swarms.size() >= limits.maxTorrents()) {
      throw new ProtocolException("tracker: full of torrents");
    }
    Swarm swarm = new Swarm(infoHash, hash, nowSeconds);
    swarms.add(swarm);
    byInfoHash.add(swarms.size() - 1);
    return swarm;
  }

  private void count(Swarm swarm, int times) {
    peers += times * swarm.peers();
    seeders += times * swarm.seeders();
  }

  private Announce.Answer answer(
      Swarm swarm, Endpoint peer, int row, Announce.Request request, Form form) {
    int wanted = request.numWant() < 0 ? DEFAULT_NUM_WANT : request.numWant();
    int most = Math.min(wanted, MAX_NUM_WANT);
    boolean seed = request.left() == 0;
    boolean withIds = form == Form.BOTH_FAMILIES_WITH_IDS;
    boolean ipv6 = peer.isIpv6();
    CompactPeers own = swarm.others(peer, row, ipv6, seed).draw(most, withIds, random);
    int rest = form == Form.OWN_FAMILY ? 0 : most - own.count();
    CompactPeers other = swarm.others(peer, row, !ipv6, seed).draw(rest, withIds, random);
    return ipv6 ? answer(swarm, other, own) : answer(swarm, own, other);
  }

  private Announce.Answer answer(Swarm swarm, CompactPeers ipv4, CompactPeers ipv6) {
    // Drawn, so that clients that came together do not come together for ever.
    int interval = limits.intervalSeconds() - random.nextInt(1 + limits.intervalSeconds() / 16);
    int all = swarm == null ? 0 : swarm.peers();
    int complete = swarm == null ? 0 : swarm.seeders();
    int completed = swarm == null ? 0 : swarm.completed();
    return new Announce.Answer(interval, complete, all - complete, completed, ipv4, ipv6);
  }

  /**
   * The numbers of one torrent.
   *
   * @return null when it is not known
   */
  Scrape.Response scrape(InfoHash infoHash) {
    Swarm swarm = find(infoHash);
    if (swarm == null) {
      return null;
    }
    int complete = swarm.seeders();
    return new Scrape.Response(complete, swarm.peers() - complete, swarm.completed());
  }

  /**
   * Forgets who was silent too long, in a part of the table: called once a second, all of it is
   * looked at in a minute.
   */
  void tick(int nowSeconds) {
    int deadline = nowSeconds - 2 * limits.intervalSeconds();
    for (int part = 1 + swarms.size() / SWEEP_TICKS; part > 0 && !swarms.isEmpty(); part--) {
      if (sweptDownTo <= 0 || sweptDownTo > swarms.size()) {
        sweptDownTo = swarms.size();
        byInfoHash.trim();
      }
      sweptDownTo--;
      Swarm swarm = swarms.get(sweptDownTo);
      count(swarm, -1);
      boolean gone = swarm.expire(deadline);
      count(swarm, 1);
      if (gone) {
        remove(sweptDownTo);
      }
    }
  }

  /** What takes the place of the removed one has been looked at already. */
  private void remove(int row) {
    int last = swarms.size() - 1;
    if (row != last) {
      byInfoHash.swap(row, last);
      Swarm moved = swarms.get(last);
      swarms.set(last, swarms.get(row));
      swarms.set(row, moved);
    }
    byInfoHash.remove(last);
    swarms.remove(last);
  }

  int torrents() {
    return swarms.size();
  }

  int peers() {
    return peers;
  }

  int seeders() {
    return seeders;
  }

  int intervalSeconds() {
    return limits.intervalSeconds();
  }
}
