package io.torrentstream.session;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.net.LocalGroups;
import io.torrentstream.net.PeerConnector;
import io.torrentstream.net.PeerListener;
import io.torrentstream.net.RangeFetcher;
import io.torrentstream.net.TrackerClient;
import io.torrentstream.net.Transport;
import io.torrentstream.net.TrustedTls;
import io.torrentstream.storage.DiskLanes;
import io.torrentstream.wire.Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running client: the listening port, the event loop, the disk lanes, and the torrents that use
 * them. The constructor is the wiring.
 *
 * <p>There is one event loop for all torrents: on the few cores that a download has, hashing and
 * writing on the lanes are the work, and a second loop would only add hand-overs. The public
 * methods may be called from any thread but a loop.
 */
public final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /**
   * Stopping waits for two seconds of trackers and then for the disk; longer than this something is
   * stuck.
   */
  private static final long CLOSE_SECONDS = 30;

  private final SessionConfig config;
  private final SecureRandom secureRandom = new SecureRandom();
  private final byte[] peerId = Handshake.newPeerId(secureRandom);
  private final int announceKey = secureRandom.nextInt();
  private final Transport transport = Transport.open(1);
  private final EventLoop loop = transport.loops().next();
  private final DiskLanes lanes = new DiskLanes(DiskLanes.defaultCount());
  private final BackgroundResolver resolver = new BackgroundResolver();
  private final PeerConnector connector;
  private final TrackerClient trackers;
  private final RangeFetcher webSeeds;
  private final RateLimiter downLimit;
  private final RateLimiter upLimit;
  private final LocalPeers localPeers;
  private PeerListener listener;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Confined to the loop, as is the count below. */
  private final Map<InfoHash, Torrent> torrents = new HashMap<>();

  private final Host host = new Host();
  private int connections;

  private Session(SessionConfig config, TrustedTls tls) {
    this.config = config;
    this.connector = new PeerConnector(transport, config.bind());
    this.trackers = new TrackerClient(transport, resolver, config.bind(), tls);
    this.webSeeds = new RangeFetcher(transport, loop, resolver, config.bind(), tls);
    this.localPeers =
        new LocalPeers(
            loop, heard -> LocalGroups.open(config.bind(), heard), this::port, secureRandom);
    this.downLimit = new RateLimiter(config.maxDownRate(), loop.ticker().nanoTime());
    this.upLimit = new RateLimiter(config.maxUpRate(), loop.ticker().nanoTime());
  }

  /**
   * Binds the listening port.
   *
   * @throws IOException when no port of the range is free, or the trackers' certificates cannot be
   *     read; the message names the range or the file
   */
  public static Session open(SessionConfig config) throws IOException {
    Session session = new Session(config, TrustedTls.load(config.trackerCa()));
    try {
      session.listener =
          PeerListener.bind(
              session.transport,
              session.loop,
              config.bind(),
              config.firstPort(),
              config.lastPort(),
              session::find);
      return session;
    } catch (IOException e) {
      session.close();
      throw e;
    }
  }

  /** The port that peers are accepted on. */
  public int port() {
    return listener.port();
  }

  /**
   * Starts a torrent: checks what is there, then downloads or seeds. A torrent that the session has
   * already fails at once.
   */
  public TorrentHandle add(Metainfo metainfo, TorrentOptions options) {
    return add(metainfo, options, event -> {});
  }

  /**
   * The same for whoever must not miss an event.
   *
   * @param listener as of {@link TorrentHandle#onEvent}
   */
  public TorrentHandle add(
      Metainfo metainfo, TorrentOptions options, Consumer<TorrentEvent> listener) {
    Torrent torrent = new Torrent(this, loop, metainfo, options);
    torrent.addListener(listener); // before the loop knows it
    loop.execute(
        () -> {
          if (torrents.putIfAbsent(metainfo.info().infoHash(), torrent) == null) {
            torrent.start();
          } else {
            torrent.refuse(
                "torrent: " + metainfo.info().infoHash() + " (expected: one not added before)");
          }
        });
    return new LoopHandle(torrent, loop);
  }

  /**
   * Stops all torrents, then the lanes and loops. Blocks, two seconds and a flush at most; not for
   * event loops. Closing twice is the same as once.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    loop.execute(
        () ->
            CompletableFuture.allOf(
                    List.copyOf(torrents.values()).stream()
                        .map(Torrent::stop)
                        .toArray(CompletableFuture[]::new))
                .whenComplete((done, fault) -> stopped.complete(null)));
    if (listener != null) {
      listener.close();
    }
    try {
      stopped.get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("torrents did not stop in {} s", CLOSE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    localPeers.close();
    trackers.close();
    webSeeds.close();
    lanes.close();
    transport.close();
    resolver.close();
  }

  // --- what the session's torrents share ---

  private HandshakeHandler.Swarm find(InfoHash infoHash) {
    Torrent torrent = torrents.get(infoHash);
    return torrent == null ? null : torrent.swarm();
  }

  DiskLanes lanes() {
    return lanes;
  }

  /** Where a torrent's random ties and orders come from; each torrent has its own. */
  RandomGenerator newRandom() {
    return new SplittableRandom(secureRandom.nextLong());
  }

  /** A torrent was stopped: it may be added anew. */
  void remove(InfoHash infoHash, Torrent torrent) {
    torrents.remove(infoHash, torrent);
  }

  Announcer announcer(
      InfoHash infoHash,
      List<List<String>> tiers,
      Announcer.Mediator mediator,
      RandomGenerator torrentRandom) {
    Announcer.Identity identity = new Announcer.Identity(infoHash, peerId, port(), announceKey);
    return new Announcer(loop, trackers::announce, identity, tiers, mediator, torrentRandom);
  }

  /** Who else is in the local network, on the loop. */
  LocalPeers localPeers() {
    return localPeers;
  }

  /** Fetches from web servers, on the loop. */
  WebSeeds.Fetcher webSeedFetcher() {
    return webSeeds::fetch;
  }

  /** Looks names up off the loop and offers what is found, on the loop. */
  void resolve(List<InetSocketAddress> names, Consumer<List<InetSocketAddress>> offer) {
    for (InetSocketAddress name : names) {
      resolver
          .resolveAll(name.getHostString())
          .whenCompleteAsync(
              (found, fault) -> {
                if (fault == null) {
                  offer.accept(
                      found.stream().map(ip -> new InetSocketAddress(ip, name.getPort())).toList());
                } else {
                  LOG.warn("peer {}: {}", name.getHostString(), fault.getMessage());
                }
              },
              loop);
    }
  }

  Swarm.Host host() {
    return host;
  }

  /** What the session is to its swarms. */
  private final class Host implements Swarm.Host {
    @Override
    public String version() {
      String version = Session.class.getPackage().getImplementationVersion();
      return version == null ? "tsl" : "tsl " + version;
    }

    @Override
    public byte[] peerId() {
      return peerId;
    }

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public RateLimiter downLimit() {
      return downLimit;
    }

    @Override
    public RateLimiter upLimit() {
      return upLimit;
    }

    @Override
    public long maxUpRate() {
      return config.maxUpRate();
    }

    @Override
    public int maxUploads() {
      return config.maxUploads();
    }

    @Override
    public int room() {
      return config.maxPeers() - connections;
    }

    @Override
    public void onConnections(int change) {
      connections += change;
    }

    @Override
    public ChannelFuture dial(InetSocketAddress address, HandshakeHandler.Swarm swarm) {
      return connector.connect(address, swarm);
    }

    @Override
    public int port() {
      return listener.port();
    }
  }
}
