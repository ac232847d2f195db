package io.torrentstream.net;

import io.netty.channel.EventLoop;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.Hosts;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The one door to trackers of any kind: http, https and udp. A tracker that has both IPv4 and IPv6
 * addresses is asked over both (BEP 7), since each side of it may know other peers, and only over
 * both will it list both of our addresses. Thread-safe.
 *
 * <p>The futures complete on a thread of the network and fail with an {@link IOException} (not
 * reached), a {@link ProtocolException} (nonsense) or a {@link
 * io.torrentstream.tracker.TrackerFailure} (refused). All their messages are one line, safe to
 * print, and without the tracker's path and query, which may hold a passkey.
 */
public final class TrackerClient implements AutoCloseable {
  /**
   * Limits of time, which tests set to their needs.
   *
   * @param connect for one TCP connection
   * @param total for one HTTP request in all
   * @param udp for the reply to a first datagram; for the next ones twice as long each
   * @param grace for the second address family after the first has answered
   */
  record Patience(Duration connect, Duration total, Duration udp, Duration grace) {
    static final Patience USUAL =
        new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofMillis(300));
  }

  private static final int MAX_BODY_BYTES = 2 * 1024 * 1024;
  private static final Duration IDLE = Duration.ofSeconds(75);

  private final EventLoop loop;
  private final BackgroundResolver resolver;
  private final InetAddress bind;
  private final Patience patience;
  private final HttpClient connections;
  private final HttpTrackerClient http;
  private final UdpTrackerClient udp;

  /**
   * @param bind the local address to ask from, or null
   * @param tls whom HTTPS trackers may be certified by
   * @param udp the port to ask UDP trackers from, which stays its owner's to close
   */
  public TrackerClient(
      Transport transport,
      BackgroundResolver resolver,
      InetAddress bind,
      TrustedTls tls,
      UdpMux udp) {
    this(transport, resolver, bind, tls, udp, Patience.USUAL);
  }

  TrackerClient(
      Transport transport,
      BackgroundResolver resolver,
      InetAddress bind,
      TrustedTls tls,
      UdpMux udp,
      Patience patience) {
    this.loop = udp.loop();
    this.resolver = resolver;
    this.bind = bind;
    this.patience = patience;
    HttpClient.Limits limits =
        new HttpClient.Limits(MAX_BODY_BYTES, patience.connect(), patience.total(), IDLE);
    this.connections = new HttpClient(transport, loop, resolver, bind, tls, limits);
    this.http = new HttpTrackerClient(connections);
    this.udp = new UdpTrackerClient(udp, patience.udp());
  }

  /** Announces; peers of both address families come in one answer, all with their addresses. */
  public CompletableFuture<Announce.Response> announce(
      ServerUrl tracker, Announce.Request request) {
    return new Announcing(tracker, request).run();
  }

  /** Asks for the size of a swarm. */
  public CompletableFuture<Scrape.Response> scrape(ServerUrl tracker, InfoHash infoHash) {
    return new Scraping(tracker, infoHash).run();
  }

  /** Closes all connections; what is under way fails. */
  @Override
  public void close() {
    connections.close();
    udp.close();
  }

  /** IPv4 and IPv6 addresses apart; those that our own address cannot reach left out. */
  private List<List<InetAddress>> families(List<InetAddress> found) throws ProtocolException {
    List<InetAddress> four = new ArrayList<>();
    List<InetAddress> six = new ArrayList<>();
    for (InetAddress address : found) {
      if (Hosts.isHost(address)) {
        (address instanceof Inet4Address ? four : six).add(address);
      }
    }
    if (four.isEmpty() && six.isEmpty()) { // a datagram to a group would reach a whole network
      throw new ProtocolException("tracker address: a group's or nobody's (expected: a server's)");
    }
    List<List<InetAddress>> families = new ArrayList<>();
    if (!four.isEmpty() && !(bind instanceof Inet6Address)) {
      families.add(four);
    }
    if (!six.isEmpty() && !(bind instanceof Inet4Address)) {
      families.add(six);
    }
    if (families.isEmpty()) {
      throw new ProtocolException("no address of the family of " + bind.getHostAddress());
    }
    return families;
  }

  /**
   * A torrent may name any address as its tracker, also one on the user's own machine where some
   * other service listens; what looks like an announce, such a service can be expected to survive.
   */
  private static void requireAnnouncePath(ServerUrl tracker, List<InetAddress> addresses)
      throws ProtocolException {
    if (tracker.isUdp() || tracker.path().startsWith("/announce")) {
      return;
    }
    for (InetAddress address : addresses) {
      if (address.isLoopbackAddress()) {
        throw new ProtocolException(
            "tracker URL: another path on this machine (expected: /announce)");
      }
    }
  }

  /**
   * One question to a tracker, asked at one or two families of its addresses. It waits for both, or
   * for the first that answers and a moment longer.
   */
  private abstract class Question<T> {
    final ServerUrl tracker;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private int open;
    private T answer;
    private Throwable firstFailure;

    Question(ServerUrl tracker) {
      this.tracker = tracker;
    }

    /** Asks at the addresses of one family. */
    abstract CompletableFuture<T> ask(List<InetAddress> addresses) throws ProtocolException;

    /** Makes one answer of those of both families. */
    abstract T merge(T first, T second);

    CompletableFuture<T> run() {
      resolver.resolveAll(tracker.host()).whenCompleteAsync(this::onAddresses, loop);
      return result;
    }

    private void onAddresses(List<InetAddress> addresses, Throwable failure) {
      if (failure != null) {
        result.completeExceptionally(failure);
        return;
      }
      try {
        requireAnnouncePath(tracker, addresses);
        List<List<InetAddress>> families = families(addresses);
        open = families.size();
        for (List<InetAddress> family : families) {
          ask(family).whenCompleteAsync(this::onAnswer, loop);
        }
      } catch (ProtocolException e) {
        result.completeExceptionally(e);
      }
    }

    private void onAnswer(T value, Throwable failure) {
      open--;
      if (failure == null) {
        answer = answer == null ? value : merge(answer, value);
      } else if (firstFailure == null) {
        firstFailure = Futures.unwrap(failure);
      }
      if (open == 0) {
        finish();
      } else if (failure == null) {
        loop.schedule(this::finish, patience.grace().toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    private void finish() {
      if (answer != null) {
        result.complete(answer);
      } else {
        result.completeExceptionally(firstFailure);
      }
    }
  }

  private final class Announcing extends Question<Announce.Response> {
    private final Announce.Request request;

    Announcing(ServerUrl tracker, Announce.Request request) {
      super(tracker);
      this.request = request;
    }

    @Override
    CompletableFuture<Announce.Response> ask(List<InetAddress> addresses) throws ProtocolException {
      CompletableFuture<Announce.Response> answer =
          tracker.isUdp()
              ? udp.announce(tracker, addresses.get(0), request)
              : http.announce(tracker, addresses, request);
      return answer.thenCompose(response -> PeerNames.usable(response, addresses, resolver));
    }

    @Override
    Announce.Response merge(Announce.Response first, Announce.Response second) {
      Set<InetSocketAddress> peers = new LinkedHashSet<>(first.peers());
      peers.addAll(second.peers());
      return new Announce.Response(
          Math.max(first.interval(), second.interval()),
          Math.max(first.minInterval(), second.minInterval()),
          List.copyOf(peers),
          Math.max(first.seeders(), second.seeders()),
          Math.max(first.leechers(), second.leechers()),
          first.trackerId() == null ? second.trackerId() : first.trackerId(),
          first.warning() == null ? second.warning() : first.warning(),
          first.externalIp() == null ? second.externalIp() : first.externalIp());
    }
  }

  private final class Scraping extends Question<Scrape.Response> {
    private final InfoHash infoHash;

    Scraping(ServerUrl tracker, InfoHash infoHash) {
      super(tracker);
      this.infoHash = infoHash;
    }

    @Override
    CompletableFuture<Scrape.Response> ask(List<InetAddress> addresses) throws ProtocolException {
      return tracker.isUdp()
          ? udp.scrape(tracker, addresses.get(0), infoHash)
          : http.scrape(tracker, addresses, infoHash);
    }

    @Override
    Scrape.Response merge(Scrape.Response first, Scrape.Response second) {
      return first;
    }
  }
}
