package io.torrentstream.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.torrentstream.choker.Choker;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The peers of one torrent: takes in connections, tells each peer what we have, and knows what each
 * of them has. It lives from the end of the check to the end of the torrent. Confined to the
 * torrent's loop.
 */
final class Swarm implements HandshakeHandler.Swarm {
  static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(100);
  static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(180);

  /** What the swarm needs of the session it is part of. */
  interface Host {
    byte[] peerId();

    int port();

    /** What we call ourselves in the extension handshake. */
    String version();

    EventLoop loop();

    RateLimiter downLimit();

    RateLimiter upLimit();

    /** The upload limit in bytes per second, 0 for none. */
    long maxUpRate();

    /** How many peers of one torrent may download from us at a time; 0 for what suits the rate. */
    int maxUploads();

    /** How many more connections the session has a place for. */
    int room();

    /** A connection was opened (+1) or closed (-1). */
    void onConnections(int change);

    /** See {@link io.torrentstream.net.PeerConnector#connect}. */
    ChannelFuture dial(InetSocketAddress address, HandshakeHandler.Swarm swarm);
  }

  private final Host host;
  private final EventLoop loop;
  private final TorrentInfo info;
  private final PiecePicker picker;
  private final TransferCounters counters;
  private final Dialer dialer;
  private final Download download;
  private final Upload upload;
  private final PieceOffers offers;
  private final MetadataUpload metadata;
  private final Choker choker;
  private final Connections peers = new Connections();
  private long lastChokeNanos;
  private boolean fillScheduled;
  private boolean hadPeers;
  private boolean closed;

  Swarm(
      Host host,
      TorrentInfo info,
      PiecePicker picker,
      TorrentDisk disk,
      TransferCounters counters,
      RandomGenerator random) {
    this.host = host;
    this.loop = host.loop();
    this.info = info;
    this.picker = picker;
    this.counters = counters;
    this.dialer = new Dialer(host, this, new PeerList(random));
    this.download = new Download(picker, disk, counters, host.downLimit(), this::fillSoon);
    this.offers = new PieceOffers(info, picker);
    this.upload = new Upload(info.layout(), picker, disk, counters, host.upLimit(), offers);
    this.metadata = new MetadataUpload(info);
    this.choker = new Choker(random);
    this.lastChokeNanos = nowNanos();
    choker.setSlots(slots(lastChokeNanos));
    if (picker.isComplete()) {
      onComplete();
    }
  }

  /** Begins to super-seed (BEP 16); before the first peer comes, and with every piece there. */
  void superSeed(RandomGenerator random) {
    offers.superSeed(random);
  }

  Download download() {
    return download;
  }

  Upload upload() {
    return upload;
  }

  MetadataUpload metadata() {
    return metadata;
  }

  Dialer dialer() {
    return dialer;
  }

  /** Whether any peer ever shook hands. */
  boolean hadPeers() {
    return hadPeers;
  }

  int peerCount() {
    return peers.size();
  }

  /** The open connections, as they are now. */
  List<Peer> peers() {
    return peers.all();
  }

  @Override
  public InfoHash infoHash() {
    return info.infoHash();
  }

  @Override
  public Handshake localHandshake() {
    return new Handshake(info.infoHash(), host.peerId(), Handshake.FAST | Handshake.EXTENSIONS);
  }

  @Override
  public int pieceCount() {
    return info.layout().pieceCount();
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  // --- connecting ---

  @Override
  public void onSelfConnection(SocketAddress remote) {
    dialer.onSelf((InetSocketAddress) remote);
  }

  @Override
  public List<ChannelHandler> onPeer(Channel channel, Handshake remote, boolean outgoing) {
    return admit(new Peer(channel, remote, outgoing, pieceCount()));
  }

  /**
   * Takes over a peer that we connected to before we had the metadata.
   *
   * @return the handlers that are to follow, in order; empty to refuse it
   */
  List<ChannelHandler> adopt(Peer early) {
    Peer peer = new Peer(early.channel, early.handshake, early.outgoing, pieceCount());
    peer.greeted = true;
    return admit(peer);
  }

  private List<ChannelHandler> admit(Peer peer) {
    Peer same = peers.withId(peer.handshake.peerId());
    if (closed || dialer.isBanned(peer.address.getAddress())) {
      return List.of();
    }
    if (same != null) {
      if (!Connections.replaces(peer, same, host.peerId())) {
        dialer.onDuplicate(peer, same);
        return List.of();
      }
      drop(same);
    } else if (peers.isFull(peer.address.getAddress()) || !makeRoom()) {
      return List.of();
    }
    peer.startedOver = download::onStartOver;
    peers.add(peer);
    hadPeers = true;
    host.onConnections(+1);
    dialer.onConnected(peer);
    return List.of(new PieceManagerHandler(this, peer), new PeerWireHandler(this, peer));
  }

  /** Whether there is a place for one more, if need be that of a peer which does nothing. */
  private boolean makeRoom() {
    Peer idlest = host.room() > 0 ? null : peers.idlest(nowNanos());
    if (idlest != null) {
      drop(idlest);
    }
    return host.room() > 0;
  }

  private void drop(Peer peer) {
    onClosed(peer);
    peer.channel.close();
  }

  /** The pipeline stands: says who we are and what we have. */
  void onOpen(Peer peer) {
    introduce(peer);
    offers.greet(peer);
    peer.flush();
    choker.onPeer(peer, nowNanos());
  }

  private void introduce(Peer peer) {
    boolean uploadOnly = picker.isComplete() && !offers.isSuperSeeding();
    Introduction.send(host, peer, Introduction.spoken(info), metadata.size(), uploadOnly);
  }

  void onClosed(Peer peer) {
    if (!peers.remove(peer)) {
      return;
    }
    host.onConnections(-1);
    download.onClosed(peer);
    choker.onPeerGone(peer, nowNanos());
    offers.onClosed(peer);
    dialer.onClosed(peer);
  }

  /**
   * A piece was wrong. A peer that sent all of it is alone to blame and banned; of several each is
   * put on parole: from then on it shares no piece with others, so that its next wrong piece tells.
   */
  void onFailed(Set<PiecePicker.Source> senders) {
    for (PiecePicker.Source sender : senders) {
      if (sender instanceof Peer peer && senders.size() == 1) {
        ban(peer.address.getAddress());
      } else if (sender instanceof Peer peer) {
        peer.parole(true);
      }
    }
    fillSoon(); // whoever was idle may have these blocks to send
  }

  /** Closes every connection with an address and takes no more from it. */
  void ban(InetAddress address) {
    dialer.ban(address);
    for (Peer peer : peers()) {
      if (peer.address.getAddress().equals(address)) {
        peer.channel.close();
      }
    }
  }

  /** Closes all connections and makes no new ones. */
  void close() {
    closed = true;
    dialer.close();
    peers().forEach(peer -> peer.channel.close());
  }

  // --- what peers have ---

  /** The peer's first word about its pieces. */
  void onPieces(Peer peer) {
    picker.onPeerPieces(peer);
    offers.onPieces(peer);
    if (picker.isInteresting(peer.pieces)) {
      peer.interested(true);
    }
    closeIfUseless(peer);
  }

  void onHave(Peer peer, int piece) {
    picker.onPeerHave(peer, piece);
    offers.onHave(peer, piece);
    if (picker.isMissing(piece)) {
      peer.interested(true);
    }
    closeIfUseless(peer);
  }

  void onDontHave(Peer peer, int piece) {
    if (piece < pieceCount()) {
      picker.onPeerDontHave(peer, piece);
    }
  }

  /** Two that want nothing have nothing to say to each other. */
  private void closeIfUseless(Peer peer) {
    if (peer.isSeed() || peer.uploadOnly) {
      dialer.onSeed(peer);
      if (picker.isComplete()) {
        peer.channel.close();
      }
    }
  }

  /** A piece was verified: peers that lack it may have it, and who sent all of it is trusted. */
  void onVerified(int piece, Set<PiecePicker.Source> senders) {
    if (senders.size() == 1 && senders.iterator().next() instanceof Peer alone) {
      alone.parole(false);
    }
    peers().forEach(peer -> offers.onVerified(peer, piece));
  }

  /** Every wanted piece is there: from now on we only give. */
  void onComplete() {
    choker.setSeeding(true);
    dialer.onComplete();
    for (Peer peer : peers()) {
      peer.interested(false);
      introduce(peer);
      peer.flush();
      closeIfUseless(peer);
    }
  }

  /** It says whether it wants anything (BEP 21). */
  void onUploadOnly(Peer peer, boolean uploadOnly) {
    peer.uploadOnly = uploadOnly;
    closeIfUseless(peer);
  }

  /** Blocks are to be asked for again: looks who may send them, once for all that happens now. */
  void fillSoon() {
    if (!fillScheduled) {
      fillScheduled = true;
      loop.execute(this::onRoom);
    }
  }

  /** Everybody may be asked for more: the disk has caught up, or blocks became open. */
  void onRoom() {
    fillScheduled = false;
    for (Peer peer : peers()) {
      download.fill(peer);
      peer.flush();
    }
  }

  void onInterestChanged() {
    choker.onInterestChanged(nowNanos());
  }

  /** Once a second. */
  void onTick(long nowNanos) {
    for (Peer peer : peers()) {
      if (nowNanos - peer.lastReceivedNanos > SILENCE_NANOS) {
        peer.channel.close();
        continue;
      }
      if (nowNanos - peer.lastSentNanos > KEEP_ALIVE_NANOS) {
        peer.send(new PeerMessage.KeepAlive());
      }
      download.onTick(peer, nowNanos);
      upload.pump(peer);
    }
    offers.onTick(nowNanos);
    choker.setSlots(slots(nowNanos));
    choker.onInterestChanged(nowNanos); // more slots are given away at once
    if (nowNanos - lastChokeNanos >= Choker.ROUND_NANOS) {
      lastChokeNanos = nowNanos;
      choker.round(nowNanos);
      if (dialer.hasMore()) {
        makeRoom();
      }
    }
    dialer.dial();
  }

  private int slots(long nowNanos) {
    return host.maxUploads() > 0
        ? host.maxUploads()
        : Choker.slotsFor(host.maxUpRate(), counters.up.rate(nowNanos));
  }

  private long nowNanos() {
    return loop.ticker().nanoTime();
  }
}
