package io.torrentstream.session;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.net.RangeFailure;
import io.torrentstream.net.RangeFetcher;
import io.torrentstream.picker.Source;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.Bitfield;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A web server that has the torrent's files (BEP 19), as a source of blocks like a peer. It is
 * asked for one run of neighbouring pieces at a time, over one connection that stays open, and for
 * the next run when that is done. One that knows no ranges is read from front to back instead, run
 * after run from the same answer.
 *
 * <p>Its pieces are its own: none is shared with peers, in the way of a peer on parole. So a wrong
 * hash has one culprit, and no peer can make a good server look bad, nor the other way round.
 * Confined to the torrent's loop.
 */
final class WebSeed implements Source, RangeFetcher.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(WebSeed.class);

  /** After so long without a byte others may have its pieces. */
  private static final long SNUB_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** And after so long the connection counts as broken. */
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * Of a server that knows no ranges so much is read and dropped for what lies behind it. More only
   * when it is faster all the same.
   */
  private static final long FREE_SKIP = 64 * 1024 * 1024;

  private final WebSeedAddress address;
  private final WebSeeds.Context torrent;
  private final Bitfield pieces;

  /** The run under way, or null; and the part of it that is being fetched. */
  private WebRun run;

  private WebRun.Part part;
  private WebAnswer answer;

  /** It knows no ranges: whatever is asked for, files come from their beginning. */
  private boolean wholeFiles;

  private boolean held;
  private boolean resuming;
  private boolean gone;

  private final RunMeter meter = new RunMeter();
  private long lastBytesNanos;
  private final WebSeedTrouble trouble;

  WebSeed(WebSeedAddress address, WebSeeds.Context torrent) {
    this.address = address;
    this.torrent = torrent;
    this.pieces = new Bitfield(torrent.info().layout().pieceCount());
    this.trouble =
        new WebSeedTrouble("web seed " + address, torrent.warnings(), torrent.nowNanos());
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
    if (gone || run != null || trouble.isPaused(torrent.nowNanos()) || torrent.disk().isBehind()) {
      return;
    }
    WebRun next = new WebRun(torrent.info().layout());
    int piece = wholeFiles ? torrent.picker().next(this, 0) : -1;
    if (wholeFiles && isTooFar(piece)) {
      return;
    }
    if (piece >= 0) {
      torrent.picker().pickRunAt(piece, this, meter.blocks(), next::add);
    } else {
      torrent.picker().pickRun(this, meter.blocks(), next::add);
    }
    start(next);
  }

  /**
   * Whether more lies in front of a piece than is worth to be read for it, while others send.
   *
   * @param piece -1 for one that is not known yet
   */
  private boolean isTooFar(int piece) {
    long[] skip = {Long.MAX_VALUE};
    if (piece >= 0) {
      torrent.info().layout().forEachSlice(piece, 0, 1, (file, from, length) -> skip[0] = from);
    }
    return skip[0] > FREE_SKIP && torrent.counters().down.rate(torrent.nowNanos()) > rate();
  }

  private void start(WebRun next) {
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
      endAnswer(); // it was of the file in front
      if (!run.feedZeros(part.length(), this::take)) {
        breakOff();
        return;
      }
    }
    onRunDone();
  }

  private void fetch(FileEntry file) {
    if (answer != null && answer.has(part)) {
      return;
    }
    endAnswer();
    ServerUrl url = address.of(part.file());
    lastBytesNanos = torrent.nowNanos();
    if (url == null) {
      onFailed(new RangeFailure(RangeFailure.Kind.FILE, "a name that no address can have"));
      return;
    }
    RangeFetcher.Range range =
        new RangeFetcher.Range(url, part.from(), part.length(), file.length(), address.isNamed());
    answer = new WebAnswer(part, torrent.fetcher().fetch(range, this));
    regulate();
  }

  private void onRunDone() {
    meter.onDone(torrent.nowNanos());
    run = null;
    goOn();
  }

  /** Takes the next run from the answer that is still coming in, or asks anew. */
  private void goOn() {
    if (answer != null) {
      PieceLayout layout = torrent.info().layout();
      long offset = torrent.info().files().get(answer.file()).offset() + answer.position();
      long from = (offset + layout.pieceLength() - 1) / layout.pieceLength(); // whole ones only
      int piece = torrent.picker().next(this, (int) from);
      if (piece >= 0 && piece <= layout.lastPiece(answer.file())) {
        WebRun next = new WebRun(layout);
        torrent.picker().pickRunAt(piece, this, meter.blocks(), next::add);
        start(next);
        return;
      }
      endAnswer();
    }
    fillSoon();
  }

  private void endAnswer() {
    if (answer != null) {
      answer.cancel();
      answer = null;
    }
  }

  /** Not at once: a torrent of nothing but pad files would come back here again and again. */
  private void fillSoon() {
    torrent.host().loop().execute(this::fill);
  }

  // --- what comes ---

  @Override
  public void onAnswer(boolean wholeFile) {
    boolean surprise = wholeFile && !wholeFiles;
    wholeFiles = wholeFile;
    if (wholeFile) {
      answer.onWholeFile(torrent.info().files().get(part.file()).length());
    }
    if (surprise && part.from() > 0) {
      endRun(); // what lies in front comes anyway
      goOn();
    }
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    onTraffic(bytes.readableBytes());
    WebAnswer current = answer;
    while (answer == current && bytes.isReadable()) {
      int skipped = answer.skipTo(part.from(), bytes);
      torrent.counters().onSkipped(skipped);
      if (bytes.isReadable()) {
        onWanted(answer.readTo(part.end(), bytes));
      }
    }
    regulate();
  }

  private void onWanted(ByteBuf bytes) {
    trouble.onDelivered();
    if (!run.feed(bytes, this::take)) {
      breakOff();
    } else if (answer.position() == part.end() && answer.goesOn()) {
      fetchNext();
    }
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
    endRun();
    if (!wholeFiles) {
      endAnswer();
    }
    goOn();
  }

  /**
   * Reads on, or not: TCP slows the server down when the disk is behind, or a limit is reached. So
   * the size of a run is no debt of memory.
   */
  void regulate() {
    if (answer == null) {
      return;
    }
    long nowNanos = torrent.nowNanos();
    long wait = torrent.host().downLimit().nanosUntil(1, nowNanos);
    boolean hold = wait > 0 || torrent.disk().isBehind();
    if (held && !hold) {
      lastBytesNanos = nowNanos; // the silence was ours
    }
    held = hold;
    answer.pause(hold);
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
    answer = null;
    fetchNext();
  }

  // --- what goes wrong ---

  @Override
  public void onFailed(RangeFailure failure) {
    answer = null;
    int file = part.file();
    String reason = failure.getMessage();
    LOG.debug("[{}] web seed {}: {}", torrent.info().name(), address, reason);
    giveBack();
    switch (failure.kind()) {
      case FILE -> onMissing(file, reason);
      case SERVER -> giveUp(reason);
      case LATER -> trouble.onFailed(reason, failure.retryAfter(), torrent.nowNanos());
    }
  }

  /** The server does not have a file: nor any piece with a part of it. */
  private void onMissing(int file, String reason) {
    PieceLayout layout = torrent.info().layout();
    for (int piece = layout.firstPiece(file); piece <= layout.lastPiece(file); piece++) {
      torrent.picker().onPeerDontHave(this, piece);
    }
    String path = String.join("/", torrent.info().files().get(file).path());
    if (trouble.onMissing(reason, path, !pieces.isEmpty())) {
      fillSoon();
    } else {
      giveUp(reason);
    }
  }

  /** It sent a whole piece, and its hash is wrong: what is there is something else (BEP 19). */
  void onWrongPiece(int piece) {
    giveUp("piece " + piece + " has a wrong hash");
  }

  private void giveUp(String reason) {
    if (!gone) {
      close();
      trouble.onGivenUp(reason);
    }
  }

  /** Ends what is under way; its blocks may be had from others. */
  private void giveBack() {
    endAnswer();
    endRun();
  }

  private void endRun() {
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
      answer.cancel();
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
    return trouble.last();
  }

  @Override
  public String toString() {
    return address.toString();
  }
}
