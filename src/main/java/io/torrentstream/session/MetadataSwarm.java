package io.torrentstream.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.storage.BannedAddresses;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtMetadata;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The peers of a torrent of which only the info-hash is known (state METADATA): asks them for the
 * info dictionary (BEP 9) and for nothing else. No piece handler is in their pipelines, so that no
 * code about pieces has to ask whether there are any. When the torrent's own {@link Swarm} is
 * there, it takes the peers over, connections and all. Confined to the torrent's loop.
 */
final class MetadataSwarm implements HandshakeHandler.Swarm, MetadataAssembler.Mediator<Peer> {
  private final SwarmHost host;
  private final InfoHash infoHash;
  private final Consumer<byte[]> onInfo;
  private final Dialer dialer;
  private final MetadataAssembler<Peer> assembler;
  private final Connections peers = new Connections();
  private final Map<Peer, MetadataHandler> handlers = new LinkedHashMap<>();
  private boolean closed;

  /** Null until the metadata is there and the disk is checked. */
  private Swarm successor;

  /**
   * @param onInfo gets the verified info dictionary, once, on the loop
   */
  MetadataSwarm(
      SwarmHost host, InfoHash infoHash, RandomGenerator random, Consumer<byte[]> onInfo) {
    this.host = host;
    this.infoHash = infoHash;
    this.onInfo = onInfo;
    this.dialer = new Dialer(host, this, new PeerList(random), BannedAddresses.none());
    this.assembler = new MetadataAssembler<>(infoHash, this);
  }

  Dialer dialer() {
    return dialer;
  }

  int peerCount() {
    return peers.size();
  }

  /** How many of the peers say that they have the metadata. */
  int sourceCount() {
    return assembler.sourceCount();
  }

  /** Bytes of metadata that have come. */
  int received() {
    return assembler.received();
  }

  // --- connecting ---

  @Override
  public InfoHash infoHash() {
    return infoHash;
  }

  @Override
  public Handshake localHandshake() {
    return new Handshake(infoHash, host.peerId(), Handshake.FAST | Handshake.EXTENSIONS);
  }

  @Override
  public int pieceCount() {
    return successor == null ? 0 : successor.pieceCount();
  }

  @Override
  public EventLoop loop() {
    return host.loop();
  }

  @Override
  public void onSelfConnection(SocketAddress remote) {
    (successor == null ? dialer : successor.dialer()).onSelf((InetSocketAddress) remote);
  }

  @Override
  public List<ChannelHandler> onPeer(Channel channel, Handshake remote, boolean outgoing) {
    if (successor != null) { // it was being dialled when the peers were handed over
      return successor.onPeer(channel, remote, outgoing);
    }
    Peer peer = new Peer(channel, remote, outgoing, 0);
    Peer same = peers.withId(remote.peerId());
    if (closed || dialer.isBanned(peer)) {
      return List.of();
    }
    if (same != null && !Connections.replaces(peer, same, host.peerId())) {
      dialer.onDuplicate(peer, same);
      return List.of();
    }
    if (same != null) {
      drop(same);
    } else if (peers.isFull(peer.address.getAddress()) || host.room() <= 0) {
      return List.of();
    }
    MetadataHandler handler = new MetadataHandler(this, peer);
    peers.add(peer);
    handlers.put(peer, handler);
    host.onConnections(+1);
    dialer.onConnected(peer);
    return List.of(handler);
  }

  /** The pipeline stands: says who we are. Of pieces we have none, as far as we know (BEP 6). */
  void onOpen(Peer peer) {
    Introduction.send(host, peer, EnumSet.of(Extension.UT_METADATA), 0, false);
    if (peer.handshake.supportsFast()) {
      peer.send(new PeerMessage.HaveNone());
    }
    peer.flush();
  }

  void onClosed(Peer peer) {
    if (peers.remove(peer)) {
      handlers.remove(peer);
      host.onConnections(-1);
      assembler.onGone(peer, nowNanos());
      dialer.onClosed(peer);
    }
  }

  private void drop(Peer peer) {
    onClosed(peer);
    peer.channel.close();
  }

  /** Closes all connections and makes no new ones. */
  void close() {
    closed = true;
    dialer.close();
    peers.all().forEach(peer -> peer.channel.close());
  }

  /** From now on the torrent's own swarm has the peers, whoever is being dialled included. */
  void handOver(Swarm swarm) {
    successor = swarm;
    swarm.dialer().takeOver(dialer);
    for (Peer peer : peers.all()) {
      peers.remove(peer);
      host.onConnections(-1);
      handlers.remove(peer).handOver(swarm.adopt(peer));
    }
  }

  // --- metadata ---

  /** The metadata is known from elsewhere: peers may connect, but are asked for nothing. */
  void askNobody() {
    assembler.close();
  }

  void onExtensions(Peer peer, ExtensionHandshake handshake) {
    peer.extensions = handshake.after(peer.extensions);
    if (peer.listening == null && handshake.port() != 0) {
      dialer.onListeningPort(peer, handshake.port());
    }
    boolean speaks = peer.extensions.id(Extension.UT_METADATA) != 0;
    assembler.onSize(peer, speaks ? handshake.metadataSize() : 0, nowNanos());
  }

  /**
   * A message about metadata came.
   *
   * @param message null for one that is to be passed over
   */
  void onMessage(Peer peer, UtMetadata message) throws ProtocolException {
    if (message == null) {
      return;
    }
    switch (message.kind()) {
      case REQUEST -> peer.send(Extension.UT_METADATA, UtMetadata.reject(message.piece()));
      case DATA -> {
        peer.down.add(message.data().length, nowNanos());
        assembler.onData(peer, message, nowNanos());
      }
      case REJECT -> assembler.onReject(peer, message.piece(), nowNanos());
    }
  }

  @Override
  public void request(Peer peer, int piece) {
    peer.send(Extension.UT_METADATA, UtMetadata.request(piece));
    peer.flushSoon();
  }

  /**
   * Rtorrent stops reading for good when a second request comes before it has answered the first.
   * It can be told by what it lacks: the clients that take several know the Fast extension.
   */
  @Override
  public int window(Peer peer) {
    return peer.handshake.supportsFast() ? MetadataAssembler.MAX_ASKED : 1;
  }

  /** Closes every connection with a liar and takes no more from it. */
  @Override
  public void onWrong(Peer liar) {
    dialer.ban(Blame.addressOf(liar));
    for (Peer peer : peers.all()) {
      if (dialer.isBanned(peer)) {
        peer.channel.close();
      }
    }
  }

  @Override
  public void onInfo(byte[] info) {
    onInfo.accept(info);
  }

  /** Once a second. */
  void onTick(long nowNanos) {
    if (successor != null) {
      return;
    }
    for (Peer peer : peers.all()) {
      if (Connections.isSilent(peer, nowNanos)) {
        peer.channel.close();
      } else if (nowNanos - peer.lastSentNanos > Swarm.KEEP_ALIVE_NANOS) {
        peer.send(new PeerMessage.KeepAlive());
        peer.flush();
      }
    }
    assembler.onTick(nowNanos);
    Peer idlest =
        host.room() <= 0 && dialer.hasMore() ? peers.idlest(null, host.port(), nowNanos) : null;
    if (idlest != null) {
      drop(idlest);
    }
    dialer.dial();
  }

  private long nowNanos() {
    return host.loop().ticker().nanoTime();
  }
}
