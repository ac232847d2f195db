package io.torrentstream.net;

import io.netty.channel.EventLoop;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.UdpTrackerCodec;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces to and scrapes trackers over UDP (BEP 15), all from one port. A datagram counts only
 * when it comes from the very address that was asked and carries the transaction id that was drawn
 * for it; anyone can send us others, and nothing is allocated or ended by those.
 *
 * <p>Requests may be made on any thread; everything else is confined to one event loop.
 */
final class UdpTrackerClient implements AutoCloseable, UdpMux.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(UdpTrackerClient.class);

  /** BEP 15: a connection id may be used for one minute after it was received. */
  private static final long CONNECTION_NANOS = TimeUnit.SECONDS.toNanos(60);

  private record ConnectionId(long id, long receivedAt) {}

  private final UdpMux udp;
  private final EventLoop loop;
  private final Duration firstTimeout;
  private final SecureRandom random = new SecureRandom();
  private final Map<Integer, UdpExchange<?>> waiting = new HashMap<>();
  private final Map<InetSocketAddress, ConnectionId> connections = new HashMap<>();
  private boolean closed;

  /**
   * @param udp the port to use, which stays its owner's to close
   * @param firstTimeout how long the first datagram is waited for; the next ones twice as long each
   */
  UdpTrackerClient(UdpMux udp, Duration firstTimeout) {
    this.udp = udp;
    this.loop = udp.loop();
    this.firstTimeout = firstTimeout;
    udp.onTrackers(this);
  }

  CompletableFuture<Announce.Response> announce(
      ServerUrl tracker, InetAddress address, Announce.Request request) {
    boolean ipv6 = address instanceof Inet6Address;
    return ask(
        new InetSocketAddress(address, tracker.port()),
        new UdpExchange.Question<>(
            UdpTrackerCodec.ANNOUNCE,
            (connection, transaction) ->
                UdpTrackerCodec.announceRequest(connection, transaction, tracker, request),
            reply -> UdpTrackerCodec.announceResponse(reply, ipv6)));
  }

  CompletableFuture<Scrape.Response> scrape(
      ServerUrl tracker, InetAddress address, InfoHash infoHash) {
    return ask(
        new InetSocketAddress(address, tracker.port()),
        new UdpExchange.Question<>(
            UdpTrackerCodec.SCRAPE,
            (connection, transaction) ->
                UdpTrackerCodec.scrapeRequest(connection, transaction, infoHash),
            UdpTrackerCodec::scrapeResponse));
  }

  private <T> CompletableFuture<T> ask(
      InetSocketAddress tracker, UdpExchange.Question<T> question) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (closed) {
            result.completeExceptionally(new IOException("closed"));
          } else {
            new UdpExchange<>(this, tracker, question, result).start();
          }
        });
    return result;
  }

  /** Fails what is under way. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          for (UdpExchange<?> exchange : List.copyOf(waiting.values())) {
            exchange.fail(new IOException("closed"));
          }
        });
  }

  EventLoop loop() {
    return loop;
  }

  Duration firstTimeout() {
    return firstTimeout;
  }

  /** Draws a transaction id under which replies reach {@code exchange}. */
  int register(UdpExchange<?> exchange) {
    int transaction = random.nextInt();
    while (waiting.putIfAbsent(transaction, exchange) != null) {
      transaction = random.nextInt();
    }
    return transaction;
  }

  void unregister(int transaction, UdpExchange<?> exchange) {
    waiting.remove(transaction, exchange);
  }

  /** The id that a tracker gave us within the last minute, or null. */
  Long connectionId(InetSocketAddress tracker) {
    long now = loop.ticker().nanoTime();
    connections.values().removeIf(c -> now - c.receivedAt() >= CONNECTION_NANOS);
    ConnectionId connection = connections.get(tracker);
    return connection == null ? null : connection.id();
  }

  void onConnected(InetSocketAddress tracker, long id) {
    connections.put(tracker, new ConnectionId(id, loop.ticker().nanoTime()));
  }

  void onConnectionRefused(InetSocketAddress tracker) {
    connections.remove(tracker);
  }

  /** Sends a datagram; a failure that this machine sees at once ends the exchange. */
  void send(byte[] datagram, InetSocketAddress to, UdpExchange<?> exchange) {
    udp.send(
        datagram,
        to,
        failure -> exchange.fail(new IOException("cannot send: " + failure.getMessage())));
  }

  @Override
  public void onDatagram(byte[] datagram, InetSocketAddress from) {
    try {
      UdpTrackerCodec.Reply reply = UdpTrackerCodec.reply(datagram);
      UdpExchange<?> exchange = waiting.get(reply.transactionId());
      if (exchange != null && exchange.isFrom(from)) {
        exchange.onReply(reply);
      }
    } catch (ProtocolException e) {
      // Too short for any reply: whoever sent it, it belongs to no request of ours.
      LOG.debug("UDP trackers: from {}: {}", from, e.getMessage());
    }
  }
}
