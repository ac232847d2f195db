package io.torrentstream.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.torrentstream.choker.Choker;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.picker.Source;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The peers of one torrent: takes in connections, tells each peer what we have, and knows what each
 * of them has. It lives from the end of the check to the end of the torrent. Confined to the
 * torrent's loop.
 */
final class Swarm implements HandshakeHandler.Swarm, Blame.Mediator {
  static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(100);

  private final SwarmHost host;
  private final EventLoop loop;
  private final TorrentInfo info;
  private final PiecePicker picker;
  private final TorrentDisk disk;
  private final TransferCounters counters;
  private final Dialer dialer;
  private final Download download;
  private final Blame blame;
  private final Upload upload;
  private final PieceOffers offers;
  private final MetadataUpload metadata;
  private final Choker choker;
  private final NodeExchange nodes;
  private final Connections peers = new Connections();
  private final PeerExchange exchange;
  private long lastChokeNanos;
  private boolean fillScheduled;
  private boolean hadPeers;
  private boolean closed;

  Swarm(
      SwarmHost host,
      TorrentInfo info,
      PiecePicker picker,
      TorrentDisk disk,
      TransferCounters counters,
      RandomGenerator random) {
    this.host = host;
    this.loop = host.loop();
    this.info = info;
    this.picker = picker;
    this.disk = disk;
    this.counters = counters;
    this.dialer = new Dialer(host, this, new PeerList(random), disk.banned());
    this.blame = new Blame(this);
    this.download = new Download(picker, disk, counters, host.downLimit(), this::fillSoon);
    this.offers = new PieceOffers(info, picker);
    this.upload = new Upload(info.layout(), picker, disk, counters, host.upLimit(), offers);
    this.exchange = new PeerExchange(peers, dialer, picker);
    this.metadata = new MetadataUpload(info);
    this.choker = new Choker(random);
    this.nodes = new NodeExchange(info.isPrivate() ? null : host.dht());
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

  PeerExchange exchange() {
    return exchange;
  }

  NodeExchange nodes() {
    return nodes;
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
    long flags = Handshake.FAST | Handshake.EXTENSIONS | nodes.handshakeBit();
    return new Handshake(info.infoHash(), host.peerId(), flags);
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
    if (closed || dialer.isBanned(peer)) {
      return List.of();
    }
    if (same != null) {
      if (!Connections.replaces(peer, same, host.peerId())) {
        dialer.onDuplicate(peer, same);
        return List.of();
      }
      drop(same);
    } else if (peers.isFull(peer.address.getAddress()) || !makeRoom(peer)) {
      return List.of();
    }
    peer.download = download;
    peers.add(peer);
    hadPeers = true;
    host.onConnections(+1);
    dialer.onConnected(peer);
    return List.of(new PieceManagerHandler(this, peer), new PeerWireHandler(this, peer));
  }

  /**
   * Whether there is a place for one more, if need be that of a peer which does nothing.
   *
   * @param fresh who is to have it; null for whoever comes next
   */
  private boolean makeRoom(Peer fresh) {
    Peer idlest = host.room() > 0 ? null : peers.idlest(fresh, host.port(), nowNanos());
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
    nodes.greet(peer);
    peer.flush();
    choker.onPeer(peer, nowNanos());
  }

  private void introduce(Peer peer) {
    boolean uploadOnly = picker.isComplete() && !offers.isSuperSeeding();
    Introduction.send(host, peer, spoken(), metadata.size(), uploadOnly);
  }

  /** A private torrent's metadata is nobody's business (BEP 27). */
  private Set<Extension> spoken() {
    Set<Extension> spoken = EnumSet.copyOf(exchange.offered());
    if (info.isPrivate()) {
      spoken.remove(Extension.UT_METADATA);
    }
    return spoken;
  }

  void onClosed(Peer peer) {
    if (!peers.remove(peer)) {
      return;
    }
    host.onConnections(-1);
    download.onClosed(peer);
    choker.onPeerGone(peer, nowNanos());
    offers.onClosed(peer);
    exchange.onClosed(peer);
    dialer.onClosed(peer);
  }

  /**
   * A piece was wrong.
   *
   * @param senders who sent each of its blocks
   */
  void onFailed(int piece, List<Source> senders) {
    blame.onFailed(piece, senders);
    fillSoon(); // whoever was idle may have these blocks to send
  }

  @Override
  public void digestBlocks(int piece, Consumer<long[]> answer) {
    disk.digestBlocks(piece, answer);
  }

  /** Closes every connection with a liar, too. */
  @Override
  public void ban(InetSocketAddress liar) {
    dialer.ban(liar);
    for (Peer peer : peers()) {
      if (dialer.isBanned(peer)) {
        peer.channel.close();
      }
    }
  }

  /** Closes all connections and makes no new ones. */
  void close() {
    closed = true;
    dialer.close();
    for (Peer peer : peers()) {
      peer.channel.close();
    }
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

  /** A piece was verified: peers that lack it may have it. */
  void onVerified(int piece, Set<Source> senders) {
    blame.onVerified(piece, senders);
    for (Peer peer : peers()) {
      offers.onVerified(peer, piece);
    }
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
      if (Connections.isSilent(peer, nowNanos)) {
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
    exchange.onTick(nowNanos);
    choker.setSlots(slots(nowNanos));
    choker.onInterestChanged(nowNanos); // more slots are given away at once
    if (nowNanos - lastChokeNanos >= Choker.ROUND_NANOS) {
      lastChokeNanos = nowNanos;
      choker.round(nowNanos);
      if (dialer.hasMore()) {
        makeRoom(null);
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
