package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.net.MessageBurst;
import io.torrentstream.picker.PickOrder;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.storage.DiskLanes;
import io.torrentstream.storage.StorageException;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.Bitfield;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One client of a {@link SimulatedSwarm}. */
final class SimulatedPeer
    implements SwarmHost, TorrentDisk.Listener, HandshakeHandler.Swarms, HandshakeHandler.Swarm {
  private static final int MOST_CONNECTIONS = 25;
  private static final long DISK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
  private static final int ANNOUNCE_SECONDS = 30;

  /** How a peer treats what it sends. */
  enum Manner {
    HONEST,
    /** Sends every block with a wrong byte in it. */
    CORRUPT,
    /** Takes requests and sends no block, ever. */
    MUTE;

    /** Longer than every message without a block in it. */
    private static final int BLOCK = 4096;

    /** What becomes of bytes that it sends; false when they get lost. */
    boolean passes(ByteBuf bytes) {
      boolean block = bytes.readableBytes() > BLOCK;
      if (this == CORRUPT && block) {
        int last = bytes.writerIndex() - 1;
        bytes.setByte(last, ~bytes.getByte(last));
      }
      return this != MUTE || !block;
    }
  }

  final SimulatedSwarm net;
  final InetSocketAddress address;
  final Path dir;
  Manner manner = Manner.HONEST;
  boolean gone;
  PiecePicker picker;
  Swarm swarm;
  TransferCounters counters;
  int failures;

  /** Blocks that came twice, and were asked for twice while others were not asked for at all. */
  int cameTwice;

  /** Requests for what had come; there is a reason only where a liar's piece begins anew. */
  int askedThere;

  /** When it had everything, in seconds; NaN before. */
  double completedAt = Double.NaN;

  private final long upRate;
  private final SplittableRandom random;
  private final byte[] peerId;
  private final DiskLanes lanes;
  private final Set<Block> arrived = new HashSet<>();
  private final Set<Block> askedTwice = new HashSet<>();
  private final List<Watch> watches = new ArrayList<>();
  private TorrentDisk disk;
  private CompletableFuture<Path> finished;
  private CompletableFuture<Void> closed;
  private long uplinkFreeNanos;
  private int connections;
  private int age;

  SimulatedPeer(SimulatedSwarm net, byte[] ip, Path dir, long upRate, SplittableRandom random) {
    this.net = net;
    this.dir = dir;
    this.upRate = upRate;
    this.random = random;
    this.peerId = Handshake.newPeerId(random);
    this.lanes = new DiskLanes(1, name -> new SimulatedThread(net, DISK_NANOS), net::nowNanos);
    try {
      this.address = new InetSocketAddress(InetAddress.getByAddress(ip), 6881);
      Files.createDirectories(dir);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Looks at its disk; once that is done it takes part. */
  void start(boolean seed) {
    StorageOptions options = new StorageOptions(dir, StorageOptions.Kind.FILE, false, false, false);
    disk =
        new TorrentDisk(net.torrent.metainfo().info(), null, options, lanes, loop()::execute, this);
    (seed ? disk.openReadOnly() : disk.open()).thenAccept(this::onOpened);
  }

  private void onOpened(Bitfield have) {
    if (gone) {
      return;
    }
    counters = new TransferCounters(net.nowNanos());
    picker =
        new PiecePicker(
            net.torrent.layout(),
            have,
            net.torrent.layout().piecesOf(null),
            PickOrder.RAREST,
            random.split());
    swarm = new Swarm(this, net.torrent.metainfo().info(), picker, disk, counters, random.split());
    announce();
    net.after(random.nextLong(TimeUnit.SECONDS.toNanos(1)), () -> net.everySecond(this::tick));
  }

  private void tick() {
    if (!gone) {
      swarm.onTick(net.nowNanos());
      if (++age % ANNOUNCE_SECONDS == 0) {
        announce();
      }
    }
  }

  private void announce() {
    swarm.dialer().offer(net.someAddresses(this), PeerList.Source.TRACKER);
  }

  boolean isComplete() {
    return !Double.isNaN(completedAt);
  }

  /** Whether what it has on its disk, under its own name, is the content. */
  boolean hasContent() throws IOException {
    return finished != null && finished.isDone() && net.torrent.isIn(dir);
  }

  void leave() {
    if (!gone) {
      gone = true;
      if (swarm != null) {
        swarm.close();
      }
      closed = disk.close();
    }
  }

  boolean isClosed() {
    return closed != null && closed.isDone() && connections == 0;
  }

  void assertNothingLeft() {
    assertTrue(isClosed(), "its disk is still in use");
    lanes.close();
    if (swarm != null) {
      assertEquals(0, swarm.peerCount(), "connections");
      for (int piece = 0; piece < net.torrent.layout().pieceCount(); piece++) {
        assertEquals(0, picker.availability(piece), "peers that have piece " + piece);
      }
    }
  }

  // --- its line ---

  /** Takes bytes into the queue for its uplink; how many nanoseconds from now they are out. */
  long transmit(int bytes) {
    long start = Math.max(net.nowNanos(), uplinkFreeNanos);
    uplinkFreeNanos = start + bytes * TimeUnit.SECONDS.toNanos(1) / upRate;
    return uplinkNanos();
  }

  /** How long the queue for its uplink is. */
  long uplinkNanos() {
    return Math.max(0, uplinkFreeNanos - net.nowNanos());
  }

  /** Looks at what one connection asks for and what comes on it. */
  private final class Watch extends ChannelDuplexHandler {
    private final Set<Block> asked = new HashSet<>();

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof MessageBurst burst) {
        for (PeerMessage each : burst.messages()) {
          if (each instanceof PeerMessage.Request request) {
            onRequest(this, request.block());
          }
        }
      } else if (message instanceof PeerMessage.Cancel cancel) {
        asked.remove(cancel.block());
      }
      context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object burst) {
      for (PeerMessage message : ((MessageBurst) burst).messages()) {
        if (message instanceof PeerMessage.Piece piece) {
          onArrival(this, piece.block());
        } else if (message instanceof PeerMessage.Reject reject) {
          asked.remove(reject.block());
        }
      }
      context.fireChannelRead(burst);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      watches.remove(this);
      context.fireChannelInactive();
    }
  }

  private void onRequest(Watch to, Block block) {
    if (!picker.isEndgame() && watches.stream().anyMatch(watch -> watch.asked.contains(block))) {
      askedTwice.add(block);
    }
    askedThere += arrived.contains(block) ? 1 : 0;
    to.asked.add(block);
  }

  private void onArrival(Watch on, Block block) {
    on.asked.remove(block);
    if (!arrived.add(block) && askedTwice.contains(block)) {
      cameTwice++;
    }
  }

  // --- what the disk says ---

  @Override
  public void onPieceVerified(int piece) {
    swarm.onVerified(piece, picker.onVerified(piece));
    if (picker.isComplete()) {
      completedAt = net.nowSeconds();
      swarm.onComplete();
      finished = disk.finish();
    }
  }

  @Override
  public void onPieceFailed(int piece) {
    failures++;
    arrived.removeIf(block -> block.piece() == piece);
    swarm.onFailed(piece, picker.onFailed(piece));
  }

  @Override
  public void onFileCompleted(Path path) {}

  @Override
  public void onChecked(long bytesDone) {}

  @Override
  public void onStorageError(StorageException e) {
    throw new IllegalStateException(e);
  }

  @Override
  public void onWarning(String oneLine) {}

  @Override
  public void onDrained() {
    swarm.onRoom();
  }

  // --- what a session would be to the swarm ---

  @Override
  public byte[] peerId() {
    return peerId;
  }

  @Override
  public NodeExchange.Dht dht() {
    return null;
  }

  @Override
  public boolean isOwn(InetSocketAddress address) {
    return false;
  }

  @Override
  public int port() {
    return address.getPort();
  }

  @Override
  public String version() {
    return "simulated";
  }

  @Override
  public EventLoop loop() {
    return net.self.eventLoop();
  }

  @Override
  public RateLimiter downLimit() {
    return new RateLimiter(0, 0);
  }

  @Override
  public RateLimiter upLimit() {
    return new RateLimiter(0, 0);
  }

  @Override
  public long maxUpRate() {
    return 0;
  }

  @Override
  public int maxUploads() {
    return 0;
  }

  @Override
  public int room() {
    return MOST_CONNECTIONS - connections;
  }

  @Override
  public void onConnections(int change) {
    connections += change;
  }

  @Override
  public ChannelFuture dial(InetSocketAddress to, HandshakeHandler.Swarm from) {
    return net.connect(this, to, this).newPromise();
  }

  @Override
  public HandshakeHandler.Swarm find(InfoHash infoHash) {
    return swarm != null && !gone && infoHash.equals(swarm.infoHash()) ? this : null;
  }

  // --- the swarm, with a watch before its handlers ---

  @Override
  public InfoHash infoHash() {
    return swarm.infoHash();
  }

  @Override
  public Handshake localHandshake() {
    return swarm.localHandshake();
  }

  @Override
  public int pieceCount() {
    return swarm.pieceCount();
  }

  @Override
  public List<ChannelHandler> onPeer(Channel channel, Handshake remote, boolean outgoing) {
    List<ChannelHandler> handlers = swarm.onPeer(channel, remote, outgoing);
    if (handlers.isEmpty()) {
      return handlers;
    }
    List<ChannelHandler> watched = new ArrayList<>(handlers);
    Watch watch = new Watch();
    watches.add(watch);
    watched.add(0, watch);
    return watched;
  }
}
