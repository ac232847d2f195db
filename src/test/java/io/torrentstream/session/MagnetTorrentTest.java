package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.bencode.Bencode;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.metainfo.MagnetUri;
import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.net.ScriptedPeer;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.util.Digests;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.UtMetadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a magnet link to the data, among honest peers and liars. */
@Timeout(60)
class MagnetTorrentTest {
  private static final SessionConfig ANY_PORT =
      SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);

  @TempDir private Path dir;

  /** 2,500 pieces: 50 KB of metadata. */
  private final TestTorrent torrent = TestTorrent.of(2_500 * 1024, 1024);

  private final List<TorrentEvent> events = new CopyOnWriteArrayList<>();
  private final List<MagnetSeed> seeds = new ArrayList<>();
  private Session session;

  @BeforeEach
  void open() throws IOException {
    session = Session.open(ANY_PORT);
  }

  @AfterEach
  void close() throws IOException {
    session.close();
    for (MagnetSeed seed : seeds) {
      seed.close();
    }
  }

  private MagnetSeed with(MagnetSeed seed) {
    seeds.add(seed);
    return seed;
  }

  private MagnetSeed honest(String address) throws IOException {
    return with(new MagnetSeed(address, torrent));
  }

  private static MagnetUri link(TestTorrent torrent, String more) throws Exception {
    return MagnetUri.parse("magnet:?xt=urn:btih:" + torrent.metainfo().info().infoHash() + more);
  }

  private MagnetOptions options(int timeoutSeconds) {
    List<InetSocketAddress> peers = seeds.stream().map(MagnetSeed::address).toList();
    TorrentOptions options = TorrentOptions.of(StorageOptions.in(dir)).withPeers(peers);
    return new MagnetOptions(options, null, Duration.ofSeconds(timeoutSeconds), false);
  }

  private TorrentHandle add(MagnetUri magnet) {
    return session.add(magnet, options(0), events::add);
  }

  private Metainfo metadata() {
    return events.stream()
        .filter(TorrentEvent.MetadataReady.class::isInstance)
        .map(event -> ((TorrentEvent.MetadataReady) event).metainfo())
        .findFirst()
        .orElseThrow();
  }

  private static TorrentFailure failure(TorrentHandle download) {
    ExecutionException failed =
        assertThrows(ExecutionException.class, () -> download.completion().get());
    return assertInstanceOf(TorrentFailure.class, failed.getCause());
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) { // bounded by the class's timeout
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      assertFalse(Thread.currentThread().isInterrupted(), "timed out");
    }
  }

  @Test
  void oneConnectionIsEnoughForMetadataAndData() throws Exception {
    MagnetSeed seed = honest("127.0.0.1");
    TorrentHandle download = add(link(torrent, "&tr=http://127.0.0.1:1/a&ws=http://127.0.0.1:1/"));
    assertEquals(TorrentState.METADATA, download.status().state());
    assertEquals(dir.resolve("content.bin"), download.completion().get());
    assertTrue(torrent.isIn(dir));
    assertEquals(1, seed.connections());
    assertEquals(List.of(0, 1, 2, 3), seed.asked.stream().sorted().toList());
    assertArrayEquals(torrent.metainfo().info().raw(), metadata().info().raw());
    assertEquals(List.of(List.of("http://127.0.0.1:1/a")), metadata().trackers());
    assertEquals(List.of("http://127.0.0.1:1/"), metadata().webSeeds());
    await(() -> download.status().state() == TorrentState.SEEDING);
  }

  /** The link names the peer, and whoever connects to us serves as well. */
  @Test
  void peersOfTheLinkAndIncomingOnes() throws Exception {
    MagnetSeed seed = new MagnetSeed("127.0.0.1", torrent);
    TorrentHandle download = add(link(torrent, "&x.pe=127.0.0.1:" + seed.address().getPort()));
    download.completion().get();
    download.stop().get();
    seeds.add(seed);
    Files.delete(dir.resolve("content.bin"));
    MagnetUri magnet = link(torrent, "");
    TorrentHandle again =
        session.add(
            magnet,
            new MagnetOptions(
                TorrentOptions.of(StorageOptions.in(dir)), null, Duration.ZERO, false),
            events::add);
    InetSocketAddress us = new InetSocketAddress("127.0.0.1", session.port());
    await(() -> connectsTo(seed, us, again));
    again.completion().get();
    assertTrue(torrent.isIn(dir));
  }

  /** Tries again while the session does not know the torrent yet. */
  private static boolean connectsTo(MagnetSeed seed, InetSocketAddress us, TorrentHandle torrent) {
    try {
      seed.connectTo(us);
    } catch (IOException e) {
      return false;
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    return torrent.status().peers() > 0 || torrent.completion().isDone();
  }

  @Test
  void metadataIsNeverFetchedTwice() throws Exception {
    MagnetSeed seed =
        with(
            new MagnetSeed("127.0.0.1", torrent) {
              @Override
              protected void onInterested(ScriptedPeer peer) {} // never unchokes
            });
    TorrentHandle first = add(link(torrent, ""));
    await(() -> first.status().state() == TorrentState.DOWNLOADING);
    first.stop().get();
    assertEquals(4, seed.asked.size());
    seed.close();
    seeds.clear();

    MagnetSeed offering = new MagnetSeed("127.0.0.1", torrent);
    events.clear();
    TorrentHandle second = add(link(torrent, "&x.pe=127.0.0.1:" + offering.address().getPort()));
    second.completion().get();
    second.stop().get();
    seeds.add(offering);
    assertTrue(torrent.isIn(dir));
    assertEquals(List.of(), offering.asked);
    assertEquals("content.bin", metadata().info().name());
    assertFalse(Files.exists(dir.resolve(".tsl")));
  }

  // --- liars

  private MagnetSeed liar(String address, int size, UtMetadata answer) throws IOException {
    return with(
        new MagnetSeed(address, torrent) {
          @Override
          protected int size() {
            return size;
          }

          @Override
          protected UtMetadata answer(int piece) {
            return answer;
          }
        });
  }

  @Test
  void oneHonestPeerAmongLiarsIsEnough() throws Exception {
    int size = torrent.metainfo().info().raw().length;
    byte[] junk = new byte[size];
    liar("127.0.1.1", size, null); // never answers
    liar("127.0.1.2", UtMetadata.MAX_BYTES, null);
    liar("127.0.1.3", Integer.MAX_VALUE, UtMetadata.data(0, junk));
    liar("127.0.1.4", size, UtMetadata.data(0, new byte[100]));
    liar("127.0.1.5", size, UtMetadata.reject(0));
    liar("127.0.1.6", 100, UtMetadata.data(0, new byte[100]));
    with(
        new MagnetSeed("127.0.1.7", torrent) { // wrong bytes of the right size
          @Override
          protected UtMetadata answer(int piece) {
            return UtMetadata.data(piece, junk);
          }
        });
    with(
        new MagnetSeed("127.0.1.8", torrent) {
          @Override
          protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
            super.onOpen(peer, remote);
            sendMetadata(peer, garbage());
          }
        });
    with(
        new MagnetSeed("127.0.1.9", torrent) {
          @Override
          protected void onOpen(ScriptedPeer peer, Handshake remote) throws IOException {
            sendHaves(peer, MetadataHandler.MAX_KEPT_BYTES / MetadataHandler.MESSAGE_BYTES + 1);
          }
        });
    honest("127.0.1.10");
    long begin = System.nanoTime();
    add(link(torrent, "")).completion().get();
    assertTrue(torrent.isIn(dir));
    assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(20), "slow");
  }

  @Test
  void whoSentAllOfAWrongOneIsBanned() throws Exception {
    byte[] junk = new byte[torrent.metainfo().info().raw().length];
    MagnetSeed liar =
        with(
            new MagnetSeed("127.0.1.1", torrent) {
              @Override
              protected UtMetadata answer(int piece) {
                return UtMetadata.data(piece, junk);
              }
            });
    TorrentHandle download = add(link(torrent, ""));
    await(() -> liar.asked.size() == 4 && download.status().peers() == 0);
    TorrentFailure failure =
        failure(session.add(link(TestTorrent.of(5, 1024), ""), options(1), events::add));
    assertEquals(TorrentFailure.Reason.METADATA_TIMEOUT, failure.reason());
    assertEquals(4, liar.asked.size());
  }

  // --- other ends

  @Test
  void withoutMetadataItEnds() throws Exception {
    TorrentFailure alone = failure(session.add(link(torrent, ""), options(1), events::add));
    assertEquals(TorrentFailure.Reason.METADATA_TIMEOUT, alone.reason());
    assertEquals("no metadata in 1 s, no peers found", alone.getMessage());
  }

  @Test
  void aPeerWithoutItIsSaidToBe() throws Exception {
    liar("127.0.0.1", 0, null);
    TorrentFailure failure = failure(session.add(link(torrent, ""), options(2), events::add));
    assertEquals("no metadata in 2 s, none of the peers has it: 1", failure.getMessage());
    await(() -> events.stream().anyMatch(TorrentEvent.Failed.class::isInstance)); // comes after
  }

  @Test
  void whatIsNoTorrentIsInvalid() throws Exception {
    byte[] info = "d3:foo3:bare".getBytes(StandardCharsets.US_ASCII);
    InfoHash infoHash = InfoHash.of(Digests.sha1().digest(info));
    with(new MagnetSeed("127.0.0.1", infoHash, info, torrent.layout(), torrent.content()));
    TorrentFailure failure = failure(add(MagnetUri.ofInfoHash(infoHash.toString())));
    assertEquals(TorrentFailure.Reason.INVALID_TORRENT, failure.reason());
    assertTrue(failure.getMessage().startsWith("metadata: info "), failure.getMessage());
  }

  @Test
  void theLinksFilesAreTheWantedOnes() throws Exception {
    TestTorrent files = TestTorrent.ofFiles(1024, 3000, 4000, 5000);
    with(new MagnetSeed("127.0.0.1", files));
    add(link(files, "&so=1")).completion().get();
    assertTrue(Files.exists(dir.resolve("content/b.bin")));
    assertFalse(Files.exists(dir.resolve("content/a.bin")));
  }

  @Test
  void filesThatAreNotThereEndIt() throws Exception {
    with(new MagnetSeed("127.0.0.1", torrent));
    TorrentFailure named = failure(add(link(torrent, "&so=1-9")));
    assertEquals(TorrentFailure.Reason.INVALID_MAGNET, named.reason());
    TorrentFailure chosen = new TorrentFailure(TorrentFailure.Reason.USAGE, "none", null);
    try (Session other = Session.open(ANY_PORT)) {
      MagnetOptions options =
          new MagnetOptions(
              options(0).torrent(),
              info -> {
                throw chosen;
              },
              Duration.ZERO,
              false);
      assertSame(chosen, failure(other.add(link(torrent, ""), options, events::add)));
    }
  }

  @Test
  void metadataAloneTouchesNoDisk() throws Exception {
    honest("127.0.0.1");
    CompletableFuture<TorrentEvent.MetadataReady> ready = new CompletableFuture<>();
    MagnetOptions options = new MagnetOptions(options(0).torrent(), null, Duration.ZERO, true);
    TorrentHandle handle =
        session.add(
            link(torrent, ""),
            options,
            event -> ready.complete((TorrentEvent.MetadataReady) event));
    assertArrayEquals(
        torrent.metainfo().info().raw(), Metainfo.parse(ready.get().torrent()).info().raw());
    handle.stop().get();
    assertTrue(handle.completion().isCancelled());
    try (var files = Files.list(dir)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void mayBeStoppedAndAddedAnew() throws Exception {
    TorrentHandle first = add(link(torrent, ""));
    first.stop().get();
    assertEquals(TorrentState.STOPPED, first.status().state());
    assertThrows(CancellationException.class, () -> first.completion().get());
    honest("127.0.0.1");
    TorrentHandle second = add(link(torrent, ""));
    TorrentHandle third = add(link(torrent, ""));
    assertEquals(TorrentFailure.Reason.BUG, failure(third).reason());
    second.completion().get();
    second.stop().get();
    assertEquals(TorrentState.STOPPED, second.status().state());
  }

  // --- the other side

  private TorrentHandle seedOf(TestTorrent shared, Session from) throws Exception {
    Path data = Files.createDirectories(dir.resolve("seed"));
    shared.writeTo(data);
    TorrentHandle seed = from.add(shared.metainfo(), TorrentOptions.of(StorageOptions.in(data)));
    seed.completion().get();
    return seed;
  }

  private TorrentHandle from(Session other, TestTorrent wanted, int timeoutSeconds)
      throws Exception {
    InetSocketAddress there = new InetSocketAddress("127.0.0.1", other.port());
    TorrentOptions options = TorrentOptions.of(StorageOptions.in(dir)).withPeers(List.of(there));
    return session.add(
        link(wanted, ""),
        new MagnetOptions(options, null, Duration.ofSeconds(timeoutSeconds), false),
        events::add);
  }

  @Test
  void givesMetadataToOthers() throws Exception {
    try (Session other = Session.open(ANY_PORT)) {
      seedOf(torrent, other);
      from(other, torrent, 0).completion().get();
      assertTrue(torrent.isIn(dir));
    }
  }

  @Test
  void aPrivateTorrentsMetadataIsGivenToNobody() throws Exception {
    BValue.Dict plain =
        (BValue.Dict) Bencode.read(torrent.metainfo().info().raw(), Bencode.Limits.TORRENT);
    TreeMap<String, BValue> entries = new TreeMap<>(plain.entries());
    entries.put("private", new BValue.Int(1));
    TestTorrent secret =
        new TestTorrent(
            torrent.content(),
            Metainfo.parse(
                Bencode.write(BValue.Dict.of(java.util.Map.of("info", BValue.Dict.of(entries))))));
    try (Session other = Session.open(ANY_PORT)) {
      seedOf(secret, other);
      TorrentFailure failure = failure(from(other, secret, 2));
      assertEquals("no metadata in 2 s, none of the peers has it: 1", failure.getMessage());
    }
  }
}
