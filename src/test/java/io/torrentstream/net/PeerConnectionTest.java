package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.SampleMessages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Listener, connector and pipeline on real sockets of the loopback address, with two loops; on the
 * system's own transport and on NIO, which all systems have.
 */
@Timeout(60)
@ParameterizedClass
@ValueSource(strings = {"native", "nio"})
final class PeerConnectionTest {
  private static final InfoHash HASH = InfoHash.of(new byte[InfoHash.LENGTH]);
  private static final Handshake REMOTE =
      new Handshake(HASH, Handshake.newPeerId(new Random(2)), Handshake.FAST);
  private static final InetAddress LOOPBACK = address("127.0.0.1");

  private final Transport transport;
  private final Swarm swarm;
  private final List<AutoCloseable> open = new ArrayList<>();

  PeerConnectionTest(String name) {
    transport = name.equals("nio") ? nio() : Transport.open(2);
    swarm = new Swarm(transport.loops().next());
  }

  private static Transport nio() {
    return new Transport(
        new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory()),
        NioSocketChannel.class,
        NioServerSocketChannel.class,
        NioDatagramChannel.class);
  }

  /** What a session handler saw, and where. */
  private record Seen(Object event, boolean onTheTorrentsLoop, Channel channel) {}

  /** A torrent that writes down all that happens; answers every bitfield with an unchoke. */
  private static final class Swarm implements HandshakeHandler.Swarm {
    final EventLoop loop;
    final Handshake local =
        new Handshake(HASH, Handshake.newPeerId(new Random(1)), Handshake.EXTENSIONS);
    final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    final BlockingQueue<SocketAddress> self = new LinkedBlockingQueue<>();

    Swarm(EventLoop loop) {
      this.loop = loop;
    }

    @Override
    public InfoHash infoHash() {
      return HASH;
    }

    @Override
    public Handshake localHandshake() {
      return local;
    }

    @Override
    public int pieceCount() {
      return 16;
    }

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public List<ChannelHandler> onPeer(Channel channel, Handshake remote, boolean outgoing) {
      seen.add(new Seen(remote, loop.inEventLoop(), channel));
      return List.of(new Passing(), new Recorder());
    }

    @Override
    public void onSelfConnection(SocketAddress remote) {
      self.add(remote);
    }

    private final class Passing extends ChannelInboundHandlerAdapter {}

    private final class Recorder extends ChannelInboundHandlerAdapter {
      private void add(ChannelHandlerContext ctx, Object event) {
        seen.add(new Seen(event, loop.inEventLoop(), ctx.channel()));
      }

      @Override
      public void handlerAdded(ChannelHandlerContext ctx) {
        add(ctx, "added");
      }

      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        add(ctx, "active");
      }

      @Override
      public void channelRead(ChannelHandlerContext ctx, Object message) {
        for (PeerMessage each : ((MessageBurst) message).messages()) {
          add(ctx, each);
          if (each instanceof PeerMessage.BitfieldMessage) {
            ctx.writeAndFlush(new PeerMessage.Unchoke());
          }
        }
      }

      @Override
      public void channelInactive(ChannelHandlerContext ctx) {
        add(ctx, "inactive");
      }

      @Override
      public void handlerRemoved(ChannelHandlerContext ctx) {
        add(ctx, "removed");
      }
    }

    Seen next() throws InterruptedException {
      Seen next = seen.poll(ScriptedPeer.TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
      assertTrue(next != null, "no event in time");
      assertTrue(next.onTheTorrentsLoop, "on another loop: " + next);
      return next;
    }

    void expect(Object... events) throws InterruptedException {
      for (Object event : events) {
        assertEquals(event, next().event);
      }
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open) {
      resource.close();
    }
    transport.close();
  }

  private <T extends AutoCloseable> T closeLater(T resource) {
    open.add(resource);
    return resource;
  }

  private PeerListener listen(InetAddress bind) throws IOException {
    return closeLater(
        PeerListener.bind(
            transport, swarm.loop, bind, 0, 0, hash -> hash.equals(HASH) ? swarm : null));
  }

  private ScriptedPeer connect(PeerListener listener) throws IOException {
    return closeLater(ScriptedPeer.connect(listener.port()));
  }

  @Test
  void incomingPeersAreOnTheTorrentsLoop() throws Exception {
    PeerListener listener = listen(LOOPBACK);
    for (int i = 0; i < 3; i++) {
      ScriptedPeer peer = connect(listener);
      peer.sendHandshake(REMOTE);
      peer.send(SampleMessages.BITFIELD.message(), SampleMessages.HAVE_ALL.message());
      assertEquals(swarm.local, peer.expectHandshake());
      Seen handshake = swarm.next();
      assertEquals(REMOTE, handshake.event);
      assertEquals(swarm.loop, handshake.channel.eventLoop());
      swarm.expect("added", "active", SampleMessages.BITFIELD.message());
      swarm.expect(SampleMessages.HAVE_ALL.message());
      peer.expect(PeerMessage.Unchoke.class);
      peer.close();
      swarm.expect("inactive", "removed");
    }
  }

  @Test
  void outgoingPeersAreOnTheTorrentsLoop() throws Exception {
    ScriptedPeer peer = closeLater(ScriptedPeer.listen());
    PeerConnector connector = new PeerConnector(transport, null);
    for (int i = 0; i < 3; i++) {
      ChannelFuture connected = connector.connect(peer.address(), swarm);
      peer.accept();
      assertEquals(swarm.local, peer.expectHandshake());
      peer.sendHandshake(REMOTE);
      peer.send(SampleMessages.BITFIELD.message());
      assertEquals(REMOTE, swarm.next().event);
      swarm.expect("added", "active", SampleMessages.BITFIELD.message());
      peer.expect(PeerMessage.Unchoke.class);
      assertEquals(swarm.loop, connected.channel().eventLoop());
      connected.channel().close();
      peer.expectClosed();
      swarm.expect("inactive", "removed");
    }
  }

  @Test
  void connectsFromTheBindAddress() throws Exception {
    InetAddress other = address("127.0.0.2");
    assumeTrue(canBind(other), "no 127.0.0.2 on this system");
    ScriptedPeer peer = closeLater(ScriptedPeer.listen());
    ChannelFuture connected = new PeerConnector(transport, other).connect(peer.address(), swarm);
    assertTrue(connected.await().isSuccess());
    assertEquals(other, ((InetSocketAddress) connected.channel().localAddress()).getAddress());
  }

  @Test
  void aFailedConnectionIsReportedAndNothingElse() throws Exception {
    InetSocketAddress nobody;
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      nobody = (InetSocketAddress) server.getLocalSocketAddress();
    }
    ChannelFuture refused = new PeerConnector(transport, null).connect(nobody, swarm).await();
    assertInstanceOf(IOException.class, refused.cause());
    ChannelFuture mixed =
        new PeerConnector(transport, LOOPBACK)
            .connect(new InetSocketAddress(address("::1"), nobody.getPort()), swarm)
            .await();
    assertFalse(mixed.isSuccess());
    ChannelFuture name =
        new PeerConnector(transport, null)
            .connect(InetSocketAddress.createUnresolved("localhost", 1), swarm)
            .await();
    assertFalse(name.isSuccess());
    assertTrue(swarm.seen.isEmpty());
  }

  @Test
  void ourOwnAddressIsNoticed() throws Exception {
    PeerListener listener = listen(LOOPBACK);
    InetSocketAddress ourselves = new InetSocketAddress(LOOPBACK, listener.port());
    Channel channel =
        new PeerConnector(transport, null).connect(ourselves, swarm).await().channel();
    assertTrue(channel.closeFuture().await(10, TimeUnit.SECONDS));
    assertTrue(swarm.seen.isEmpty());
    assertEquals(ourselves, swarm.self.remove());
    assertTrue(swarm.self.isEmpty(), "the accepting side has nothing to report");
  }

  @Test
  void strangersAreClosedAtOnce() throws Exception {
    PeerListener listener = listen(LOOPBACK);
    byte[] random = new byte[4096];
    new Random(5).nextBytes(random);
    Handshake elsewhere = new Handshake(InfoHash.of(REMOTE.peerId()), REMOTE.peerId(), 0);
    for (byte[] garbage :
        List.of(
            "GET / HTTP/1.1\r\n\r\n".getBytes(), random, new byte[] {0}, new byte[] {19, 'b'})) {
      ScriptedPeer peer = connect(listener);
      peer.sendRaw(garbage);
      peer.expectClosed();
    }
    ScriptedPeer wrongTorrent = connect(listener);
    wrongTorrent.sendHandshake(elsewhere);
    wrongTorrent.expectClosed();
    assertTrue(swarm.seen.isEmpty());
  }

  @Test
  void aBadPeerCostsOnlyItself() throws Exception {
    PeerListener listener = listen(LOOPBACK);
    ScriptedPeer good = connect(listener);
    good.sendHandshake(REMOTE);
    good.expectHandshake();
    assertEquals(REMOTE, swarm.next().event);
    swarm.expect("added", "active");
    ScriptedPeer bad = connect(listener);
    bad.sendHandshake(REMOTE);
    bad.expectHandshake();
    swarm.next();
    swarm.expect("added", "active");
    bad.sendRaw(new byte[] {-1, -1, -1, -1, 7});
    bad.expectClosed();
    swarm.expect("inactive", "removed");
    good.send(SampleMessages.BITFIELD.message());
    good.expect(PeerMessage.Unchoke.class);
  }

  @Test
  void aResetIsAnOrdinaryEnd() throws Exception {
    try (LogLines log = new LogLines(PeerPipeline.class, Level.DEBUG)) {
      PeerListener listener = listen(LOOPBACK);
      ScriptedPeer peer = connect(listener);
      peer.sendHandshake(REMOTE);
      peer.expectHandshake();
      swarm.next();
      swarm.expect("added", "active");
      peer.reset();
      swarm.expect("inactive", "removed");
      assertTrue(log.lines().stream().allMatch(line -> line.startsWith("DEBUG")));
    }
  }

  /** A flood of silent connections throws out its own oldest; a real peer still gets in. */
  @Test
  void silentConnectionsMakeRoomForOthers() throws Exception {
    PeerListener listener = listen(LOOPBACK);
    List<ScriptedPeer> silent = new ArrayList<>();
    for (int i = 0; i < 3 * HalfOpenLimit.MAX_PER_ADDRESS; i++) {
      silent.add(connect(listener));
    }
    ScriptedPeer good = connect(listener);
    good.sendHandshake(REMOTE);
    assertEquals(swarm.local, good.expectHandshake());
    for (ScriptedPeer evicted :
        silent.subList(0, silent.size() - HalfOpenLimit.MAX_PER_ADDRESS + 1)) {
      evicted.expectClosed();
    }
    // Those that stayed may still shake hands, and finished ones take up no place.
    for (ScriptedPeer patient : silent.subList(silent.size() - 8, silent.size())) {
      patient.sendHandshake(REMOTE);
      patient.expectHandshake();
    }
    for (int i = 0; i < HalfOpenLimit.MAX_PER_ADDRESS; i++) {
      connect(listener);
    }
    good.send(SampleMessages.BITFIELD.message());
    good.expect(PeerMessage.Unchoke.class);
  }

  @Test
  void listensOnBothFamilies() throws Exception {
    PeerListener listener = listen(null);
    List<InetAddress> targets = new ArrayList<>(List.of(LOOPBACK));
    if (canBind(address("::1"))) {
      targets.add(address("::1"));
    }
    for (InetAddress target : targets) {
      ScriptedPeer peer =
          closeLater(ScriptedPeer.connect(new InetSocketAddress(target, listener.port())));
      peer.sendHandshake(REMOTE);
      peer.expectHandshake();
      Seen handshake = swarm.next();
      InetSocketAddress remote = (InetSocketAddress) handshake.channel.remoteAddress();
      // An IPv4 peer must not look like an IPv6 one, or every address would count twice.
      assertEquals(target.getClass(), remote.getAddress().getClass());
      assertEquals(peer.localAddress(), remote);
      swarm.expect("added", "active");
    }
  }

  @Test
  void knowsItsOwnAddress() throws Exception {
    for (InetAddress bind : new InetAddress[] {LOOPBACK, null}) {
      PeerListener listener = listen(bind);
      assertTrue(listener.isOwn(new InetSocketAddress(LOOPBACK, listener.port())));
      assertFalse(listener.isOwn(new InetSocketAddress(LOOPBACK, 1)));
      assertFalse(listener.isOwn(new InetSocketAddress("192.0.2.1", listener.port())));
    }
  }

  @Test
  void takesTheFirstFreePortOfTheRange() throws Exception {
    PeerListener first = listen(LOOPBACK);
    int port = first.port();
    assertNotEquals(0, port);
    IOException none =
        assertThrows(
            IOException.class,
            () -> PeerListener.bind(transport, swarm.loop, LOOPBACK, port, port, hash -> null));
    assertTrue(none.getMessage().contains("port: " + port + " "), none.getMessage());
    PeerListener second =
        closeLater(PeerListener.bind(transport, swarm.loop, LOOPBACK, port, 65535, hash -> null));
    assertTrue(second.port() > port);
  }

  @Test
  void aPortIsFreeAgainRightAfterClosing() throws Exception {
    PeerListener listener = listen(LOOPBACK);
    ScriptedPeer peer = connect(listener);
    peer.sendRaw(new byte[] {0});
    peer.expectClosed(); // We closed first, so our side of the connection lingers in TIME_WAIT.
    int port = listener.port();
    listener.close();
    // Closing does not wait, and NIO lets go of a socket only a round of its loop later.
    PeerListener again = null;
    for (int round = 0; again == null && round < 100; round++) {
      swarm.loop.submit(() -> {}).await();
      again = tryListen(port);
    }
    assertTrue(again != null && again.port() == port);
  }

  private PeerListener tryListen(int port) {
    try {
      return closeLater(
          PeerListener.bind(transport, swarm.loop, LOOPBACK, port, port, hash -> null));
    } catch (IOException e) {
      return null;
    }
  }

  @Test
  void scriptedSeedsServeTheirContent() throws Exception {
    byte[] content = new byte[40_000];
    new Random(3).nextBytes(content);
    PieceLayout layout = new PieceLayout(32_768, new long[] {content.length});
    try (SeedingPeer seed = new SeedingPeer(HASH, layout, content)) {
      ScriptedPeer leecher = closeLater(ScriptedPeer.connect(seed.address()));
      leecher.sendHandshake(REMOTE);
      leecher.expectHandshake();
      leecher.expect(new PeerMessage.BitfieldMessage(new byte[] {(byte) 0xC0}));
      leecher.send(new PeerMessage.Interested());
      leecher.expect(PeerMessage.Unchoke.class);
      Block block = new Block(1, 0, content.length - 32_768);
      leecher.send(new PeerMessage.Request(block));
      PeerMessage.Piece piece = leecher.expect(PeerMessage.Piece.class);
      assertEquals(block, piece.block());
      assertArrayEquals(
          Arrays.copyOfRange(content, 32_768, content.length), ByteBufUtil.getBytes(piece.data()));
      assertEquals(1, seed.requests());
      assertEquals(1, seed.connections());
    }
  }

  private static boolean canBind(InetAddress address) {
    try (ServerSocket server = new ServerSocket(0, 1, address)) {
      return server.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (IOException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
