package io.torrentstream.cli;

import io.torrentstream.dht.DhtConfig;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.session.DhtService;
import io.torrentstream.session.DhtSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Asks the DHT who is in a swarm, without a trace there. */
final class DhtSurvey implements AutoCloseable {
  /**
   * What the DHT answered.
   *
   * @param asked nodes
   * @param answered of them; 0 when the DHT was not reached
   * @param seeders an estimate; -1 when not asked for
   * @param leechers likewise
   */
  record Answer(
      int asked, int answered, long seeders, long leechers, Set<InetSocketAddress> peers) {
    boolean ok() {
      return answered > 0;
    }

    /** Why there is no answer; null when there is one. */
    String error() {
      return ok() ? null : Units.count(asked, "node") + " asked, none answered";
    }
  }

  private final DhtService dht;
  private final Set<InetSocketAddress> peers = new LinkedHashSet<>(); // on the node's loop
  private final CompletableFuture<Answer> answer;

  /**
   * Begins to ask.
   *
   * @param scrape whether only the numbers are wanted (BEP 33)
   */
  DhtSurvey(DhtSettings settings, InetAddress bind, InfoHash infoHash, boolean scrape)
      throws IOException {
    this.dht =
        DhtService.open(
            new DhtService.Options(
                bind,
                0,
                0,
                DhtConfig.DEFAULT.withReadOnly(true),
                settings.nodes(),
                settings.stateFile()));
    DhtNode.PeerQuery query =
        new DhtNode.PeerQuery(infoHash, DhtNode.PeerQuery.NO_ANNOUNCE, false, false, scrape);
    this.answer =
        dht.findPeers(query, peers::addAll)
            .thenApply(
                found ->
                    new Answer(
                        found.lookup().asked(),
                        found.lookup().answered(),
                        scrape ? found.seeds() : -1,
                        scrape ? found.leechers() : -1,
                        scrape ? Set.of() : new LinkedHashSet<>(peers)));
  }

  /** Waits for the end of the search, which comes within a minute. */
  Answer await() {
    return answer.join();
  }

  @Override
  public void close() {
    dht.close();
  }
}
