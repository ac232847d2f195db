package io.torrentstream.session;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.TorrentInfo;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

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

  /** The torrent: what its sources need to know of it, and whom they tell. */
  interface Owner extends Announcer.Mediator, Taker {
    @Override
    default void onPeers(List<InetSocketAddress> addresses, String tracker) {
      offer(addresses, PeerList.Source.TRACKER);
    }

    @Override
    default void onTrackerFailed(String failure) {
      emit(new TorrentEvent.TrackerFailed(failure));
    }

    /** Tells the torrent's listeners. */
    void emit(TorrentEvent event);
  }

  /** With fewer peers than this, all are asked again as soon as they allow. */
  private static final int FEW_PEERS = 5;

  /**
   * What a .torrent or a magnet link says about where its peers are.
   *
   * @param trackers tier by tier
   * @param nodes of the DHT, as {@code host:port} or {@code [ipv6]:port}
   */
  record Named(InfoHash infoHash, List<List<String>> trackers, List<String> nodes) {}

  private final Session session;
  private SourceOptions options;
  private final InfoHash infoHash;
  private final Taker taker;
  private final Announcer announcer;
  private final DhtAnnouncer dht; // null where it is not used
  private boolean isPrivate; // and known to be

  /**
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
    this.dht = dht;
  }

  /**
   * The sources of one torrent, none of which is started.
   *
   * @param options as far as the torrent, if it is known, allows them
   */
  static PeerSources of(
      Session session, SourceOptions options, Named named, Owner owner, RandomGenerator random) {
    List<List<String>> tiers = options.tiers(named.trackers());
    boolean alone = tiers.isEmpty() && options.peers().isEmpty();
    DhtAnnouncer.Torrent torrent =
        new DhtAnnouncer.Torrent(named.infoHash(), session.port(), named.nodes(), alone);
    return new PeerSources(
        session,
        options,
        named.infoHash(),
        owner,
        session.announcer(named.infoHash(), tiers, owner, random),
        options.uses(Discovery.DHT) ? session.dhtAnnouncer(torrent, owner) : null);
  }

  /** Begins to look; the torrent can take peers from here on. */
  void start() {
    announcer.start();
    if (dht != null) {
      dht.start();
    }
    session.resolve(options.peers(), PeerList.Source.USER, taker);
    if (options.uses(Discovery.LSD)) {
      session.localPeers().add(infoHash, taker);
    }
  }

  /**
   * Lets the torrent's peers tell of others, if that is allowed.
   *
   * @param exchange of its swarm, which has no peers yet
   */
  void begin(PeerExchange exchange) {
    if (options.uses(Discovery.PEX)) {
      exchange.start();
    }
  }

  /** The peers that a magnet link names. */
  void offerLinked(List<InetSocketAddress> names) {
    session.resolve(
        names,
        PeerList.Source.LINK,
        (found, source) -> {
          if (!isPrivate) {
            taker.offer(found, source);
          }
        });
  }

  /**
   * A magnet's info has come, and only now it is known whether the torrent is private. If so, its
   * trackers are all it may use from here on (BEP 27), besides whom the user names: every other
   * source of peers ends here.
   */
  void onInfo(TorrentInfo info) {
    isPrivate = info.isPrivate();
    options = options.forTorrent(info);
    if (isPrivate) {
      session.localPeers().remove(infoHash);
      stopDht();
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
      if (dht != null) {
        dht.hurry();
      }
    }
  }

  /** The torrent was completed in this run. */
  void onComplete() {
    announcer.onComplete();
    if (dht != null) {
      dht.onComplete();
    }
  }

  /** Tells whoever knows us that we leave; the future never fails, and is quick. */
  CompletableFuture<Void> stop() {
    session.localPeers().remove(infoHash);
    stopDht();
    return announcer.stop();
  }

  private void stopDht() {
    if (dht != null) {
      dht.stop();
    }
  }

  /** Whether there are trackers, all were asked, and none works. */
  boolean allTrackersFailed() {
    return announcer.allFailed();
  }

  /** Whether one of them has not had its chance yet. */
  boolean areUntried() {
    return dht != null && dht.isUntried();
  }

  /** Whether the DHT is asked, and any node of it ever answered. */
  boolean isInDht() {
    return dht != null && dht.isAnswered();
  }

  /** Whether the DHT is to be asked. */
  boolean useDht() {
    return dht != null;
  }

  /** Why no tracker works, safe to print; null when one does or none was asked yet. */
  String lastTrackerError() {
    return announcer.lastError();
  }
}
