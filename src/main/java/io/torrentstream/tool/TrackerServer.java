package io.torrentstream.tool;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.internal.PlatformDependent;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.HalfOpenLimit;
import io.torrentstream.net.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tracker on its ports. All it knows is confined to one event loop; the public methods are called
 * from elsewhere.
 *
 * <pre>
 *   HTTP connection                                       UDP socket
 *     | HttpServerCodec        bytes to HTTP; long lines     | UdpTrackerHandler
 *     |                        and headers are refused
 *     | HttpObjectAggregator   one request; a body is
 *     |                        refused
 *     | ReadTimeoutHandler     no whole request for long:
 *     |                        the connection is closed
 *     | HttpTrackerHandler     the answer
 * </pre>
 */
public final class TrackerServer implements AutoCloseable {
  /** Hears of every announce that was answered. */
  @FunctionalInterface
  public interface Listener {
    /** Called on the tracker's loop: must not block. Numbers as they are after the announce. */
    void onAnnounce(InfoHash infoHash, int seeders, int leechers);
  }

  private static final Logger LOG = LoggerFactory.getLogger(TrackerServer.class);

  static final int MAX_CONNECTIONS = 1024;
  static final int MAX_CONNECTIONS_PER_ADDRESS = 64;
  static final int REQUEST_SECONDS = 30;

  /** Room for a scrape of as many torrents as one may ask for. */
  static final int MAX_LINE_BYTES = 8192;

  static final int MAX_HEADER_BYTES = 8192;
  private static final int MAX_BODY_BYTES = 0;

  /** Small, so that not too many requests are answered before anyone looks whether that works. */
  private static final int READ_BYTES = 2048;

  /** Longer ones are cut; no request is as long. */
  private static final int MAX_DATAGRAM_BYTES = 2048;

  /** What the system may keep while the loop is busy, if it lets us have so much. */
  private static final int UDP_BUFFER_BYTES = 1 << 20;

  /** Room for the answers to all that one turn of the loop may read, which are sent at its end. */
  private static final WriteBufferWaterMark UDP_WATER_MARK =
      new WriteBufferWaterMark(UDP_BUFFER_BYTES / 2, UDP_BUFFER_BYTES);

  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final ChannelGroup connections = new DefaultChannelGroup(loop);
  private final SecureRandom random = new SecureRandom();
  private final long startNanos = loop.ticker().nanoTime();
  private final Tracker tracker;
  private Channel http;
  private Channel udp;

  private TrackerServer(TrackerConfig config, Listener listener) {
    this.tracker = new Tracker(config, listener, random);
    loop.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  private void tick() {
    long nanos = loop.ticker().nanoTime() - startNanos;
    try {
      tracker.tick((int) TimeUnit.NANOSECONDS.toSeconds(nanos));
    } catch (RuntimeException bug) {
      // Thrown on, it would end the schedule, and with it the tracker's clock.
      LOG.warn("tracker: a fault of ours", bug);
    }
  }

  /** Serves HTTP only, for any torrent; as below. */
  public static TrackerServer open(InetAddress address, int port, Listener listener)
      throws IOException {
    return open(
        TrackerConfig.DEFAULT.withBind(address).withPorts(port, TrackerConfig.NO_PORT), listener);
  }

  /**
   * Binds and begins to answer.
   *
   * @throws IOException when a port cannot be had; the message names it
   */
  public static TrackerServer open(TrackerConfig config, Listener listener) throws IOException {
    TrackerServer server = new TrackerServer(config, listener);
    try {
      if (config.httpPort() != TrackerConfig.NO_PORT) {
        server.http =
            bind("HTTP", server.httpBootstrap()::bind, address(config, config.httpPort()));
      }
      if (config.udpPort() != TrackerConfig.NO_PORT) {
        server.udp = bind("UDP", server.udpBootstrap()::bind, address(config, config.udpPort()));
      }
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private static InetSocketAddress address(TrackerConfig config, int port) {
    return config.bind() == null
        ? new InetSocketAddress(port)
        : new InetSocketAddress(config.bind(), port);
  }

  private static Channel bind(
      String protocol,
      Function<InetSocketAddress, ChannelFuture> bootstrap,
      InetSocketAddress address)
      throws IOException {
    ChannelFuture bound = bootstrap.apply(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          protocol + " port: " + address.getPort() + " (expected: one that is free)",
          bound.cause());
    }
    return bound.channel();
  }

  private ServerBootstrap httpBootstrap() {
    HalfOpenLimit limit = new HalfOpenLimit(MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS);
    return new ServerBootstrap()
        .group(loop)
        .channel(transport.serverSocket())
        // So that a new start need not wait for the last one's closed connections. On Windows the
        // option means something else: another program could take the port over.
        .option(ChannelOption.SO_REUSEADDR, !PlatformDependent.isWindows())
        .handler(limit)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                connections.add(channel);
                channel.closeFuture().addListener(closed -> limit.leave(channel));
                addHandlers(channel.pipeline(), tracker, connections::size);
              }
            });
  }

  /** The handlers of one HTTP connection. */
  static void addHandlers(ChannelPipeline pipeline, Tracker tracker, IntSupplier connections) {
    pipeline
        .addLast(new HttpServerCodec(MAX_LINE_BYTES, MAX_HEADER_BYTES, MAX_HEADER_BYTES))
        .addLast(new HttpObjectAggregator(MAX_BODY_BYTES, true))
        // Behind the others it hears of whole requests only: one byte now and then is no request.
        .addLast(new ReadTimeoutHandler(REQUEST_SECONDS, TimeUnit.SECONDS))
        .addLast(new HttpTrackerHandler(tracker, connections));
  }

  private Bootstrap udpBootstrap() {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .option(ChannelOption.SO_RCVBUF, UDP_BUFFER_BYTES)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, UDP_WATER_MARK)
            .handler(new UdpTrackerHandler(tracker, new ConnectionIds(SipHash.withNewKey(random))));
    return transport.receiveMany(bootstrap, MAX_DATAGRAM_BYTES);
  }

  /** The one over HTTP: what goes into a torrent. */
  public String announceUrl() {
    return url("http", http);
  }

  /** All of them, one for each protocol that is served. */
  public List<String> announceUrls() {
    List<String> urls = new ArrayList<>();
    if (http != null) {
      urls.add(url("http", http));
    }
    if (udp != null) {
      urls.add(url("udp", udp));
    }
    return urls;
  }

  private static String url(String scheme, Channel channel) {
    InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
    String host = LocalAddresses.reachable(bound.getAddress()).getHostAddress();
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    return scheme + "://" + bracketed + ":" + bound.getPort() + "/announce";
  }

  /** The port of HTTP, or {@link TrackerConfig#NO_PORT}. */
  public int httpPort() {
    return port(http);
  }

  /** The port of UDP, or {@link TrackerConfig#NO_PORT}. */
  public int udpPort() {
    return port(udp);
  }

  private static int port(Channel channel) {
    return channel == null
        ? TrackerConfig.NO_PORT
        : ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** From now on only these torrents are tracked, whoever asks next. On any thread. */
  public void allow(Set<InfoHash> torrents) {
    tracker.allow(torrents);
  }

  /** Closes all connections, then the loop. Never called on a loop. */
  @Override
  public void close() {
    if (udp != null) {
      udp.close().awaitUninterruptibly();
    }
    if (http != null) {
      http.close().awaitUninterruptibly();
    }
    connections.close().awaitUninterruptibly();
    transport.close();
  }
}
