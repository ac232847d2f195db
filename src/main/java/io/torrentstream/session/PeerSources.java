package io.torrentstream.session;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All the ways in which one torrent hears of peers: those the user named, its trackers, the DHT,
 * other peers and the local network. It starts them, tells them how the torrent fares, and ends
 * them; whom they find is offered to the torrent. Confined to the torrent's loop.
 */
final class PeerSources {
  /** Takes the addresses that a source has found, on the torrent's loop. */
  @FunctionalInterface
  interface Taker {
    void offer(List<InetSocketAddress> addresses, PeerList.Source source);
  }

  /** With fewer peers than this, all are asked again as soon as they allow. */
  private static final int FEW_PEERS = 5;

  private final Session session;
  private final SourceOptions options;
  private final InfoHash infoHash;
  private final Taker taker;
  private final Announcer announcer;
  private final Optional<DhtAnnouncer> dht;

  /**
   * @param options as far as the torrent allows them
   * @param announcer of the torrent's trackers; not started yet
   * @param dht likewise; null where the DHT is not to be used
   */
  PeerSources(
      Session session,
      SourceOptions options,
      InfoHash infoHash,
      Taker taker,
      Announcer announcer,
      DhtAnnouncer dht) {
    this.session = session;
    this.options = options;
    this.infoHash = infoHash;
    this.taker = taker;
    this.announcer = announcer;
    this.dht = Optional.ofNullable(dht);
  }

  /**
   * Begins to look; the torrent can take peers from here on.
   *
   * @param exchange of its swarm, which has no peers yet
   */
  void start(PeerExchange exchange) {
    announcer.start();
    dht.ifPresent(DhtAnnouncer::start);
    session.resolve(options.peers(), found -> taker.offer(found, PeerList.Source.USER));
    if (options.uses(Discovery.PEX)) {
      exchange.start();
    }
    if (options.uses(Discovery.LSD)) {
      session.localPeers().add(infoHash, found -> taker.offer(found, PeerList.Source.LOCAL));
    }
  }

  /**
   * Once a second while the torrent downloads.
   *
   * @param peers that are connected
   */
  void onTick(int peers) {
    if (peers < FEW_PEERS) {
      announcer.hurry();
      dht.ifPresent(DhtAnnouncer::hurry);
    }
  }

  /** The torrent was completed in this run. */
  void onComplete() {
    announcer.onComplete();
    dht.ifPresent(DhtAnnouncer::onComplete);
  }

  /** Tells whoever knows us that we leave; the future never fails, and is quick. */
  CompletableFuture<Void> stop() {
    session.localPeers().remove(infoHash);
    dht.ifPresent(DhtAnnouncer::stop);
    return announcer.stop();
  }

  /** Whether there are trackers, all were asked, and none works. */
  boolean allTrackersFailed() {
    return announcer.allFailed();
  }

  /** Whether one of them has not had its chance yet. */
  boolean areUntried() {
    return dht.isPresent() && dht.get().isUntried();
  }

  /** Whether the DHT is asked, and any node of it ever answered. */
  boolean isInDht() {
    return dht.isPresent() && dht.get().isAnswered();
  }

  /** Whether the DHT is to be asked. */
  boolean useDht() {
    return dht.isPresent();
  }

  /** Why no tracker works, safe to print; null when one does or none was asked yet. */
  String lastTrackerError() {
    return announcer.lastError();
  }
}
