package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.torrentstream.metainfo.Block;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.ScriptedPeer;
import io.torrentstream.net.SeedingPeer;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real sockets, many of them at once. What takes its time to turn out useless is left to {@link
 * AttackTest}, where that time passes at once.
 */
@Timeout(150)
class HostileSwarmTest {
  private static final SessionConfig ANY_PORT =
      SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);
  private static final int HOSTILE = 200;
  private static final int FLOOD = 10_000;

  @TempDir private Path dir;

  private final TestTorrent torrent = TestTorrent.of(1_500_001, 64 * 1024);
  private final List<SeedingPeer> peers = new ArrayList<>();

  @AfterEach
  void closePeers() throws IOException {
    for (SeedingPeer peer : peers) {
      peer.close();
    }
  }

  private enum Kind {
    CLOSES,
    NEVER_UNCHOKES,
    CORRUPTS,
    WRONG_LENGTH,
    OTHER_TORRENT,
    GARBAGE
  }

  private final class Hostile extends SeedingPeer {
    private final Kind kind;

    Hostile(String address, Kind kind) throws IOException {
      super(address, torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
      this.kind = kind;
    }

    @Override
    protected Handshake handshake() {
      Handshake plain = super.handshake();
      InfoHash hash = kind == Kind.OTHER_TORRENT ? InfoHash.of(new byte[20]) : plain.infoHash();
      return new Handshake(hash, plain.peerId(), 0);
    }

    @Override
    protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
      switch (kind) {
        case CLOSES -> peer.reset();
        case GARBAGE -> peer.sendRaw(new byte[] {-1, -1, -1, -1, 7, 7, 7, 7, 7});
        default -> super.onOpen(peer, remote);
      }
    }

    @Override
    protected void onInterested(ScriptedPeer peer) throws IOException {
      if (kind != Kind.NEVER_UNCHOKES) {
        super.onInterested(peer);
      }
    }

    @Override
    protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
      switch (kind) {
        case WRONG_LENGTH -> sendBlock(peer, block, block.length() - 1);
        default -> super.onRequest(peer, block);
      }
    }

    private void sendBlock(ScriptedPeer peer, Block block, int length) throws IOException {
      peer.send(
          new PeerMessage.Piece(
              block.piece(), block.begin(), Unpooled.wrappedBuffer(new byte[length])));
    }

    @Override
    protected byte[] bytes(Block block) {
      byte[] bytes = super.bytes(block);
      if (kind == Kind.CORRUPTS) {
        bytes[0]++;
      }
      return bytes;
    }
  }

  @Test
  void oneHonestPeerAmongTwoHundredHostileOnesIsEnough() throws Exception {
    Kind[] kinds = Kind.values();
    for (int i = 0; i < HOSTILE; i++) {
      String address = "127.0." + (1 + i / 100) + "." + (1 + i % 100);
      peers.add(new Hostile(address, kinds[i % kinds.length]));
    }
    SeedingPeer honest =
        new SeedingPeer(torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    peers.add(honest);
    List<InetSocketAddress> addresses = peers.stream().map(SeedingPeer::address).toList();
    try (Session session = Session.open(ANY_PORT)) {
      TorrentHandle download =
          session.add(
              torrent.metainfo(), TorrentOptions.of(StorageOptions.in(dir)).withPeers(addresses));
      download.completion().get(120, TimeUnit.SECONDS);
      assertTrue(torrent.isIn(dir));
      TorrentStatus end = download.status();
      assertTrue(end.hashFailures() <= HOSTILE, end::toString);
      // A liar has sent all that it was asked for at first when its first wrong piece is found.
      long lies = (HOSTILE / kinds.length + 1) * 32L * 16384;
      assertTrue(end.downloaded() < lies + 4L * torrent.content().length, end::toString);
    }
  }

  /**
   * It comes from a hundred addresses and says nothing on any connection, and does not end before
   * the download does.
   */
  @Test
  void aFloodOfConnectionsKeepsNobodyOut() throws Exception {
    SeedingPeer honest =
        new SeedingPeer(torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    peers.add(honest);
    try (Session session = Session.open(ANY_PORT)) {
      TorrentHandle download =
          session.add(torrent.metainfo(), TorrentOptions.of(StorageOptions.in(dir)));
      InetSocketAddress listening =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), session.port());
      Deque<SocketChannel> open = new ArrayDeque<>();
      for (int i = 0; i < FLOOD || !download.completion().isDone(); i++) {
        open.add(connectFrom("127.0.3." + (1 + i % 100), listening));
        if (open.size() > 300) {
          close(open.remove());
        }
        if (i % 1000 == 500 && download.status().peers() == 0) {
          honest.connectTo(listening); // as a peer does that has lost its connection
        }
      }
      download.completion().get();
      assertTrue(torrent.isIn(dir));
      for (SocketChannel channel : open) {
        close(channel);
      }
    }
  }

  @Test
  void whoWasBannedIsNotAskedByTheNextRun() throws Exception {
    Hostile liar = new Hostile("127.0.4.1", Kind.CORRUPTS);
    SeedingPeer honest =
        new SeedingPeer(torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    peers.addAll(List.of(liar, honest));
    TorrentOptions options = TorrentOptions.of(StorageOptions.in(dir));
    try (Session session = Session.open(ANY_PORT)) {
      TorrentHandle download =
          session.add(torrent.metainfo(), options.withPeers(List.of(liar.address())));
      await(() -> download.status().hashFailures() > 0 && download.status().peers() == 0);
    }
    int before = liar.connections();
    try (Session session = Session.open(ANY_PORT)) {
      TorrentHandle download =
          session.add(
              torrent.metainfo(), options.withPeers(List.of(liar.address(), honest.address())));
      download.completion().get(60, TimeUnit.SECONDS);
      assertTrue(torrent.isIn(dir));
      assertEquals(0, download.status().hashFailures());
    }
    assertEquals(before, liar.connections());
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) { // bounded by the class's timeout
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      assertFalse(Thread.currentThread().isInterrupted(), "timed out");
    }
  }

  private static SocketChannel connectFrom(String host, InetSocketAddress to) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.bind(new InetSocketAddress(host, 0));
    channel.connect(to);
    return channel;
  }

  /** With a reset: 10,000 ports would be in use for a minute. */
  private static void close(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    channel.close();
  }

  @Test
  void aPeerThatAsksAndDoesNotReadTheAnswersIsClosed() throws Exception {
    try (Session session = Session.open(ANY_PORT)) {
      TorrentHandle download =
          session.add(torrent.metainfo(), TorrentOptions.of(StorageOptions.in(dir)));
      try (ScriptedPeer peer = handshaken(session)) {
        PeerMessage[] requests = new PeerMessage[4096];
        java.util.Arrays.fill(requests, new PeerMessage.Request(new Block(0, 0, 16384)));
        assertThrows(
            IOException.class,
            () -> {
              for (int i = 0; i < 4000; i++) { // 270 MB: more than any socket's buffers hold
                peer.send(requests);
              }
            });
      }
      assertTrue(!download.completion().isDone());
    }
  }

  /** Connects with the fast extension; tries again while the torrent is still being checked. */
  private ScriptedPeer handshaken(Session to) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    Handshake handshake =
        new Handshake(
            torrent.metainfo().info().infoHash(),
            Handshake.newPeerId(new Random()),
            Handshake.FAST);
    while (true) {
      ScriptedPeer peer = ScriptedPeer.connectNarrow(to.port());
      try {
        peer.sendHandshake(handshake);
        peer.expectHandshake();
        return peer;
      } catch (IOException notYet) {
        peer.close();
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
      }
    }
  }
}
