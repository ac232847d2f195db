package io.torrentstream.session;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.TrackerClient;
import io.torrentstream.net.Transport;
import io.torrentstream.net.TrustedTls;
import io.torrentstream.net.UdpMux;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Handshake;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Asks trackers who is in a swarm without joining it. A tracker gives peers only to those who
 * announce, and lists them from then on; so each that answered is told {@code stopped} at once, and
 * neither {@code started} nor {@code completed}, which would count in its statistics. A scrape
 * leaves no trace at all.
 *
 * <p>Asking is thread-safe; the answers complete on an event loop.
 */
public final class TrackerSurvey implements AutoCloseable {
  private static final int PEERS_WANTED = 200;

  /** More than nothing, which would be a seed's word; how much it really is does not matter. */
  private static final long MISSING_BYTES = 16 * 1024;

  private static final int FIRST_DYNAMIC_PORT = 49152;
  private static final long STOP_SECONDS = 2;

  /**
   * What one tracker answered. Immutable.
   *
   * @param tracker its address without a passkey, safe to print
   * @param error why there is no answer, one line, safe to print; null when there is one
   * @param interval seconds that it wants between announces; 0 after a scrape
   * @param seeders or -1 when not told
   * @param leechers or -1 when not told
   * @param peers whom it named; empty after a scrape
   */
  public record Answer(
      String tracker,
      String error,
      int interval,
      int seeders,
      int leechers,
      List<InetSocketAddress> peers) {
    public boolean ok() {
      return error == null;
    }

    private static Answer failed(String tracker, Throwable failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      return new Answer(tracker, cause.getMessage(), 0, -1, -1, List.of());
    }
  }

  private final Transport transport = Transport.open(1);
  private final BackgroundResolver resolver = new BackgroundResolver();
  private final Queue<CompletableFuture<?>> farewells = new ConcurrentLinkedQueue<>();
  private final UdpMux udp;
  private final TrackerClient client;
  private final InfoHash torrent;
  private final byte[] peerId;
  private final int key;

  /** Nobody listens there; drawn at random, so that we can tell ourselves among the peers. */
  private final int port;

  /**
   * @param bind the local address to ask from, or null
   */
  public TrackerSurvey(InfoHash torrent, InetAddress bind, TrustedTls tls) {
    SecureRandom random = new SecureRandom();
    this.torrent = torrent;
    this.udp = new UdpMux(transport, transport.loops().next(), bind);
    this.client = new TrackerClient(transport, resolver, bind, tls, udp);
    this.peerId = Handshake.newPeerId(random);
    this.key = random.nextInt();
    this.port = random.nextInt(FIRST_DYNAMIC_PORT, 1 << 16);
  }

  /** Announces to a tracker; the future never fails. */
  public CompletableFuture<Answer> announce(String tracker) {
    return ask(tracker, this::announce);
  }

  /** Asks a tracker for the size of the swarm only; the future never fails. */
  public CompletableFuture<Answer> scrape(String tracker) {
    return ask(
        tracker,
        url ->
            client
                .scrape(url, torrent)
                .thenApply(
                    sizes ->
                        new Answer(
                            url.toString(),
                            null,
                            0,
                            sizes.seeders(),
                            sizes.leechers(),
                            List.of())));
  }

  private CompletableFuture<Answer> announce(ServerUrl url) {
    return client
        .announce(url, request(Announce.Event.NONE, PEERS_WANTED))
        .thenApply(
            response -> {
              farewells.add(client.announce(url, request(Announce.Event.STOPPED, 0)));
              return new Answer(
                  url.toString(),
                  null,
                  response.interval(),
                  response.seeders(),
                  response.leechers(),
                  response.peers().stream().filter(peer -> peer.getPort() != port).toList());
            });
  }

  private static CompletableFuture<Answer> ask(
      String tracker, Function<ServerUrl, CompletableFuture<Answer>> question) {
    ServerUrl url;
    try {
      url = ServerUrl.parse(tracker);
    } catch (ProtocolException e) {
      return CompletableFuture.completedFuture(Answer.failed(ServerUrl.hide(tracker), e));
    }
    return question.apply(url).exceptionally(failure -> Answer.failed(url.toString(), failure));
  }

  /** As one that has nothing yet: some trackers name no seeds to a seed. */
  private Announce.Request request(Announce.Event event, int numWant) {
    return new Announce.Request(
        torrent, peerId, port, 0, 0, MISSING_BYTES, event, numWant, key, null);
  }

  /** Waits until the trackers have heard that we left, two seconds at most. */
  @Override
  public void close() {
    CompletableFuture.allOf(farewells.toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, STOP_SECONDS, TimeUnit.SECONDS)
        .handle((done, failure) -> null)
        .join();
    client.close();
    udp.close();
    resolver.close();
    transport.close();
  }
}
