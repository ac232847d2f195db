package io.torrentstream.session;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetUri;
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
import io.torrentstream.net.UdpMux;
import io.torrentstream.storage.DiskLanes;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.wire.Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
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
  private final UdpMux udp;
  private final PeerConnector connector;
  private final TrackerClient trackers;
  private final RangeFetcher webSeeds;
  private final SessionDht dht; // null to take no part in it
  private final RateLimiter downLimit;
  private final RateLimiter upLimit;
  private final LocalPeers localPeers;
  private PeerListener listener;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Confined to the loop, as is the count below. */
  private final Map<InfoHash, TorrentRun> torrents = new HashMap<>();

  private final Host host = new Host();
  private int connections;

  private Session(SessionConfig config, TrustedTls tls) {
    this.config = config;
    this.connector = new PeerConnector(transport, config.bind());
    this.udp = new UdpMux(transport, loop, config.bind());
    this.trackers = new TrackerClient(transport, resolver, config.bind(), tls, udp);
    this.webSeeds = new RangeFetcher(transport, loop, resolver, config.bind(), tls);
    this.localPeers = new LocalPeers(loop, host, secureRandom);
    this.dht =
        config.dht() == null
            ? null
            : new SessionDht(config.dht(), loop, udp, resolver, this::onDhtStarted);
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
              session.host);
      session.udp.prefer(session.port());
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
    Torrent torrent = new Torrent(this, loop, metainfo, options, null);
    return add(metainfo.info().infoHash(), torrent, listener);
  }

  /**
   * Starts a torrent from a magnet link: fetches its metadata first, where an earlier run has not
   * left it. A torrent that the session has already fails at once.
   *
   * @param listener as of {@link TorrentHandle#onEvent}; hears of the metadata, too
   */
  public TorrentHandle add(
      MagnetUri magnet, MagnetOptions options, Consumer<TorrentEvent> listener) {
    return add(magnet.infoHash(), new MagnetTorrent(this, loop, magnet, options), listener);
  }

  private TorrentHandle add(
      InfoHash infoHash, TorrentRun torrent, Consumer<TorrentEvent> listener) {
    torrent.addListener(listener); // before the loop knows it
    loop.execute(
        () -> {
          if (torrents.putIfAbsent(infoHash, torrent) == null) {
            torrent.start();
          } else {
            torrent.refuse("torrent: " + infoHash + " (expected: one not added before)");
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
    loop.execute(() -> stopTorrents(stopped));
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
    if (dht != null) {
      dht.close();
    }
    trackers.close();
    webSeeds.close();
    udp.close();
    lanes.close();
    transport.close();
    resolver.close();
  }

  private void stopTorrents(CompletableFuture<Void> stopped) {
    List<CompletableFuture<Void>> stopping = new ArrayList<>();
    for (TorrentRun torrent : List.copyOf(torrents.values())) {
      stopping.add(torrent.stop());
    }
    CompletableFuture.allOf(stopping.toArray(new CompletableFuture<?>[0]))
        .whenComplete((done, fault) -> stopped.complete(null));
  }

  // --- what the session's torrents share ---

  DiskLanes lanes() {
    return lanes;
  }

  /** Where a torrent's random ties and orders come from; each torrent has its own. */
  RandomGenerator newRandom() {
    return new SplittableRandom(secureRandom.nextLong());
  }

  /** A torrent was stopped: it may be added anew. */
  void remove(InfoHash infoHash, TorrentRun torrent) {
    torrents.remove(infoHash, torrent);
  }

  Announcer announcer(
      InfoHash infoHash,
      List<List<String>> tiers,
      Announcer.Mediator mediator,
      RandomGenerator torrentRandom) {
    Announcer.Identity identity = new Announcer.Identity(infoHash, peerId, port(), announceKey);
    return new Announcer(loop, host, identity, tiers, mediator, torrentRandom);
  }

  /** Who else is in the local network, on the loop. */
  LocalPeers localPeers() {
    return localPeers;
  }

  /** Looks for a torrent's peers in the DHT; null when the session takes no part in it. */
  DhtAnnouncer dhtAnnouncer(DhtAnnouncer.Torrent torrent, PeerSources.Owner owner) {
    return dht == null
        ? null
        : new DhtAnnouncer(
            loop,
            dht,
            torrent,
            () -> owner.left() == 0,
            found -> owner.offer(found, PeerList.Source.DHT));
  }

  private void onDhtStarted() {
    torrents.values().forEach(TorrentRun::onDhtStarted);
  }

  /** Looks names up off the loop and offers what is found, on the loop. */
  void resolve(List<InetSocketAddress> names, PeerList.Source source, PeerSources.Taker taker) {
    for (InetSocketAddress name : names) {
      resolver
          .resolveAll(name.getHostString())
          .whenCompleteAsync(
              (found, fault) -> {
                if (fault == null) {
                  taker.offer(
                      found.stream().map(ip -> new InetSocketAddress(ip, name.getPort())).toList(),
                      source);
                } else {
                  LOG.warn("peer {}: {}", name.getHostString(), fault.getMessage());
                }
              },
              loop);
    }
  }

  /** On the loop. */
  Host host() {
    return host;
  }

  /** What the session is to its torrents' parts, and to whom the listener hands connections. */
  final class Host
      implements SwarmHost,
          HandshakeHandler.Swarms,
          Announcer.Tracker,
          WebSeeds.Fetcher,
          LocalPeers.Network {
    @Override
    public HandshakeHandler.Swarm find(InfoHash infoHash) {
      TorrentRun torrent = torrents.get(infoHash);
      return torrent == null ? null : torrent.swarm();
    }

    @Override
    public CompletableFuture<Announce.Response> announce(
        ServerUrl tracker, Announce.Request request) {
      return trackers.announce(tracker, request);
    }

    @Override
    public RangeFetcher.Transfer fetch(RangeFetcher.Range range, RangeFetcher.Receiver receiver) {
      return webSeeds.fetch(range, receiver);
    }

    @Override
    public LocalGroups open(LocalGroups.Receiver receiver) throws IOException {
      return LocalGroups.open(config.bind(), receiver);
    }

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
    public boolean isOwn(InetSocketAddress address) {
      return listener.isOwn(address);
    }

    @Override
    public NodeExchange.Dht dht() {
      return dht;
    }

    @Override
    public int port() {
      return listener.port();
    }
  }
}
