package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.storage.KeptInfo;
import io.torrentstream.util.ProtocolException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A torrent that begins as a magnet link. An earlier run may have left its metadata on the disk;
 * else a {@link MetadataSwarm} fetches it (state METADATA). Then there is an ordinary {@link
 * Torrent}, which takes over the peers and the sources of peers, and to which all calls go from
 * then on. Confined to its loop; other threads use {@link TorrentHandle}.
 */
final class MagnetTorrent implements TorrentRun, PeerSources.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(MagnetTorrent.class);

  /** What trackers are told is missing: not nothing, which would make us a seed. */
  private static final long UNKNOWN_LEFT = 16 * 1024;

  private final Session session;
  private final EventLoop loop;
  private final MagnetUri magnet;
  private final MagnetOptions options;
  private final PeerSources sources;
  private final MetadataSwarm swarm;
  private final List<Consumer<TorrentEvent>> listeners = new ArrayList<>();
  private final CompletableFuture<Path> completion = new CompletableFuture<>();
  private final long startNanos;
  private TorrentState state = TorrentState.METADATA;
  private boolean connected;
  private boolean fetched;
  private ScheduledFuture<?> ticks;
  private CompletableFuture<Void> stopped;
  private volatile TorrentStatus status;

  /** What the link stands for; null in the state METADATA. */
  private volatile Torrent torrent;

  MagnetTorrent(Session session, EventLoop loop, MagnetUri magnet, MagnetOptions options) {
    this.session = session;
    this.loop = loop;
    this.magnet = magnet;
    this.options = options;
    var random = session.newRandom();
    SourceOptions wanted = options.torrent().sources();
    List<List<String>> trackers = magnet.trackers().stream().map(List::of).toList();
    PeerSources.Named named = new PeerSources.Named(magnet.infoHash(), trackers, List.of());
    this.sources = PeerSources.of(session, wanted, named, this, random);
    this.swarm = new MetadataSwarm(session.host(), magnet.infoHash(), random, this::onInfo);
    this.startNanos = nowNanos();
    publish();
  }

  // --- from the link to the torrent ---

  @Override
  public void refuse(String reason) {
    fail(new TorrentFailure(TorrentFailure.Reason.BUG, reason, null));
    stopped = CompletableFuture.completedFuture(null);
  }

  @Override
  public void start() {
    ticks = loop.scheduleAtFixedRate(() -> guard(this::tick), 1, 1, TimeUnit.SECONDS);
    LOG.info("[{}] {}", magnet.infoHash(), state);
    if (options.metadataOnly()) {
      connect();
      return;
    }
    Path dir = options.torrent().storage().dir();
    InfoHash infoHash = magnet.infoHash();
    CompletableFuture.supplyAsync(() -> KeptInfo.read(dir, infoHash), this::onLane)
        .whenCompleteAsync((kept, fault) -> guard(() -> onKept(kept)), loop);
  }

  /** An unfinished download left its metadata there, or nobody did (null). */
  private void onKept(byte[] info) {
    if (stopped != null) {
      return;
    }
    if (info == null) {
      connect();
    } else {
      swarm.askNobody();
      onInfo(info); // and then connects: a private torrent must not look for peers everywhere first
    }
  }

  private void connect() {
    connected = true;
    sources.start();
    sources.offerLinked(magnet.peers());
  }

  /** The metadata is there and its hash is right. */
  private void onInfo(byte[] info) {
    fetched = true;
    byte[] bytes = magnet.torrent(info);
    CompletableFuture.supplyAsync(() -> parse(bytes), this::onLane)
        .whenCompleteAsync(
            (metainfo, fault) -> guard(() -> onParsed(metainfo, fault, bytes)), loop);
  }

  /** A large torrent takes a while to read, so this is not done on the loop. */
  private static Metainfo parse(byte[] torrent) {
    try {
      return Metainfo.parse(torrent);
    } catch (ProtocolException e) {
      throw new CompletionException(e);
    }
  }

  private void onParsed(Metainfo metainfo, Throwable fault, byte[] bytes) {
    if (stopped != null) {
      return;
    }
    if (fault != null && fault.getCause() instanceof ProtocolException invalid) {
      String reason = "metadata: " + invalid.getMessage();
      fail(new TorrentFailure(TorrentFailure.Reason.INVALID_TORRENT, reason, invalid));
      return;
    }
    if (fault != null) {
      throw new IllegalStateException("metadata not read", fault);
    }
    sources.onInfo(metainfo.info());
    if (!connected) {
      connect();
    }
    emit(new TorrentEvent.MetadataReady(metainfo, bytes));
    if (options.metadataOnly()) {
      swarm.close();
      return;
    }
    try {
      begin(metainfo, wantedFiles(metainfo.info()));
    } catch (TorrentFailure e) {
      fail(e);
    }
  }

  private BitSet wantedFiles(TorrentInfo info) throws TorrentFailure {
    if (options.files() != null) {
      return options.files().choose(info);
    }
    BitSet named = magnet.filesOf(info);
    if (named != null && named.isEmpty()) {
      throw new TorrentFailure(
          TorrentFailure.Reason.INVALID_MAGNET,
          "magnet so: none of these files (expected: some of 0.." + (info.files().size() - 1) + ")",
          null);
    }
    return named;
  }

  private void begin(Metainfo metainfo, BitSet files) {
    TorrentOptions chosen = options.torrent().withFiles(files);
    torrent = new Torrent(session, loop, metainfo, chosen, new EarlyStart(sources, swarm));
    torrent.addListener(this::onTorrentEvent);
    torrent
        .completion()
        .whenComplete(
            (path, failure) -> {
              if (failure == null) {
                completion.complete(path);
              } else {
                completion.completeExceptionally(failure);
              }
            });
    torrent.start();
  }

  private void onTorrentEvent(TorrentEvent event) {
    if (event instanceof TorrentEvent.Failed) {
      swarm.close(); // it may still have the peers
    }
    emit(event);
  }

  /** How work gets onto a disk lane. */
  private void onLane(Runnable work) {
    session.lanes().execute(0, work);
  }

  /** A bug of ours ends this torrent, instead of a wait for what never comes. */
  private void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException bug) {
      LOG.warn("[{}] stopped by a bug in tsl", magnet.infoHash(), bug);
      fail(new TorrentFailure(TorrentFailure.Reason.BUG, String.valueOf(bug), bug));
    }
  }

  private void fail(TorrentFailure failure) {
    if (state != TorrentState.ERROR && stopped == null) {
      state = TorrentState.ERROR;
      swarm.close();
      publish();
      completion.completeExceptionally(failure);
      emit(new TorrentEvent.Failed(failure));
    }
  }

  @Override
  public CompletableFuture<Void> stop() {
    if (stopped == null) {
      if (ticks != null) {
        ticks.cancel(false);
      }
      swarm.close();
      if (state != TorrentState.ERROR) {
        state = TorrentState.STOPPED;
      }
      publish();
      stopped = torrent == null ? sources.stop() : torrent.stop();
      stopped.whenComplete(
          (done, fault) -> {
            session.remove(magnet.infoHash(), this);
            completion.cancel(false); // unless it is complete, or failed
          });
    }
    return stopped;
  }

  // --- once a second ---

  private void tick() {
    long now = nowNanos();
    swarm.onTick(now);
    if (state == TorrentState.METADATA && torrent == null) {
      sources.onTick(swarm.peerCount());
      long limit = options.metadataTimeout().toNanos();
      if (!fetched && limit > 0 && now - startNanos > limit) {
        fail(Stall.noMetadata(options.metadataTimeout(), swarm, sources));
      }
    }
    publish();
  }

  private void publish() {
    status = Snapshot.ofMagnet(state, swarm, sources);
  }

  // --- what the sources of peers tell and ask ---

  @Override
  public void offer(List<InetSocketAddress> addresses, PeerList.Source source) {
    if (torrent != null && torrent.swarm() != null) {
      torrent.swarm().dialer().offer(addresses, source);
    } else {
      swarm.dialer().offer(addresses, source);
    }
  }

  @Override
  public void onWarning(String warning) {
    emit(new TorrentEvent.Warning(warning));
  }

  @Override
  public long uploaded() {
    return torrent == null ? 0 : torrent.uploaded();
  }

  @Override
  public long downloaded() {
    return torrent == null ? 0 : torrent.downloaded();
  }

  @Override
  public long left() {
    return torrent == null ? UNKNOWN_LEFT : torrent.left();
  }

  // --- for the session and the handle ---

  @Override
  public HandshakeHandler.Swarm swarm() {
    if (torrent != null && torrent.swarm() != null) {
      return torrent.swarm();
    }
    return connected ? swarm : null;
  }

  @Override
  public void onDhtStarted() {
    if (torrent != null) {
      torrent.onDhtStarted();
    }
  }

  @Override
  public TorrentStatus status() {
    Torrent begun = torrent;
    return begun == null ? status : begun.status();
  }

  @Override
  public CompletableFuture<Path> completion() {
    return completion;
  }

  @Override
  public CompletableFuture<Path> confirm() {
    return torrent == null ? completion : torrent.confirm();
  }

  @Override
  public void addListener(Consumer<TorrentEvent> listener) {
    listeners.add(listener);
  }

  @Override
  public void emit(TorrentEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  private long nowNanos() {
    return loop.ticker().nanoTime();
  }
}
