package io.torrentstream.session;

import io.torrentstream.metainfo.TorrentInfo;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where a torrent's data may come from. Immutable.
 *
 * @param discovery the ways to hear of peers
 * @param trackers added to those of the .torrent, each a tier of its own
 * @param peers to connect to at once, unresolved names allowed
 * @param useWebSeeds false to use none of the .torrent's
 * @param webSeeds addresses of web servers (BEP 19), used besides those of the .torrent
 */
public record SourceOptions(
    Set<Discovery> discovery,
    List<String> trackers,
    List<InetSocketAddress> peers,
    boolean useWebSeeds,
    List<String> webSeeds) {

  /** Whatever the .torrent names, and whom those name; no calls into the local network. */
  public static final SourceOptions DEFAULT =
      new SourceOptions(
          EnumSet.complementOf(EnumSet.of(Discovery.LSD)), List.of(), List.of(), true, List.of());

  public SourceOptions {
    discovery = Set.copyOf(discovery);
  }

  public SourceOptions withDiscovery(Set<Discovery> ways) {
    return new SourceOptions(ways, trackers, peers, useWebSeeds, webSeeds);
  }

  public SourceOptions withTrackers(List<String> added) {
    return new SourceOptions(discovery, added, peers, useWebSeeds, webSeeds);
  }

  public SourceOptions withPeers(List<InetSocketAddress> added) {
    return new SourceOptions(discovery, trackers, added, useWebSeeds, webSeeds);
  }

  public SourceOptions withWebSeeds(boolean useListed, List<String> added) {
    return new SourceOptions(discovery, trackers, peers, useListed, added);
  }

  /**
   * What of this a torrent allows: of the ways to hear of peers, a private one leaves its trackers
   * alone (BEP 27). Whom the user names is the user's to answer for.
   */
  SourceOptions forTorrent(TorrentInfo info) {
    return info.isPrivate() ? withDiscovery(allowedWhenPrivate()) : this;
  }

  private Set<Discovery> allowedWhenPrivate() {
    return uses(Discovery.TRACKERS) ? EnumSet.of(Discovery.TRACKERS) : Set.of();
  }

  boolean uses(Discovery way) {
    return discovery.contains(way);
  }

  /**
   * The trackers to announce to, tier by tier.
   *
   * @param named by the .torrent or the magnet link
   */
  List<List<String>> tiers(List<List<String>> named) {
    if (!uses(Discovery.TRACKERS)) {
      return List.of();
    }
    // Those the user named come first: one that works is enough (BEP 12), and is to be theirs.
    List<List<String>> tiers = new ArrayList<>();
    for (String added : trackers) {
      tiers.add(List.of(added));
    }
    tiers.addAll(named);
    return tiers;
  }
}
