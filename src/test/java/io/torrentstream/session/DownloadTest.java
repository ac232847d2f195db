package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole downloads in one process: real sessions, real sockets and files, scripted peers. */
@Timeout(60)
class DownloadTest {
  private static final SessionConfig ANY_PORT =
      SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);

  @TempDir private Path dir;

  private final TestTorrent torrent = TestTorrent.of(3_000_001, 64 * 1024);
  private Session session;

  @BeforeEach
  void open() throws IOException {
    session = Session.open(ANY_PORT);
  }

  @AfterEach
  void close() {
    session.close();
  }

  @Test
  void downloadsFromASeed() throws Exception {
    try (SeedingPeer seed = new Seed("127.0.0.1")) {
      TorrentHandle download = add(dir, seed.address());
      assertEquals(dir.resolve("content.bin"), download.completion().get());
      assertTrue(torrent.isIn(dir));
      assertEquals(TorrentState.SEEDING, download.status().state());
      assertEquals(torrent.content().length, download.status().verified());
      assertEquals(0, download.status().hashFailures());
    }
  }

  @Test
  void downloadsFromAnotherSession() throws Exception {
    Path seedDir = Files.createDirectory(dir.resolve("seed"));
    Path leechDir = Files.createDirectory(dir.resolve("leech"));
    torrent.writeTo(seedDir);
    try (Session other = Session.open(ANY_PORT)) {
      TorrentHandle seed =
          other.add(torrent.metainfo(), TorrentOptions.of(StorageOptions.in(seedDir)));
      seed.completion().get();
      TorrentHandle leech = add(leechDir, new InetSocketAddress("127.0.0.1", other.port()));
      leech.completion().get();
      assertTrue(torrent.isIn(leechDir));
    }
  }

  @Test
  void givesOnWhatItHasWhileItDownloads() throws Exception {
    Path firstDir = Files.createDirectory(dir.resolve("first"));
    Path secondDir = Files.createDirectory(dir.resolve("second"));
    // The seed gives the last piece to nobody until the second leech has all the others, which it
    // can only have from the first.
    int last = torrent.layout().pieceCount() - 1;
    try (Session other = Session.open(ANY_PORT);
        SeedingPeer seed =
            new Seed("127.0.0.1") {
              @Override
              protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
                if (block.piece() != last) {
                  super.onRequest(peer, block);
                }
              }
            }) {
      TorrentHandle first = add(firstDir, seed.address());
      TorrentHandle second =
          other.add(
              torrent.metainfo(),
              TorrentOptions.of(StorageOptions.in(secondDir))
                  .withPeers(List.of(new InetSocketAddress("127.0.0.1", session.port()))));
      long allButLast = torrent.layout().pieceOffset(last);
      await(() -> second.status().verified() == allButLast);
      assertFalse(first.completion().isDone());
    }
  }

  @Test
  void survivesAPeerThatCorruptsEverything() throws Exception {
    try (SeedingPeer liar =
            new Seed("127.0.0.2") {
              @Override
              protected byte[] bytes(Block block) {
                byte[] bytes = super.bytes(block);
                bytes[0] ^= 1;
                return bytes;
              }
            };
        SeedingPeer honest = new Seed("127.0.0.1")) {
      TorrentHandle download = add(dir, liar.address(), honest.address());
      download.completion().get();
      assertTrue(torrent.isIn(dir));
    }
  }

  @Test
  void neverSucceedsWithAPeerThatCorruptsOneBlockAlone() throws Exception {
    try (SeedingPeer liar =
        new Seed("127.0.0.2") {
          @Override
          protected byte[] bytes(Block block) {
            byte[] bytes = super.bytes(block);
            if (block.piece() == 7 && block.begin() == 0) {
              bytes[0]++;
            }
            return bytes;
          }
        }) {
      TorrentHandle download = session.add(torrent.metainfo(), stalling(2, liar.address()));
      TorrentFailure failure = failure(download);
      assertEquals(TorrentFailure.Reason.STALLED, failure.reason());
      assertFalse(Files.exists(dir.resolve("content.bin")));
      assertEquals(1, download.status().hashFailures(), "its one wrong piece is enough to ban it");
      assertEquals(1, liar.connections());
    }
  }

  /** On a slow line a piece takes longer than the limit of a stall; blocks come all the time. */
  @Test
  void aSlowPieceIsNoStall() throws Exception {
    TestTorrent large = TestTorrent.of(1024 * 1024, 1024 * 1024);
    InfoHash hash = large.metainfo().info().infoHash();
    try (SeedingPeer seed = new SeedingPeer(hash, large.layout(), large.content());
        Session slow = Session.open(ANY_PORT.withRates(128 * 1024, 0))) {
      TorrentHandle download = slow.add(large.metainfo(), stalling(3, seed.address()));
      download.completion().get();
      assertTrue(large.isIn(dir));
    }
  }

  @Test
  void aLaterRunKeepsWhatWasVerified() throws Exception {
    int last = torrent.layout().pieceCount() - 1;
    try (SeedingPeer unfinished =
        new Seed("127.0.0.1") {
          @Override
          protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
            if (block.piece() != last) {
              super.onRequest(peer, block);
            }
          }
        }) {
      TorrentHandle download = add(dir, unfinished.address());
      await(() -> download.status().verified() == torrent.layout().pieceOffset(last));
      download.stop().get();
      assertTrue(Files.exists(dir.resolve("content.bin.part")));
    }
    try (Session again = Session.open(ANY_PORT);
        SeedingPeer seed = new Seed("127.0.0.1")) {
      TorrentHandle download = again.add(torrent.metainfo(), from(dir, seed.address()));
      download.completion().get();
      assertTrue(torrent.isIn(dir));
      assertEquals(torrent.layout().pieceLength(last), download.status().downloaded());
    }
  }

  @Test
  void peersThatGiveNothingHoldNothingUp() throws Exception {
    try (SeedingPeer neverUnchokes =
            new Seed("127.0.0.2") {
              @Override
              protected void onInterested(ScriptedPeer peer) {}
            };
        SeedingPeer neverAnswers =
            new Seed("127.0.0.3") {
              @Override
              protected void onRequest(ScriptedPeer peer, Block block) {}
            };
        SeedingPeer closesAtOnce =
            new Seed("127.0.0.4") {
              @Override
              protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
                peer.reset();
              }
            };
        SeedingPeer otherTorrent =
            new Seed("127.0.0.5") {
              @Override
              protected Handshake handshake() {
                Handshake right = super.handshake();
                return new Handshake(InfoHash.of(new byte[20]), right.peerId(), 0);
              }
            };
        SeedingPeer honest = new Seed("127.0.0.1")) {
      TorrentHandle download =
          add(
              dir,
              neverUnchokes.address(),
              neverAnswers.address(),
              closesAtOnce.address(),
              otherTorrent.address(),
              honest.address());
      download.completion().get(20, TimeUnit.SECONDS);
      assertTrue(torrent.isIn(dir));
    }
  }

  @Test
  void aPeerThatRejectsEverythingIsNotAskedWithoutEnd() throws Exception {
    try (SeedingPeer rejecting =
        new Seed("127.0.0.1") {
          @Override
          protected Handshake handshake() {
            Handshake plain = super.handshake();
            return new Handshake(plain.infoHash(), plain.peerId(), Handshake.FAST);
          }

          @Override
          protected void onRequest(ScriptedPeer peer, Block block) throws IOException {
            peer.send(new PeerMessage.Reject(block));
          }
        }) {
      TorrentHandle download = session.add(torrent.metainfo(), stalling(4, rejecting.address()));
      failure(download);
      assertTrue(rejecting.requests() < 60, () -> rejecting.requests() + " requests");
    }
  }

  @Test
  void numbersOutsideTheTorrentEndTheConnection() throws Exception {
    int pieces = torrent.layout().pieceCount();
    for (PeerMessage nonsense :
        List.of(
            new PeerMessage.Have(pieces),
            new PeerMessage.Request(new Block(pieces, 0, 16384)),
            new PeerMessage.Request(new Block(0, 0x7FFF0000, 0x7FFF0000)),
            new PeerMessage.Reject(new Block(0, 0, 16384)),
            new PeerMessage.AllowedFast(0),
            new PeerMessage.BitfieldMessage(new byte[pieces / 8 + 2]))) {
      try (Session fresh = Session.open(ANY_PORT)) {
        Path folder = Files.createTempDirectory(dir, "run");
        fresh.add(torrent.metainfo(), TorrentOptions.of(StorageOptions.in(folder)));
        try (ScriptedPeer peer = handshaken(fresh)) {
          peer.send(nonsense);
          peer.expectClosed();
        }
      }
    }
  }

  @Test
  void endsWhenNobodyIsThere() throws Exception {
    TorrentHandle download = session.add(torrent.metainfo(), stalling(1));
    assertEquals(TorrentFailure.Reason.NO_PEERS, failure(download).reason());
    assertEquals(TorrentState.ERROR, download.status().state());
  }

  @Test
  void aTorrentIsInASessionOnlyOnce() throws Exception {
    session.add(torrent.metainfo(), from(dir));
    assertEquals(
        TorrentFailure.Reason.BUG, failure(session.add(torrent.metainfo(), from(dir))).reason());
  }

  /** A well-behaved seed. */
  private class Seed extends SeedingPeer {
    Seed(String address) throws IOException {
      super(address, torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    }
  }

  /** Connects to a session's torrent; tries again while the torrent is still being checked. */
  private ScriptedPeer handshaken(Session to) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      ScriptedPeer peer = ScriptedPeer.connect(to.port());
      try {
        peer.sendHandshake(
            new Handshake(
                torrent.metainfo().info().infoHash(), Handshake.newPeerId(new Random()), 0));
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

  private TorrentHandle add(Path folder, InetSocketAddress... peers) {
    return session.add(torrent.metainfo(), from(folder, peers));
  }

  private static TorrentOptions from(Path folder, InetSocketAddress... peers) {
    return TorrentOptions.of(StorageOptions.in(folder)).withPeers(List.of(peers));
  }

  private TorrentOptions stalling(int seconds, InetSocketAddress... peers) {
    return new TorrentOptions(
        StorageOptions.in(dir),
        SourceOptions.DEFAULT.withPeers(List.of(peers)),
        null,
        false,
        Duration.ofSeconds(seconds),
        null);
  }

  private static TorrentFailure failure(TorrentHandle download) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> download.completion().get());
    return assertInstanceOf(TorrentFailure.class, failed.getCause());
  }

  /** Waits for a status, which changes once a second. */
  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) { // bounded by the class's timeout
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      assertFalse(Thread.currentThread().isInterrupted(), "timed out");
    }
  }
}
