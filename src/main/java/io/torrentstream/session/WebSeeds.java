package io.torrentstream.session;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.OriginalPaths;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.net.RangeFetcher;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.picker.Source;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.ProtocolException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web servers that one torrent may be fetched from (BEP 19). They live from the end of the
 * check until everything wanted is there. Confined to the torrent's loop.
 */
final class WebSeeds {
  private static final Logger LOG = LoggerFactory.getLogger(WebSeeds.class);

  /** Each has a connection: a torrent must not make its users flood a host that it names. */
  private static final int MAX_WEB_SEEDS = 16;

  /** Fetches ranges; {@link RangeFetcher#fetch} but in tests. */
  @FunctionalInterface
  interface Fetcher {
    RangeFetcher.Transfer fetch(RangeFetcher.Range range, RangeFetcher.Receiver receiver);
  }

  /**
   * What web seeds share with the rest of their torrent.
   *
   * @param warnings hears what a user should know, one line each
   */
  record Context(
      TorrentInfo info,
      PiecePicker picker,
      Download download,
      TorrentDisk disk,
      TransferCounters counters,
      SwarmHost host,
      Fetcher fetcher,
      Consumer<String> warnings) {

    /** Of a torrent whose peers are in {@code swarm}. */
    static Context of(
        Session session,
        TorrentInfo info,
        Swarm swarm,
        PiecePicker picker,
        TorrentDisk disk,
        TransferCounters counters,
        Consumer<String> warnings) {
      return new Context(
          info, picker, swarm.download(), disk, counters, session.host(), session.host(), warnings);
    }

    long nowNanos() {
      return host.loop().ticker().nanoTime();
    }

    void warn(String oneLine) {
      warnings.accept(oneLine);
    }
  }

  private final Context torrent;
  private final List<WebSeed> seeds = new ArrayList<>();

  WebSeeds(Context torrent) {
    this.torrent = torrent;
  }

  /** Begins to fetch; addresses from the user come first. */
  void start(Metainfo metainfo, SourceOptions options) {
    if (!metainfo.httpSeeds().isEmpty()) {
      // A second protocol with scripts on the server, which next to nobody runs any more.
      LOG.info("[{}] httpseeds (BEP 17) are not used", torrent.info().name());
    }
    List<String> named = options.webSeeds();
    List<String> listed = options.useWebSeeds() ? metainfo.webSeeds() : List.of();
    if (named.isEmpty() && listed.isEmpty()) {
      return;
    }
    OriginalPaths paths = OriginalPaths.of(torrent.info());
    Set<String> seen = new HashSet<>();
    named.stream().filter(seen::add).forEach(url -> add(url, paths, true));
    listed.stream().filter(seen::add).forEach(url -> add(url, paths, false));
    seeds.forEach(WebSeed::fill);
  }

  private void add(String url, OriginalPaths paths, boolean named) {
    try {
      WebSeedAddress address = new WebSeedAddress(url, torrent.info(), paths, named);
      if (seeds.size() < MAX_WEB_SEEDS) {
        seeds.add(new WebSeed(address, torrent));
      } else {
        LOG.info("[{}] web seed {}: one too many", torrent.info().name(), address);
      }
    } catch (ProtocolException e) {
      if (named) {
        torrent.warn("web seed: " + e.getMessage());
      } else {
        // Some list FTP servers, too; BEP 19 has them passed over.
        LOG.info("[{}] web seed: {}", torrent.info().name(), e.getMessage());
      }
    }
  }

  /** Once a second. */
  void onTick() {
    for (WebSeed seed : seeds) {
      seed.onTick();
    }
  }

  /** The disk has caught up. */
  void onRoom() {
    for (WebSeed seed : seeds) {
      seed.regulate();
      seed.fill();
    }
  }

  /** A piece was wrong. What a web seed sends of a piece is all of it. */
  void onFailed(int piece, List<Source> senders) {
    for (WebSeed seed : seeds) {
      if (senders.contains(seed)) {
        seed.onWrongPiece(piece);
      }
    }
  }

  /** Nothing is fetched any more. */
  void close() {
    for (WebSeed seed : seeds) {
      seed.close();
    }
  }

  boolean isEmpty() {
    return seeds.isEmpty();
  }

  /** How many are sending, or have been asked to. */
  int activeCount() {
    int count = 0;
    for (WebSeed seed : seeds) {
      count += seed.isActive() ? 1 : 0;
    }
    return count;
  }

  /** Why one of them is of no use, in one line; or null. */
  String lastError() {
    return seeds.stream().map(WebSeed::lastError).filter(Objects::nonNull).findFirst().orElse(null);
  }
}
