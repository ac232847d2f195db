package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.net.ScriptedPeer;
import io.torrentstream.storage.StorageOptions;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A private torrent uses its trackers and nothing else (BEP 27), whatever is asked for. */
class PrivateTorrentTest {
  private static final InetSocketAddress FRIEND = new InetSocketAddress("10.0.0.7", 6881);

  /** Every way to hear of peers, for a private and for a public torrent. */
  static Stream<Arguments> matrix() {
    return EnumSet.allOf(Discovery.class).stream()
        .flatMap(way -> Stream.of(Arguments.of(way, true), Arguments.of(way, false)));
  }

  private static Metainfo torrent(boolean isPrivate) {
    return TestTorrent.of(100_000, 16 * 1024)
        .with(isPrivate, List.of("http://tracker.example/announce"))
        .metainfo();
  }

  private static SourceOptions cut(Set<Discovery> ways, boolean isPrivate) {
    return SourceOptions.DEFAULT
        .withDiscovery(ways)
        .withPeers(List.of(FRIEND))
        .forTorrent(torrent(isPrivate).info());
  }

  @ParameterizedTest(name = "{0}, private: {1}")
  @MethodSource("matrix")
  void isAllowedOneWayOnly(Discovery way, boolean isPrivate) {
    boolean allowed = !isPrivate || way == Discovery.TRACKERS;
    assertEquals(allowed, cut(EnumSet.allOf(Discovery.class), isPrivate).uses(way));
    assertEquals(allowed, cut(EnumSet.of(way), isPrivate).uses(way));
    Set<Discovery> others = EnumSet.complementOf(EnumSet.of(way));
    assertEquals(false, cut(others, isPrivate).uses(way), "what was not asked for");
  }

  /** What is begun is announced and used; what is not begun is neither. */
  @ParameterizedTest(name = "{0}, private: {1}")
  @MethodSource("matrix")
  void beginsOneWayOnly(Discovery way, boolean isPrivate) {
    Metainfo metainfo = torrent(isPrivate);
    TorrentInfo info = metainfo.info();
    SourceOptions options = cut(EnumSet.of(way), isPrivate);
    Session session = mock(Session.class);
    LocalPeers localPeers = mock(LocalPeers.class);
    when(session.localPeers()).thenReturn(localPeers);
    PeerExchange exchange = mock(PeerExchange.class);
    PeerSources sources =
        new PeerSources(
            session, options, info.infoHash(), (found, source) -> {}, mock(Announcer.class), null);
    sources.start();
    sources.begin(exchange);

    boolean allowed = !isPrivate;
    verify(exchange, way == Discovery.PEX && allowed ? times(1) : never()).start();
    verify(localPeers, way == Discovery.LSD && allowed ? times(1) : never())
        .add(eq(info.infoHash()), any());
    assertEquals(way == Discovery.TRACKERS, !options.tiers(metainfo.trackers()).isEmpty());
    verify(session)
        .resolve(eq(List.of(FRIEND)), eq(PeerList.Source.USER), any()); // whom the user names
  }

  /** A magnet link's info that an earlier run has left is read before anything begins. */
  @Test
  void beginsNothingElseOnceItIsKnownToBePrivate() {
    TorrentInfo info = torrent(true).info();
    Session session = mock(Session.class);
    LocalPeers localPeers = mock(LocalPeers.class);
    when(session.localPeers()).thenReturn(localPeers);
    PeerExchange exchange = mock(PeerExchange.class);
    Announcer announcer = mock(Announcer.class);
    SourceOptions wishes = SourceOptions.DEFAULT.withDiscovery(EnumSet.allOf(Discovery.class));
    PeerSources sources =
        new PeerSources(session, wishes, info.infoHash(), (f, s) -> {}, announcer, null);
    sources.onInfo(info);
    sources.start();
    sources.begin(exchange);

    verify(announcer).start();
    verify(exchange, never()).start();
    verify(localPeers, never()).add(any(), any());
  }

  @ParameterizedTest(name = "private: {0}")
  @ValueSource(booleans = {true, false})
  void offersNothingInItsHandshake(boolean isPrivate, @TempDir Path dir) throws Exception {
    Metainfo metainfo = torrent(isPrivate);
    SessionConfig config =
        SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);
    try (ScriptedPeer peer = ScriptedPeer.listen();
        Session session = Session.open(config)) {
      SourceOptions wishes =
          SourceOptions.DEFAULT
              .withDiscovery(EnumSet.of(Discovery.PEX, Discovery.LSD))
              .withPeers(List.of(peer.address()));
      session.add(metainfo, TorrentOptions.of(StorageOptions.in(dir)).withSources(wishes));
      peer.accept();
      peer.expectHandshake();
      peer.sendHandshake(
          new Handshake(metainfo.info().infoHash(), TestPeer.newId(), Handshake.EXTENSIONS));
      PeerMessage.Extended first = peer.await(PeerMessage.Extended.class);
      int id = ExtensionHandshake.decode(first.payload()).id(Extension.UT_PEX);
      assertEquals(isPrivate ? 0 : Extension.UT_PEX.localId(), id);
    }
  }

  @Test
  void keepsWhomTheUserNames() {
    SourceOptions wishes =
        SourceOptions.DEFAULT
            .withTrackers(List.of("udp://mine.example:1"))
            .withPeers(List.of(FRIEND))
            .withWebSeeds(true, List.of("http://web.example/"));
    SourceOptions cut = wishes.forTorrent(torrent(true).info());
    assertEquals(wishes.withDiscovery(EnumSet.of(Discovery.TRACKERS)), cut);
    assertEquals(2, cut.tiers(torrent(true).trackers()).size());
    assertTrue(wishes.forTorrent(torrent(false).info()).uses(Discovery.PEX));
  }
}
