package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.torrentstream.net.HandshakeHandler;
import io.torrentstream.picker.PickOrder;
import io.torrentstream.picker.PiecePicker;
import io.torrentstream.picker.Source;
import io.torrentstream.storage.DiskLanes;
import io.torrentstream.storage.StorageException;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.storage.TorrentDisk;
import io.torrentstream.util.Bitfield;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A swarm on virtual time whose peers are embedded channels: no socket, no event loop, and nothing
 * happens but what the test sends and the time it lets pass. The disk is a real one; what it
 * answers is delivered when the test waits for it.
 */
final class TestSwarm implements SwarmHost, TorrentDisk.Listener {
  private static final long LIMIT_SECONDS = 20;

  final MockTicker time = Ticker.newMockTicker();
  final EmbeddedChannel self = EmbeddedChannel.builder().ticker(time).build();
  final TransferCounters counters = new TransferCounters(time.nanoTime());
  final List<InetSocketAddress> dialed = new ArrayList<>();
  final List<TestPeer> peers = new ArrayList<>();
  final TestTorrent torrent;
  final PiecePicker picker;
  final Swarm swarm;
  ChannelFuture dialAnswer = EmbeddedChannel.builder().build().newSucceededFuture();
  Function<InetSocketAddress, ChannelFuture> onDial = address -> dialAnswer;
  RateLimiter downLimit = new RateLimiter(0, 0);
  InetSocketAddress own;
  int places = 200;
  int maxUploads;
  int failures;

  private final NodeExchange.Dht dht;
  private final BlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
  private final DiskLanes lanes = new DiskLanes(2);
  final List<String> warnings = new ArrayList<>();

  final WebSeeds webSeeds;

  FakeWeb web;
  final TorrentDisk disk;

  TestSwarm(TestTorrent torrent, Path dir) throws Exception {
    this(torrent, dir, null);
  }

  /**
   * @param dht our node, or null
   */
  TestSwarm(TestTorrent torrent, Path dir, NodeExchange.Dht dht) throws Exception {
    this.torrent = torrent;
    this.dht = dht;
    this.disk =
        new TorrentDisk(
            torrent.metainfo().info(), null, StorageOptions.in(dir), lanes, answers::add, this);
    CompletableFuture<Bitfield> open = disk.open();
    while (!open.isDone()) {
      deliver();
    }
    SplittableRandom random = new SplittableRandom(1);
    Bitfield wanted = torrent.layout().piecesOf(null);
    this.picker =
        new PiecePicker(torrent.layout(), open.get(), wanted, PickOrder.SEQUENTIAL, random);
    this.swarm = new Swarm(this, torrent.metainfo().info(), picker, disk, counters, random);
    this.webSeeds =
        new WebSeeds(
            new WebSeeds.Context(
                torrent.metainfo().info(),
                picker,
                swarm.download(),
                disk,
                counters,
                this,
                (range, receiver) -> web.fetch(range, receiver),
                warnings::add));
  }

  /** Begins to fetch from web servers that the test plays. */
  void serve(FakeWeb servers, String... named) {
    web = servers;
    webSeeds.start(torrent.metainfo(), SourceOptions.DEFAULT.withWebSeeds(true, List.of(named)));
    run();
  }

  /** A peer whose handshake is done; incoming, with the fast and extension bits of the argument. */
  TestPeer join(String address, long reserved) {
    return new TestPeer(this, address, reserved, false, TestPeer.newId());
  }

  /** Lets time pass a second at a time. */
  void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(1, TimeUnit.SECONDS);
      swarm.onTick(time.nanoTime());
      webSeeds.onTick();
      run();
    }
  }

  /** Runs what was put off to the end of the loop's round. */
  void run() {
    self.runPendingTasks();
    self.runScheduledPendingTasks();
    peers.forEach(peer -> peer.channel.runPendingTasks());
  }

  /** Delivers the disk's answers until something is so. */
  void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      deliver();
      run();
    }
  }

  /** Runs and delivers until nothing is under way; false when there was nothing. */
  boolean settle() throws InterruptedException {
    run();
    boolean any = false;
    while (disk.queuedBytes() > 0 || !answers.isEmpty()) {
      Runnable answer = answers.poll(1, TimeUnit.MILLISECONDS); // most writes have none
      if (answer != null) {
        answer.run();
        run();
        any = true;
      }
    }
    return any;
  }

  /** Delivers the disk's next answer. */
  void awaitOne() throws InterruptedException {
    deliver();
    run();
  }

  /** Delivers what the disk has answered so far. */
  void deliverReady() {
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
    run();
  }

  private void deliver() throws InterruptedException {
    Runnable answer = answers.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertNotNull(answer, "nothing came from the disk");
    answer.run();
  }

  @Override
  public byte[] peerId() {
    byte[] id = new byte[20];
    id[0] = 0x40; // between TestPeer's ids, so that a test can have smaller and greater ones
    return id;
  }

  @Override
  public int port() {
    return 6881;
  }

  @Override
  public String version() {
    return "test";
  }

  @Override
  public EventLoop loop() {
    return self.eventLoop();
  }

  @Override
  public RateLimiter downLimit() {
    return downLimit;
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
    return maxUploads;
  }

  @Override
  public boolean isOwn(InetSocketAddress address) {
    return address.equals(own);
  }

  @Override
  public int room() {
    return places;
  }

  @Override
  public void onConnections(int change) {
    places -= change;
  }

  @Override
  public NodeExchange.Dht dht() {
    return dht;
  }

  @Override
  public ChannelFuture dial(InetSocketAddress address, HandshakeHandler.Swarm from) {
    dialed.add(address);
    return onDial.apply(address);
  }

  @Override
  public void onPieceVerified(int piece) {
    swarm.onVerified(piece, picker.onVerified(piece));
    if (picker.isComplete()) {
      webSeeds.close();
      swarm.onComplete();
    }
  }

  @Override
  public void onPieceFailed(int piece) {
    failures++;
    List<Source> senders = picker.onFailed(piece);
    webSeeds.onFailed(piece, senders);
    swarm.onFailed(piece, senders);
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

  /** Closes all, and finds what a peer left behind: no place taken, nobody counted. */
  void close() throws Exception {
    webSeeds.close();
    swarm.close();
    run();
    int atFirst = places;
    peers.forEach(TestPeer::end);
    CompletableFuture<Void> closed = disk.close();
    while (!closed.isDone()) {
      deliver();
    }
    lanes.close();
    self.close();
    run();
    assertEquals(0, swarm.peerCount());
    assertEquals(atFirst, places);
    for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
      assertEquals(0, picker.availability(piece), "peers that have piece " + piece);
    }
  }
}
