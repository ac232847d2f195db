package io.torrentstream.session;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.picker.Source;
import io.torrentstream.storage.StorageException;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.Bitfield;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One torrent from its start to its end: checks what is on the disk, then runs a {@link Swarm}
 * until it is stopped. It wires the parts together and owns what all of them share: the state, the
 * progress, and the verdict. Confined to its loop; other threads use {@link TorrentHandle}.
 */
final class Torrent implements TorrentRun, TorrentDisk.Listener, PeerSources.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Torrent.class);

  private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Session session;
  private final EventLoop loop;
  private final Metainfo metainfo;
  private final TorrentInfo info;
  private final TorrentOptions options;
  private final Progress progress;
  private final TransferCounters counters;
  private final TorrentDisk disk;
  private final RandomGenerator random;
  private final PeerSources sources;

  /** Null when the torrent was known from the start. */
  private final EarlyStart early;

  private final List<Consumer<TorrentEvent>> listeners = new ArrayList<>();
  private final CompletableFuture<Path> completion = new CompletableFuture<>();
  private CompletableFuture<Void> stopped;
  private TorrentState state = TorrentState.CHECKING;
  private long checkedBytes;
  private final Stall stall;
  private long lastCheckpointNanos;
  private volatile TorrentStatus status;

  /** These exist from the end of the check on. */
  private PiecePicker picker;

  private Swarm swarm;
  private WebSeeds webSeeds;
  private ScheduledFuture<?> ticks;

  /**
   * @param early what is to be taken over, or null
   */
  Torrent(
      Session session, EventLoop loop, Metainfo metainfo, TorrentOptions wishes, EarlyStart early) {
    this.session = session;
    this.loop = loop;
    this.metainfo = metainfo;
    this.info = metainfo.info();
    this.options = wishes.forTorrent(info);
    this.progress = new Progress(info, options.files());
    this.counters = new TransferCounters(nowNanos());
    this.disk =
        new TorrentDisk(
            info,
            options.files(),
            options.storage(),
            session.lanes(),
            answer -> loop.execute(() -> guard(answer)),
            this);
    this.random = session.newRandom();
    this.early = early;
    this.sources =
        early != null
            ? early.sources()
            : PeerSources.of(
                session,
                options.sources(),
                new PeerSources.Named(info.infoHash(), metainfo.trackers(), metainfo.nodes()),
                this,
                random);
    this.stall = new Stall(options.stallTimeout(), nowNanos());
    this.lastCheckpointNanos = nowNanos();
    publish();
  }

  // --- from start to end ---

  @Override
  public void refuse(String reason) {
    fail(new TorrentFailure(TorrentFailure.Reason.BUG, reason, null));
    stopped = CompletableFuture.completedFuture(null);
  }

  @Override
  public void start() {
    ticks = loop.scheduleAtFixedRate(() -> guard(this::tick), 1, 1, TimeUnit.SECONDS);
    openDisk()
        .whenComplete(
            (have, fault) -> {
              if (stopped != null) {
                return;
              }
              if (fault != null) {
                onFault(fault);
              } else {
                guard(() -> onChecked(have)); // a future would keep what it throws to itself
              }
            });
  }

  private CompletableFuture<Bitfield> openDisk() {
    if (options.seeding() != null) {
      return disk.openReadOnly();
    }
    return early == null ? disk.open() : disk.openKeepingInfo();
  }

  /** The check is over: connect. */
  private void onChecked(Bitfield have) {
    progress.onChecked(have);
    stall.onProgress(nowNanos());
    TorrentOptions.Seeding seeding = options.seeding();
    if (seeding != null && !seeding.accepts(have, disk.isWhole())) {
      fail(TorrentFailure.unfitToShare(info.name(), progress, seeding));
      return;
    }
    enter(TorrentState.DOWNLOADING);
    Bitfield goal = seeding == null ? info.layout().piecesOf(options.files()) : have;
    picker = new PiecePicker(info.layout(), have, goal, options.order(), random);
    swarm = new Swarm(session.host(), info, picker, disk, counters, random);
    webSeeds =
        new WebSeeds(
            WebSeeds.Context.of(session, info, swarm, picker, disk, counters, this::onWarning));
    if (seeding != null && seeding.superSeed() && have.isFull()) {
      swarm.superSeed(random);
    }
    if (picker.isComplete()) {
      finish();
    } else {
      webSeeds.start(metainfo, options.sources());
    }
    sources.begin(swarm.exchange());
    if (early == null) {
      sources.start();
    } else {
      early.swarm().handOver(swarm);
    }
    publish();
  }

  @Override
  public void onPieceVerified(int piece) {
    swarm.onVerified(piece, picker.onVerified(piece));
    progress.onVerified(piece);
    stall.onProgress(nowNanos());
    emit(new TorrentEvent.PieceVerified(piece));
    if (picker.isComplete() && state == TorrentState.DOWNLOADING) { // and not stopped meanwhile
      webSeeds.close();
      swarm.onComplete();
      if (left() == 0) { // who wanted only some files is no seed
        sources.onComplete();
      }
      finish();
    }
  }

  @Override
  public void onPieceFailed(int piece) {
    LOG.debug("[{}] piece {}: wrong hash", info.name(), piece);
    counters.hashFailures++;
    counters.wasted += info.layout().pieceLength(piece);
    List<Source> senders = picker.onFailed(piece);
    webSeeds.onFailed(piece, senders);
    swarm.onFailed(piece, senders);
  }

  /** Every wanted piece is verified; success is only when the files stand under their names. */
  private void finish() {
    disk.finish()
        .whenComplete(
            (path, fault) -> {
              if (fault != null) {
                onFault(fault);
              } else {
                if (state == TorrentState.DOWNLOADING) {
                  enter(TorrentState.SEEDING);
                }
                publish();
                completion.complete(path);
              }
            });
  }

  @Override
  public CompletableFuture<Path> confirm() {
    return disk.finish();
  }

  /**
   * A bug of ours ends this torrent with its own exit code, instead of a wait for what never comes.
   */
  private void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException bug) {
      onFault(bug);
    }
  }

  private void onFault(Throwable fault) {
    Throwable cause = fault.getCause() instanceof StorageException ? fault.getCause() : fault;
    if (cause instanceof StorageException storage) {
      onStorageError(storage);
    } else {
      LOG.warn("[{}] stopped by a bug in tsl", info.name(), cause);
      fail(new TorrentFailure(TorrentFailure.Reason.BUG, String.valueOf(cause), cause));
    }
  }

  @Override
  public void onStorageError(StorageException fault) {
    fail(TorrentFailure.of(fault));
  }

  /** Ends the download, not the session: connections close, what is verified stays. */
  private void fail(TorrentFailure failure) {
    if (state == TorrentState.ERROR || stopped != null) {
      return;
    }
    enter(TorrentState.ERROR);
    disconnect();
    publish();
    completion.completeExceptionally(failure);
    emit(new TorrentEvent.Failed(failure));
  }

  private void disconnect() {
    if (swarm != null) {
      webSeeds.close();
      swarm.close();
    }
  }

  @Override
  public CompletableFuture<Void> stop() {
    if (stopped == null) {
      stopped = new CompletableFuture<>();
      ticks.cancel(false);
      disconnect();
      if (state != TorrentState.ERROR) {
        enter(TorrentState.STOPPED);
      }
      publish();
      CompletableFuture.allOf(sources.stop(), disk.close())
          .whenComplete(
              (done, fault) -> {
                session.remove(info.infoHash(), this);
                publish();
                completion.cancel(false); // unless it is complete, or failed
                if (fault != null) {
                  stopped.completeExceptionally(fault);
                } else {
                  stopped.complete(null);
                }
              });
    }
    return stopped;
  }

  // --- once a second ---

  private void tick() {
    long now = nowNanos();
    if (state == TorrentState.DOWNLOADING || state == TorrentState.SEEDING) {
      swarm.onTick(now);
      webSeeds.onTick();
    }
    if (state == TorrentState.DOWNLOADING) {
      sources.onTick(swarm.peerCount());
      if (now - lastCheckpointNanos > CHECKPOINT_NANOS) {
        lastCheckpointNanos = now;
        disk.checkpoint();
      }
      if (stall.isOver(now, counters.useful()) && !sources.areUntried()) {
        fail(stall.failure(swarm, webSeeds, sources));
      }
    }
    publish();
  }

  private void enter(TorrentState next) {
    state = next;
    LOG.info("[{}] {}", info.name(), next);
  }

  private void publish() {
    status =
        Snapshot.of(state, progress, checkedBytes, counters, swarm, webSeeds, sources, nowNanos());
  }

  // --- what the disk and the trackers tell and ask ---

  @Override
  public void onChecked(long bytesDone) {
    checkedBytes = bytesDone;
  }

  @Override
  public void onDrained() {
    swarm.onRoom();
    webSeeds.onRoom();
  }

  @Override
  public void onFileCompleted(Path path) {
    emit(new TorrentEvent.FileCompleted(path));
  }

  @Override
  public void onWarning(String oneLine) {
    emit(new TorrentEvent.Warning(oneLine));
  }

  @Override
  public void offer(List<InetSocketAddress> addresses, PeerList.Source source) {
    if (swarm != null) {
      swarm.dialer().offer(addresses, source);
    }
  }

  @Override
  public long uploaded() {
    return counters.up.total();
  }

  @Override
  public long downloaded() {
    return counters.down.total();
  }

  @Override
  public long left() {
    return progress.missing();
  }

  // --- for the session and the handle ---

  /** Null before the check is over. */
  @Override
  public Swarm swarm() {
    return swarm;
  }

  @Override
  public void onDhtStarted() {
    if (swarm != null) {
      swarm.nodes().onStarted(swarm.peers());
    }
  }

  @Override
  public TorrentStatus status() {
    return status;
  }

  @Override
  public CompletableFuture<Path> completion() {
    return completion;
  }

  @Override
  public void addListener(Consumer<TorrentEvent> listener) {
    listeners.add(listener);
  }

  @Override
  public void emit(TorrentEvent event) {
    for (Consumer<TorrentEvent> listener : listeners) {
      listener.accept(event);
    }
  }

  private long nowNanos() {
    return loop.ticker().nanoTime();
  }
}
