package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.net.RangeFailure;
import io.torrentstream.net.RangeFetcher;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.Bitfield;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A web server that has the torrent's files (BEP 19), as a source of blocks like a peer. It is
 * asked for one run of neighbouring pieces at a time, over one connection that stays open, and for
 * the next run when that is done.
 *
 * <p>Its pieces are its own: none is shared with peers, in the way of a peer on parole. So a wrong
 * hash has one culprit, and no peer can make a good server look bad, nor the other way round.
 * Confined to the torrent's loop.
 */
final class WebSeed implements PiecePicker.Source, RangeFetcher.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(WebSeed.class);

  /** After so long without a byte others may have its pieces. */
  private static final long SNUB_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** And after so long the connection counts as broken. */
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /**
   * A server without so many files in a row has none; asking for each of a million would look like
   * an attack.
   */
  private static final int MAX_MISSING_IN_A_ROW = 50;

  private final WebSeedAddress address;
  private final WebSeeds.Context torrent;
  private final Bitfield pieces;

  /** The run under way, or null; and the part of it that is being fetched. */
  private WebRun run;

  private WebRun.Part part;
  private RangeFetcher.Transfer transfer;
  private boolean held;
  private boolean resuming;
  private boolean gone;
  private boolean warned;

  private final RunMeter meter = new RunMeter();
  private boolean delivered;
  private long lastBytesNanos;

  private int failuresInARow;
  private int missingInARow;
  private long pausedUntilNanos;
  private String lastError;

  WebSeed(WebSeedAddress address, WebSeeds.Context torrent) {
    this.address = address;
    this.torrent = torrent;
    this.pieces = new Bitfield(torrent.info().layout().pieceCount());
    this.pausedUntilNanos = torrent.nowNanos();
    pieces.setAll();
    torrent.picker().onPeerPieces(this);
  }

  // --- as the picker sees it ---

  @Override
  public Bitfield pieces() {
    return pieces;
  }

  @Override
  public long rate() {
    return meter.rate(torrent.nowNanos());
  }

  @Override
  public boolean isSnubbed() {
    return run != null && silentNanos() > SNUB_NANOS;
  }

  /** See the class comment. */
  @Override
  public boolean onParole() {
    return true;
  }

  @Override
  public void onStartOver(int piece) {
    torrent.download().onStartOver(piece);
  }

  private long silentNanos() {
    return held ? 0 : torrent.nowNanos() - lastBytesNanos;
  }

  // --- asking ---

  /** Begins a run unless there is one, or nothing to ask for. */
  void fill() {
    if (gone || run != null || isPaused() || torrent.disk().isBehind()) {
      return;
    }
    WebRun next = new WebRun(torrent.info().layout());
    torrent.picker().pickRun(this, meter.blocks(), next::add);
    if (next.size() > 0) {
      run = next;
      meter.onStart(torrent.nowNanos());
      fetchNext();
    }
  }

  private void fetchNext() {
    for (part = run.nextPart(); part != null; part = run.nextPart()) {
      FileEntry file = torrent.info().files().get(part.file());
      if (!file.padding()) {
        fetch(file);
        return;
      }
      if (!run.feedZeros(part.length(), this::take)) {
        breakOff();
        return;
      }
    }
    onRunDone();
  }

  private void fetch(FileEntry file) {
    ServerUrl url = address.of(part.file());
    lastBytesNanos = torrent.nowNanos();
    if (url == null) {
      onFailed(new RangeFailure(RangeFailure.Kind.FILE, "a name that no address can have"));
      return;
    }
    transfer =
        torrent
            .fetcher()
            .fetch(
                new RangeFetcher.Range(
                    url, part.from(), part.length(), file.length(), address.isNamed()),
                this);
    regulate();
  }

  private void onRunDone() {
    meter.onDone(torrent.nowNanos());
    run = null;
    fillSoon();
  }

  /** Not at once: a torrent of nothing but pad files would come back here again and again. */
  private void fillSoon() {
    torrent.host().loop().execute(this::fill);
  }

  // --- what comes ---

  @Override
  public void onBytes(ByteBuf bytes) {
    onTraffic(bytes.readableBytes());
    failuresInARow = 0;
    missingInARow = 0;
    delivered = true;
    if (run.feed(bytes, this::take)) {
      regulate();
    } else {
      breakOff();
    }
  }

  @Override
  public void onSkipped(int bytes) {
    onTraffic(bytes);
    meter.onWholeFiles();
    torrent.counters().wasted += bytes;
    regulate();
  }

  private void onTraffic(int bytes) {
    long nowNanos = torrent.nowNanos();
    lastBytesNanos = nowNanos;
    meter.onBytes(bytes);
    torrent.counters().down.add(bytes, nowNanos);
    torrent.host().downLimit().take(bytes, nowNanos);
  }

  private boolean take(Block block, ByteBuf data) {
    return torrent.download().take(this, block, data);
  }

  /** Others have been quicker with a piece: what is still wanted is asked for anew. */
  private void breakOff() {
    giveBack();
    fillSoon();
  }

  /**
   * Reads on, or not: TCP slows the server down when the disk is behind, or a limit is reached. So
   * the size of a run is no debt of memory.
   */
  void regulate() {
    if (transfer == null) {
      return;
    }
    long nowNanos = torrent.nowNanos();
    long wait = torrent.host().downLimit().nanosUntil(1, nowNanos);
    boolean hold = wait > 0 || torrent.disk().isBehind();
    if (held && !hold) {
      lastBytesNanos = nowNanos; // the silence was ours
    }
    held = hold;
    transfer.pause(hold);
    if (wait > 0 && !resuming) {
      resuming = true;
      torrent.host().loop().schedule(this::resume, wait, TimeUnit.NANOSECONDS);
    }
  }

  private void resume() {
    resuming = false;
    regulate();
  }

  @Override
  public void onDone() {
    transfer = null;
    fetchNext();
  }

  // --- what goes wrong ---

  @Override
  public void onFailed(RangeFailure failure) {
    transfer = null;
    int file = part.file();
    lastError = failure.getMessage();
    LOG.debug("[{}] web seed {}: {}", torrent.info().name(), address, lastError);
    giveBack();
    switch (failure.kind()) {
      case FILE -> onMissing(file);
      case TOO_FAR -> onTooFar(file);
      case SERVER -> giveUp(lastError);
      case LATER -> pause(failure.retryAfter());
    }
  }

  /** The server does not have a file: nor any piece with a part of it. */
  private void onMissing(int file) {
    missingInARow++;
    leaveOut(file, torrent.info().layout().firstPiece(file), "it is left out");
  }

  /** The server has the whole file, but what lies far from its beginning would cost too much. */
  private void onTooFar(int file) {
    long reach = torrent.info().files().get(file).offset() + RangeFetcher.WHOLE_FILE_REACH;
    int first = (int) (reach / torrent.info().layout().pieceLength());
    long mebibytes = RangeFetcher.WHOLE_FILE_REACH >> 20;
    leaveOut(file, first, "what lies beyond its first " + mebibytes + " MiB is left out");
  }

  private void leaveOut(int file, int firstPiece, String consequence) {
    PieceLayout layout = torrent.info().layout();
    for (int piece = firstPiece; piece <= layout.lastPiece(file); piece++) {
      torrent.picker().onPeerDontHave(this, piece);
    }
    if (pieces.isEmpty() || missingInARow >= MAX_MISSING_IN_A_ROW) {
      giveUp(lastError);
    } else {
      String path = String.join("/", torrent.info().files().get(file).path());
      warnOnce(lastError + " for " + path + "; " + consequence);
      fillSoon();
    }
  }

  private void pause(Duration retryAfter) {
    Duration pause = retryAfter;
    if (pause == null) {
      pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failuresInARow, 10));
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
    failuresInARow++;
    long nanos = Math.max(FIRST_PAUSE.toNanos(), pause.toNanos());
    pausedUntilNanos = torrent.nowNanos() + nanos;
    if (!delivered) {
      warnOnce(lastError + "; it is asked again later");
    }
  }

  private boolean isPaused() {
    return torrent.nowNanos() - pausedUntilNanos < 0;
  }

  /** It sent a whole piece, and its hash is wrong: what is there is something else (BEP 19). */
  void onWrongPiece(int piece) {
    giveUp("piece " + piece + " has a wrong hash");
  }

  private void giveUp(String reason) {
    if (!gone) {
      lastError = reason;
      close();
      torrent.warn("web seed " + address + ": " + reason + "; it is not used any more");
    }
  }

  /** One warning tells the user; a thousand missing files would drown it. */
  private void warnOnce(String message) {
    if (!warned) {
      warned = true;
      torrent.warn("web seed " + address + ": " + message);
    }
  }

  /** Ends the run under way; its blocks may be had from others. */
  private void giveBack() {
    if (transfer != null) {
      transfer.cancel();
      transfer = null;
    }
    held = false;
    if (run != null) {
      meter.onBroken(torrent.nowNanos());
      WebRun ended = run;
      run = null;
      ended.end(block -> torrent.picker().onAbandoned(this, block));
      torrent.download().onBlocksOpened();
    }
  }

  /** Is not to be used from now on. */
  void close() {
    if (!gone) {
      gone = true;
      giveBack();
      torrent.picker().onSourceGone(this);
    }
  }

  /** Once a second: notices silence, and asks on where a pause is over. */
  void onTick() {
    if (run != null && silentNanos() > STALL_NANOS) {
      String silence = "no data for " + TimeUnit.NANOSECONDS.toSeconds(STALL_NANOS) + " s";
      transfer.cancel();
      onFailed(new RangeFailure(RangeFailure.Kind.LATER, silence));
    }
    regulate();
    fill();
  }

  /** Whether it is sending, or has been asked to. */
  boolean isActive() {
    return run != null;
  }

  /** Why it was last of no use, in one line with its address; or null. */
  String lastError() {
    return lastError == null ? null : "web seed " + address + ": " + lastError;
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
