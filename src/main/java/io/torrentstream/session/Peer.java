package io.torrentstream.session;

import io.netty.channel.Channel;
import io.torrentstream.choker.Choker;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.net.PieceBurst;
import io.torrentstream.picker.Source;
import io.torrentstream.picker.SuperSeeder;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.SpeedMeter;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.ExtensionMessage;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The state of one connection: the four flags of BEP 3, what the peer has, what we asked of it and
 * it of us. It decides nothing: the handlers change it and the picker and choker read it. Confined
 * to the torrent's loop.
 */
final class Peer implements Source, Choker.Peer, SuperSeeder.Peer {
  private static final long RATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  final Channel channel;
  final InetSocketAddress address;
  final Handshake handshake;
  final boolean outgoing;
  final long connectedNanos;

  /** What its extension handshakes say, all together. */
  ExtensionHandshake extensions = ExtensionHandshake.NONE;

  /** What the peer has; all zeros until it says. */
  Bitfield pieces;

  /** What we asked for. */
  final RequestQueue requests = new RequestQueue();

  /** What it asked for. */
  final UploadQueue uploads = new UploadQueue();

  final SpeedMeter down;
  final SpeedMeter up;

  /** Pieces it lets us have while choking (BEP 6). */
  int[] allowedFast = {};

  /** What it may ask of us. */
  final Offered offered = new Offered();

  /** Pieces of metadata that it was sent (BEP 9). */
  int metadataSent;

  /** We were connected before we had the metadata: the first word about our pieces is said. */
  boolean greeted;

  /** It said that it wants nothing (BEP 21). */
  boolean uploadOnly;

  /** Answers that may still come for requests we took back; they are no fault of the peer. */
  int lateAnswers;

  /** Blocks it sent that nobody asked for. */
  int uselessBlocks;

  long lastReceivedNanos;
  long lastSentNanos;
  long lastBlockNanos;

  private boolean amChoking = true;
  private boolean amInterested;
  private boolean peerChoking = true;
  private boolean peerInterested;
  private boolean snubbed;
  private boolean sentSinceUnchoke;
  private boolean parole;
  private int rejectsInARow;
  private int emptyUnchokesInARow;
  private long heldBackUntilNanos;
  private boolean flushScheduled;
  private long rate;
  private long ratedNanos;
  private long lastRate; // when it had sent all that it was asked for

  /** Where it can be dialled again; null for an incoming peer that has not said. */
  InetSocketAddress listening;

  /** Hears of pieces that the picker starts over; null where there are none yet. */
  Download download;

  /** It has said where its DHT node is. */
  boolean namedNode;

  /** It broke the protocol: not an address to come back to soon. */
  boolean misbehaved;

  Peer(Channel channel, Handshake handshake, boolean outgoing, int pieceCount) {
    this.channel = channel;
    this.address = (InetSocketAddress) channel.remoteAddress();
    this.handshake = handshake;
    this.outgoing = outgoing;
    this.listening = outgoing ? address : null;
    this.pieces = new Bitfield(pieceCount);
    long nowNanos = nowNanos();
    this.connectedNanos = nowNanos;
    this.down = new SpeedMeter(nowNanos);
    this.up = new SpeedMeter(nowNanos);
    this.lastReceivedNanos = nowNanos;
    this.lastSentNanos = nowNanos;
    this.lastBlockNanos = nowNanos;
    this.heldBackUntilNanos = nowNanos;
    this.ratedNanos = nowNanos;
  }

  /** The loop's clock: virtual in tests. */
  long nowNanos() {
    return channel.eventLoop().ticker().nanoTime();
  }

  /** Sends an extension message (BEP 10), if the peer takes messages of that kind. */
  void send(Extension extension, ExtensionMessage message) {
    int id = extensions.id(extension);
    if (id != 0) {
      send(new PeerMessage.Extended(id, message.encode()));
    }
  }

  /** Writes a message; {@link #flush} sends it. Failures close the channel through its pipeline. */
  void send(PeerMessage message) {
    write(message);
  }

  /** The same for several small messages in one. */
  void send(MessageBurst burst) {
    write(burst);
  }

  /** The same for several blocks in one. */
  void send(PieceBurst burst) {
    write(burst);
  }

  private void write(Object message) {
    lastSentNanos = nowNanos();
    channel.write(message, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  /**
   * Flushes once after everything that is already waiting on the loop, however often it is called
   * before.
   */
  void flushSoon() {
    if (!flushScheduled) {
      flushScheduled = true;
      channel
          .eventLoop()
          .execute(
              () -> {
                flushScheduled = false;
                channel.flush();
              });
    }
  }

  /** Tells the peer when our interest changes. */
  void interested(boolean interested) {
    if (amInterested != interested) {
      amInterested = interested;
      send(interested ? new PeerMessage.Interested() : new PeerMessage.NotInterested());
    }
  }

  boolean amInterested() {
    return amInterested;
  }

  boolean amChoking() {
    return amChoking;
  }

  @Override
  public void unchoke() {
    amChoking = false;
    send(new PeerMessage.Unchoke());
    flushSoon();
  }

  /**
   * What it had asked for is refused, but for its allowed-fast pieces (BEP 6), or forgotten by both
   * sides (BEP 3).
   */
  @Override
  public void choke() {
    amChoking = true;
    send(new PeerMessage.Choke());
    uploads.drain(offered::takeFast, this::reject);
    if (!handshake.supportsFast()) {
      uploads.dropReading();
    }
    flushSoon();
  }

  @Override
  public void show(int piece) {
    offered.show(piece);
    send(new PeerMessage.Have(piece));
    flushSoon();
  }

  /** Says no to a request, where the peer understands that (BEP 6); without it silence means no. */
  void reject(Block block) {
    if (handshake.supportsFast()) {
      send(new PeerMessage.Reject(block));
    }
  }

  boolean peerChoking() {
    return peerChoking;
  }

  /**
   * Some refuse first and choke then: the choke explains one batch of refusals, and no more. So may
   * one that sends no block before it chokes again have crossed with our requests: it keeps its
   * pieces, but is asked for one block at a time. From the second time on it is as good as silent,
   * however often it unchokes, and each such unchoke doubles a pause: it would be asked again at
   * line rate otherwise.
   */
  void onChoke(boolean choking) {
    peerChoking = choking;
    if (choking && rejectsInARow == 1) {
      heldBackUntilNanos = nowNanos();
    }
    if (choking && !sentSinceUnchoke && !requests.isEmpty()) {
      requests.onSnubbed();
      if (emptyUnchokesInARow++ > 0) {
        snubbed = true;
        holdBack(emptyUnchokesInARow - 2);
      }
    }
    sentSinceUnchoke = false;
  }

  @Override
  public boolean isInterested() {
    return peerInterested;
  }

  void onInterested(boolean interested) {
    peerInterested = interested;
  }

  @Override
  public Bitfield pieces() {
    return pieces;
  }

  /** Looked at anew ten times a second: the picker asks once for every started piece. */
  @Override
  public long rate() {
    long nowNanos = nowNanos();
    if (nowNanos - ratedNanos > RATE_NANOS) {
      ratedNanos = nowNanos;
      rate = down.rate(nowNanos);
    }
    return rate;
  }

  @Override
  public long usualRate() {
    return requests.isEmpty() ? lastRate : rate();
  }

  @Override
  public long downRate() {
    return rate();
  }

  @Override
  public long upRate() {
    return up.rate(nowNanos());
  }

  boolean isSeed() {
    return pieces.isFull();
  }

  @Override
  public boolean isSnubbed() {
    return snubbed;
  }

  @Override
  public boolean onParole() {
    return parole;
  }

  @Override
  public void onStartOver(int piece) {
    if (download != null) {
      download.onStartOver(piece);
    }
  }

  void parole(boolean on) {
    parole = on;
  }

  /**
   * It chokes us and refused a piece, which it may do though it allowed it (BEP 6), as when we are
   * beginners no more. Asking again at once would go on at line rate until it unchokes us.
   */
  void disallowFast(int piece) {
    allowedFast = IntStream.of(allowedFast).filter(allowed -> allowed != piece).toArray();
  }

  /** A block we asked for came: whatever we held against the peer is forgotten. */
  void onBlock(long nowNanos) {
    lastBlockNanos = nowNanos;
    lastRate = requests.isEmpty() ? down.rate(nowNanos) : lastRate;
    sentSinceUnchoke = true;
    snubbed = false;
    rejectsInARow = 0;
    emptyUnchokesInARow = 0;
  }

  /** It owes us blocks and sends none. */
  void onSnubbed() {
    snubbed = true;
    requests.onSnubbed();
  }

  /**
   * It refused a request while not choking us. Asking again at once would go on at line rate for
   * ever, so each further refusal doubles a pause that begins with a second. Those that come during
   * the pause are of the same batch and count once.
   */
  void onReject(long nowNanos) {
    if (!isHeldBack(nowNanos)) {
      requests.onSnubbed();
      holdBack(rejectsInARow++);
    }
  }

  /** Asks nothing for a second, doubled so often, and a minute or so at most. */
  private void holdBack(int doublings) {
    heldBackUntilNanos = nowNanos() + TimeUnit.SECONDS.toNanos(1L << Math.min(doublings, 6));
  }

  /** Whether nothing may be asked of it for now. */
  boolean isHeldBack(long nowNanos) {
    return nowNanos - heldBackUntilNanos < 0;
  }

  @Override
  public String toString() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
