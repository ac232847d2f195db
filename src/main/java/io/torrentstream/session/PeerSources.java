package io.torrentstream.session;

import io.torrentstream.metainfo.TorrentInfo;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * All the ways in which one torrent hears of peers: those the user named, and its trackers. It
 * starts them, tells them how the torrent fares, and ends them; whom they find is offered to the
 * torrent. Confined to the torrent's loop.
 */
final class PeerSources {
  /** Takes the addresses that a source has found, on the torrent's loop. */
  @FunctionalInterface
  interface Taker {
    void offer(List<InetSocketAddress> addresses, PeerList.Source source);
  }

  /** With fewer peers than this, trackers are asked again as soon as they allow. */
  private static final int FEW_PEERS = 5;

  private final Session session;
  private final SourceOptions options;
  private final Taker taker;
  private final Announcer announcer;
  private boolean trackersOnly;

  /**
   * @param announcer of the torrent's trackers; not started yet
   */
  PeerSources(Session session, SourceOptions options, Taker taker, Announcer announcer) {
    this.session = session;
    this.options = options;
    this.taker = taker;
    this.announcer = announcer;
  }

  /** Begins to look; the torrent can take peers from here on. */
  void start() {
    announcer.start();
    session.resolve(options.peers(), found -> taker.offer(found, PeerList.Source.USER));
  }

  /** The peers that a magnet link names. */
  void offerLinked(List<InetSocketAddress> names) {
    session.resolve(
        names,
        found -> {
          if (!trackersOnly) {
            taker.offer(found, PeerList.Source.LINK);
          }
        });
  }

  /**
   * A magnet's info has come, and only now it is known whether the torrent is private. If so, its
   * trackers are all it may use from here on (BEP 27), besides whom the user names: every other
   * source of peers ends here.
   */
  void onInfo(TorrentInfo info) {
    trackersOnly = info.isPrivate();
  }

  /**
   * Once a second while the torrent downloads.
   *
   * @param peers that are connected
   */
  void onTick(int peers) {
    if (peers < FEW_PEERS) {
      announcer.hurry();
    }
  }

  /** The torrent was completed in this run. */
  void onComplete() {
    announcer.onComplete();
  }

  /** Tells whoever knows us that we leave; the future never fails, and is quick. */
  CompletableFuture<Void> stop() {
    return announcer.stop();
  }

  /** Whether there are trackers, all were asked, and none works. */
  boolean allTrackersFailed() {
    return announcer.allFailed();
  }

  /** Why no tracker works, safe to print; null when one does or none was asked yet. */
  String lastTrackerError() {
    return announcer.lastError();
  }
}
