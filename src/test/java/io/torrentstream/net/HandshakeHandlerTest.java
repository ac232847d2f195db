package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.Digests;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.SampleMessages;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HandshakeHandlerTest {
  private static final InfoHash HASH = InfoHash.of(new byte[Digests.SHA1_BYTES]);
  private static final InfoHash OTHER_HASH = hashOf(7);
  private static final Handshake LOCAL =
      new Handshake(HASH, Handshake.newPeerId(new Random(1)), Handshake.FAST);
  private static final Handshake REMOTE =
      new Handshake(HASH, Handshake.newPeerId(new Random(2)), Handshake.EXTENSIONS);

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
  private final Swarm swarm = new Swarm();
  private EmbeddedChannel channel;
  private int ended;

  /** A torrent whose one session handler writes down what it sees. */
  private final class Swarm implements HandshakeHandler.Swarm {
    final List<Object> events = new ArrayList<>();
    boolean refuse;
    Handshake remote;
    Boolean outgoing;
    SocketAddress self;
    EventLoop otherLoop;

    @Override
    public InfoHash infoHash() {
      return HASH;
    }

    @Override
    public Handshake localHandshake() {
      return LOCAL;
    }

    @Override
    public int pieceCount() {
      return 0;
    }

    @Override
    public EventLoop loop() {
      return otherLoop == null ? channel.eventLoop() : otherLoop;
    }

    @Override
    public List<ChannelHandler> onPeer(Channel peer, Handshake handshake, boolean isOutgoing) {
      remote = handshake;
      outgoing = isOutgoing;
      return refuse ? null : List.of(new Recorder(events), new ChannelInboundHandlerAdapter());
    }

    @Override
    public void onSelfConnection(SocketAddress address) {
      self = address;
    }
  }

  private static final class Recorder extends ChannelInboundHandlerAdapter {
    private final List<Object> events;

    Recorder(List<Object> events) {
      this.events = events;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      events.add("active");
      ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      events.addAll(((MessageBurst) message).messages());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      events.add("inactive");
      ctx.fireChannelInactive();
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertFalse(channel.finish());
    assertEquals(0, allocator.metric().usedDirectMemory());
    assertEquals(0, allocator.metric().usedHeapMemory());
  }

  private void outgoing() {
    channel = embedded();
    PeerPipeline.outgoing(channel, swarm);
  }

  private void incoming() {
    channel = embedded();
    PeerPipeline.incoming(channel, hash -> hash.equals(HASH) ? swarm : null, () -> ended++);
  }

  private EmbeddedChannel embedded() {
    EmbeddedChannel embedded = new EmbeddedChannel();
    embedded.config().setAllocator(allocator);
    embedded.freezeTime();
    return embedded;
  }

  @Test
  void whoConnectsSpeaksFirst() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE));
    assertEquals(REMOTE, swarm.remote);
    assertTrue(swarm.outgoing);
    assertEquals(List.of("active"), swarm.events);
    assertTrue(channel.isOpen());
    assertNull(channel.pipeline().get(HandshakeHandler.class));
  }

  /** Some clients hold their peer id back until they know ours. */
  @Test
  void whoAcceptsAnswersAsSoonAsTheInfoHashIsThere() {
    incoming();
    ByteBuf handshake = bytes(REMOTE);
    receive(handshake.readRetainedSlice(Handshake.INFO_HASH_END - 1));
    assertNull(channel.readOutbound());
    receive(handshake.readRetainedSlice(1));
    assertSent(LOCAL);
    assertNull(swarm.remote);
    receive(handshake);
    assertNull(channel.readOutbound());
    assertEquals(REMOTE, swarm.remote);
    assertFalse(swarm.outgoing);
    assertEquals(1, ended);
  }

  @Test
  void handshakesMayComeByteByByte() {
    incoming();
    ByteBuf handshake = bytes(REMOTE);
    while (handshake.isReadable()) {
      assertNull(swarm.remote);
      receive(handshake.readRetainedSlice(1));
    }
    handshake.release();
    assertSent(LOCAL);
    assertEquals(List.of("active"), swarm.events);
  }

  /** Peers send their bitfield in the same packet. None of it may be lost, nor come too early. */
  @Test
  void messagesBehindTheHandshakeReachTheSession() {
    for (int cut = 0; cut <= 30; cut++) {
      swarm.events.clear();
      outgoing();
      assertSent(LOCAL);
      ByteBuf all = bytes(REMOTE).writeBytes(SampleMessages.BITFIELD.bytes());
      all.writeBytes(SampleMessages.UNCHOKE.bytes());
      int first = Math.min(Handshake.LENGTH - 15 + cut, all.readableBytes());
      receive(all.readRetainedSlice(first));
      receive(all);
      assertEquals(
          List.of("active", SampleMessages.BITFIELD.message(), new PeerMessage.Unchoke()),
          swarm.events);
    }
  }

  @Test
  void theSessionCanWriteAtOnce() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE));
    channel.writeOutbound(new PeerMessage.Interested());
    ByteBuf sent = channel.readOutbound();
    assertEquals(Unpooled.wrappedBuffer(SampleMessages.INTERESTED.bytes()), sent);
    sent.release();
  }

  @Test
  void theSessionSeesTheEnd() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE));
    channel.close();
    assertEquals(List.of("active", "inactive"), swarm.events);
  }

  @Test
  void theSessionMayRefuse() {
    swarm.refuse = true;
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE).writeBytes(SampleMessages.BITFIELD.bytes()));
    assertClosed();
  }

  @Test
  void strangersAreClosedAtTheFirstWrongByte() {
    incoming();
    receive(Unpooled.wrappedBuffer(new byte[] {'G'}));
    assertClosed();
    assertEquals(1, ended);
    incoming();
    receive(Unpooled.copiedBuffer("\u0013BitTorrent protocoL", StandardCharsets.US_ASCII));
    assertClosed();
  }

  @Test
  void unknownTorrentsGetNoAnswer() {
    incoming();
    receive(bytes(new Handshake(OTHER_HASH, REMOTE.peerId(), 0)));
    assertClosed();
    assertNull(swarm.remote);
  }

  @Test
  void anotherTorrentThanAskedForIsRefused() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(new Handshake(OTHER_HASH, REMOTE.peerId(), 0)).readRetainedSlice(48));
    assertClosed();
    assertNull(swarm.remote);
  }

  @Test
  void ourselvesAreRefusedOnBothSides() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(LOCAL));
    assertClosed();
    assertEquals(channel.remoteAddress(), swarm.self);
    swarm.self = null;
    incoming();
    receive(bytes(LOCAL));
    assertSent(LOCAL);
    assertClosed();
    assertNull(swarm.self);
    assertNull(swarm.remote);
  }

  @Test
  void aSlowHandshakeEndsAfterTenSeconds() {
    incoming();
    ByteBuf handshake = bytes(REMOTE);
    for (int second = 0; second < HandshakeHandler.TIMEOUT_SECONDS; second++) {
      assertTrue(channel.isOpen());
      receive(handshake.readRetainedSlice(1)); // A byte now and then buys no time.
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
    handshake.release();
    assertClosed();
    assertEquals(1, ended);
  }

  @Test
  void afterTheHandshakeThereIsNoTimeout() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE));
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();
    assertTrue(channel.isOpen());
  }

  /** The tail of the pipeline ends the connection and keeps the exception to itself. */
  @Test
  void aProtocolErrorLaterClosesThisConnectionOnly() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE).writeInt(-1).writeByte(0));
    assertClosed();
    assertEquals(List.of("active", "inactive"), swarm.events);
  }

  @Test
  void aFaultOfOursClosesTheConnectionTooAndIsLoggedWithItsTrace() {
    try (LogLines log = new LogLines(PeerPipeline.class, Level.DEBUG)) {
      outgoing();
      assertSent(LOCAL);
      channel.pipeline().fireExceptionCaught(new IllegalStateException("on purpose"));
      assertClosed();
      assertEquals(List.of("WARN [embedded] closed by a fault of ours"), log.lines());
      assertTrue(log.lastHasTrace());
    }
  }

  @Test
  void aFaultOfThePeersIsOneQuietLine() {
    try (LogLines log = new LogLines(PeerPipeline.class, Level.DEBUG)) {
      incoming();
      receive(Unpooled.wrappedBuffer(new byte[] {0x1B}));
      assertClosed();
      assertEquals(
          List.of("DEBUG [embedded] closed: handshake byte 0: 0x1b (expected: 0x13)"), log.lines());
      assertFalse(log.lastHasTrace());
    }
  }

  @Test
  void tracesHandshakesAndMessagesWhenAskedTo() {
    outgoing();
    assertSent(LOCAL);
    receive(bytes(REMOTE));
    assertNull(channel.pipeline().get(PeerMessageLog.class));
    channel.finish();
    try (LogLines log = new LogLines(PeerMessageLog.class, Level.TRACE)) {
      outgoing();
      assertSent(LOCAL);
      receive(bytes(REMOTE).writeBytes(SampleMessages.UNCHOKE.bytes()));
      assertEquals(
          List.of(
              "TRACE [embedded] -> " + LOCAL,
              "TRACE [embedded] <- " + REMOTE,
              "TRACE [embedded] <- unchoke"),
          log.lines());
    }
  }

  @Test
  void aTorrentOnAnotherLoopIsAFaultOfOurs() {
    try (LogLines log = new LogLines(PeerPipeline.class, Level.DEBUG)) {
      outgoing();
      assertSent(LOCAL);
      swarm.otherLoop = new EmbeddedChannel().eventLoop();
      receive(bytes(REMOTE));
      assertClosed();
      assertEquals(List.of("WARN [embedded] closed by a fault of ours"), log.lines());
    }
  }

  private void receive(ByteBuf bytes) {
    channel.writeInbound(bytes);
  }

  private void assertSent(Handshake handshake) {
    ByteBuf sent = channel.readOutbound();
    assertEquals(bytes(handshake), sent);
    sent.release();
  }

  private void assertClosed() {
    channel.runPendingTasks();
    channel.checkException();
    assertFalse(channel.isOpen());
    assertNull(channel.readOutbound());
  }

  private static ByteBuf bytes(Handshake handshake) {
    ByteBuf bytes = Unpooled.buffer(Handshake.LENGTH);
    handshake.encode(bytes);
    return bytes;
  }

  private static InfoHash hashOf(int b) {
    byte[] bytes = new byte[InfoHash.LENGTH];
    Arrays.fill(bytes, (byte) b);
    return InfoHash.of(bytes);
  }
}
