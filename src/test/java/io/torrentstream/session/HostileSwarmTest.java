package io.torrentstream.session;

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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets with peers of the worst kinds, many of them at once. */
@Timeout(150)
class HostileSwarmTest {
  private static final SessionConfig ANY_PORT =
      SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);
  private static final int HOSTILE = 200;

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
    SILENT,
    NEVER_UNCHOKES,
    NEVER_ANSWERS,
    CORRUPTS,
    WRONG_LENGTH,
    REJECTS,
    OTHER_TORRENT,
    UNASKED,
    FLAPS,
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
      return new Handshake(hash, plain.peerId(), kind == Kind.REJECTS ? Handshake.FAST : 0);
    }

    @Override
    protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
      switch (kind) {
        case CLOSES -> peer.reset();
        case SILENT -> {}
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
        case NEVER_ANSWERS -> {}
        case WRONG_LENGTH -> sendBlock(peer, block, block.length() - 1);
        case UNASKED -> sendBlock(peer, new Block(0, 0, 16384), 16384);
        case REJECTS -> peer.send(new PeerMessage.Reject(block));
        case FLAPS -> peer.send(new PeerMessage.Choke(), new PeerMessage.Unchoke());
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
      // Each may send 64 blocks that nobody asked for, and a share of them does.
      long unasked = (HOSTILE / kinds.length + 1) * 65L * 16384;
      assertTrue(end.downloaded() < unasked + 8L * torrent.content().length, end::toString);
    }
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
      ScriptedPeer peer = ScriptedPeer.connect(to.port());
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
