package io.torrentstream.net;

import io.torrentstream.tracker.Announce;
import io.torrentstream.util.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks up the peers that a tracker gave by name (BEP 3 allows that; hardly any tracker does it).
 * Bounded, so that no tracker can have us query name servers at will or wait for slow ones.
 */
final class PeerNames {
  private static final int MAX_NAMES = 50;
  private static final long MAX_SECONDS = 5;

  private PeerNames() {}

  /**
   * The same response with addresses only: those of peers that have names in place of these, and
   * none that are not credible.
   *
   * @param tracker the addresses of who gave it
   */
  static CompletableFuture<Announce.Response> usable(
      Announce.Response response, List<InetAddress> tracker, BackgroundResolver resolver) {
    for (InetSocketAddress peer : response.peers()) {
      if (peer.isUnresolved()) {
        return resolve(response, resolver).thenApply(resolved -> credible(resolved, tracker));
      }
    }
    return CompletableFuture.completedFuture(credible(response, tracker));
  }

  /** Names without an address are left out. */
  private static CompletableFuture<Announce.Response> resolve(
      Announce.Response response, BackgroundResolver resolver) {
    List<InetSocketAddress> peers =
        new ArrayList<>(response.peers().stream().filter(peer -> !peer.isUnresolved()).toList());
    List<CompletableFuture<InetSocketAddress>> found =
        response.peers().stream()
            .filter(InetSocketAddress::isUnresolved)
            .limit(MAX_NAMES)
            .map(peer -> resolve(peer, resolver))
            .toList();
    return CompletableFuture.allOf(found.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done -> {
              found.stream()
                  .map(CompletableFuture::join)
                  .filter(peer -> peer != null && !peers.contains(peer))
                  .forEach(peers::add);
              return response.withPeers(List.copyOf(peers));
            });
  }

  /**
   * The same response without what its tracker has no business to name: one on the Internet knows
   * of no peer on this machine, and could have us knock at the services here.
   *
   * @param tracker its addresses
   */
  private static Announce.Response credible(Announce.Response response, List<InetAddress> tracker) {
    boolean local = true;
    for (InetAddress address : tracker) {
      local &= Hosts.isLocal(address);
    }
    if (local) {
      return response;
    }
    return response.withPeers(
        response.peers().stream().filter(peer -> !peer.getAddress().isLoopbackAddress()).toList());
  }

  /** The peer's first address, or null; never fails. */
  private static CompletableFuture<InetSocketAddress> resolve(
      InetSocketAddress peer, BackgroundResolver resolver) {
    return resolver
        .resolveAll(peer.getHostString())
        .thenApply((List<InetAddress> all) -> new InetSocketAddress(all.get(0), peer.getPort()))
        .exceptionally(unknown -> null)
        .completeOnTimeout(null, MAX_SECONDS, TimeUnit.SECONDS);
  }
}
