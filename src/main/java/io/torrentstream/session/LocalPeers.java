package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.LocalGroups;
import io.torrentstream.wire.LocalAnnouncement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the session's torrents out in the local network and hears who else has them (BEP 14). Each
 * is announced every five minutes, several in one announcement, and no announcement follows another
 * within a minute. Nothing is ever answered: whoever hears of a peer connects to it.
 *
 * <p>Confined to its loop, but for {@link #close}.
 */
final class LocalPeers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalPeers.class);

  static final long INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(5);
  static final long LEAST_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** By then a download has dialled whom it knows; a short one is over, and opens no socket. */
  static final long START_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The way into the network, and where we are in it. */
  interface Network {
    /** {@link LocalGroups#open}. The receiver is called on any thread. */
    LocalGroups open(LocalGroups.Receiver receiver) throws IOException;

    /** Where we listen. */
    int port();
  }

  /** A torrent that is announced, and who takes the peers. */
  private static final class Entry {
    final PeerSources.Taker taker;
    long dueNanos;

    Entry(PeerSources.Taker taker, long dueNanos) {
      this.taker = taker;
      this.dueNanos = dueNanos;
    }
  }

  private final EventLoop loop;
  private final Network network;
  private final String cookie;
  private final Map<InfoHash, Entry> torrents = new LinkedHashMap<>();
  private volatile LocalGroups groups;
  private boolean announced;
  private long announcedNanos;
  private ScheduledFuture<?> timer;

  /**
   * @param network opened when there is something to announce for the first time
   */
  LocalPeers(EventLoop loop, Network network, RandomGenerator random) {
    this.loop = loop;
    this.network = network;
    this.cookie = Integer.toHexString(random.nextInt());
  }

  /** Announces a torrent from now on, and offers whoever announces it too. */
  void add(InfoHash infoHash, PeerSources.Taker taker) {
    torrents.put(infoHash, new Entry(taker, now() + START_NANOS));
    arm();
  }

  /** Announces a torrent no more; one that was not announced is fine. */
  void remove(InfoHash infoHash) {
    if (torrents.remove(infoHash) != null) {
      arm();
    }
  }

  /** Sets the timer for what is due next. */
  private void arm() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (torrents.isEmpty()) {
      timer = null;
      return;
    }
    long now = now();
    long wait = Long.MAX_VALUE;
    for (Entry entry : torrents.values()) {
      wait = Math.min(wait, entry.dueNanos - now);
    }
    if (announced) {
      wait = Math.max(wait, announcedNanos + LEAST_INTERVAL_NANOS - now);
    }
    timer = loop.schedule(this::announce, Math.max(0, wait), TimeUnit.NANOSECONDS);
  }

  private void announce() {
    List<InfoHash> due = new ArrayList<>();
    for (Map.Entry<InfoHash, Entry> torrent : torrents.entrySet()) {
      if (due.size() < LocalAnnouncement.MAX_INFO_HASHES
          && torrent.getValue().dueNanos - now() <= 0) {
        due.add(torrent.getKey());
      }
    }
    for (InfoHash infoHash : due) {
      Entry entry = torrents.remove(infoHash); // to the end: with many, each has its turn
      entry.dueNanos = now() + INTERVAL_NANOS;
      torrents.put(infoHash, entry);
    }
    try {
      if (groups == null) {
        groups = network.open((heard, from) -> loop.execute(() -> onAnnouncement(heard, from)));
      }
      groups.send(new LocalAnnouncement(network.port(), due, cookie));
    } catch (IOException e) {
      LOG.debug("local discovery: {}", e.getMessage());
    }
    announced = true;
    announcedNanos = now();
    arm();
  }

  private void onAnnouncement(LocalAnnouncement heard, InetAddress from) {
    if (heard.cookie().equals(cookie)) {
      return; // our own voice
    }
    for (InfoHash infoHash : heard.infoHashes()) {
      Entry entry = torrents.get(infoHash);
      if (entry != null) {
        entry.taker.offer(
            List.of(new InetSocketAddress(from, heard.port())), PeerList.Source.LOCAL);
      }
    }
  }

  private long now() {
    return loop.ticker().nanoTime();
  }

  /** Closes the network, from any thread; to be called when no torrent runs any more. */
  @Override
  public void close() {
    if (groups != null) {
      groups.close();
    }
  }
}
