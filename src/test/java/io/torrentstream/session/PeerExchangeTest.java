package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.torrentstream.wire.Extension;
import io.torrentstream.wire.ExtensionHandshake;
import io.torrentstream.wire.PeerMessage;
import io.torrentstream.wire.UtPex;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What peers are told of each other, and what they are believed (BEP 11). */
@Timeout(60)
class PeerExchangeTest {
  /** What the peers here call ut_pex. */
  private static final int ID = 77;

  @TempDir private Path dir;
  private TestSwarm swarm;

  @BeforeEach
  void open() throws Exception {
    swarm = new TestSwarm(TestTorrent.of(20 * 64 * 1024, 64 * 1024), dir);
    swarm.swarm.exchange().start();
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(host, port);
  }

  private static UtPex.Added added(String host, int flags) {
    return new UtPex.Added(at(host, 6881), flags);
  }

  private static UtPex came(UtPex.Added... added) {
    return new UtPex(List.of(added), List.of());
  }

  /** One that we dialled, so that its address is known. */
  private TestPeer dialled(String host) {
    return new TestPeer(swarm, host, TestPeer.BOTH, true, TestPeer.newId());
  }

  private TestPeer listener(String host) {
    TestPeer peer = dialled(host).sendPexId(ID, 0);
    peer.received();
    return peer;
  }

  /** What a peer was told since the last call. */
  private static List<UtPex> told(TestPeer peer) throws Exception {
    List<UtPex> told = new ArrayList<>();
    for (PeerMessage.Extended message : peer.received(PeerMessage.Extended.class)) {
      if (message.id() == ID) {
        told.add(UtPex.decode(message.payload(), 1000));
      }
    }
    return told;
  }

  // --- telling

  @Test
  void offersItInTheHandshake() throws Exception {
    assertEquals(Extension.UT_PEX.localId(), offered(dialled("10.0.0.1")));
  }

  @Test
  void isSilentUnlessItIsStarted(@TempDir Path other) throws Exception {
    swarm.close();
    swarm = new TestSwarm(TestTorrent.of(20 * 64 * 1024, 64 * 1024), other);
    TestPeer peer = dialled("10.0.0.1");
    assertEquals(0, offered(peer));
    peer.sendPexId(ID, 0).sendPex(came(added("10.0.0.9", 0)));
    dialled("10.0.0.2");
    swarm.pass(65);
    assertEquals(List.of(), told(peer));
    assertEquals(List.of(), swarm.dialed);
  }

  private static int offered(TestPeer peer) throws Exception {
    PeerMessage.Extended first = peer.received(PeerMessage.Extended.class).get(0);
    assertEquals(ExtensionHandshake.ID, first.id());
    return ExtensionHandshake.decode(first.payload()).id(Extension.UT_PEX);
  }

  @Test
  void tellsWhoCameAndWhoLeftOnceAMinute() throws Exception {
    TestPeer peer = listener("10.0.0.1");
    dialled("10.0.0.2").sendAllPieces();
    swarm.pass(1);
    TestPeer leaves = swarm.join("10.0.0.3", TestPeer.BOTH).sendExtensions(7003, true);
    swarm.join("10.0.0.4", TestPeer.BOTH); // has not said where it listens
    assertEquals(List.of(), told(peer));
    swarm.pass(1);
    UtPex first = told(peer).get(0);
    assertEquals(
        Set.of(
            added("10.0.0.2", UtPex.SEED | UtPex.REACHABLE),
            new UtPex.Added(at("10.0.0.3", 7003), UtPex.SEED)),
        Set.copyOf(first.added()));
    assertEquals(List.of(), first.dropped());

    leaves.end();
    dialled("10.0.0.5").end(); // came and left
    dialled("10.0.0.6");
    swarm.pass(59);
    assertEquals(List.of(), told(peer));
    swarm.pass(1);
    UtPex second =
        new UtPex(List.of(added("10.0.0.6", UtPex.REACHABLE)), List.of(at("10.0.0.3", 7003)));
    assertEquals(List.of(second), told(peer));
    swarm.pass(70);
    assertEquals(List.of(), told(peer), "nothing new");
  }

  @Test
  void whatIsTooMuchForOneMessageComesWithTheNext() throws Exception {
    TestPeer peer = listener("10.0.0.1");
    List<TestPeer> others = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      others.add(dialled("10.0.1." + i));
    }
    swarm.pass(125);
    Set<UtPex.Added> all = new HashSet<>();
    for (UtPex message : told(peer)) {
      assertTrue(message.added().size() <= PeerExchange.MAX_PEERS);
      all.addAll(message.added());
    }
    assertEquals(120, all.size());
    others.forEach(TestPeer::end);
    peer.send(new PeerMessage.KeepAlive());
    swarm.pass(170);
    peer.send(new PeerMessage.KeepAlive());
    swarm.pass(15);
    List<UtPex> farewells = told(peer);
    assertEquals(List.of(50, 50, 20), farewells.stream().map(m -> m.dropped().size()).toList());
  }

  @Test
  void aPeerThatTurnsItOffIsToldNoMore() throws Exception {
    TestPeer peer = listener("10.0.0.1");
    TestPeer deaf = dialled("10.0.0.2");
    peer.sendPexId(0, 0);
    swarm.pass(10);
    assertEquals(List.of(), told(peer));
    assertEquals(List.of(), told(deaf));
    peer.sendPexId(ID, 0);
    swarm.pass(10);
    assertEquals(List.of(came(added("10.0.0.2", UtPex.REACHABLE))), told(peer));
  }

  /** Addresses of our network are for our network, and nobody hears of itself. */
  @Test
  void tellsOnlyOfWhomThePeerCanConnectTo() throws Exception {
    TestPeer world = listener("8.8.8.8");
    TestPeer network = listener("10.0.0.1");
    TestPeer machine = listener("127.0.0.5");
    dialled("9.9.9.9");
    dialled("fe80::1");
    swarm.pass(2);
    assertEquals(Set.of("9.9.9.9"), hosts(world));
    assertEquals(Set.of("9.9.9.9", "8.8.8.8"), hosts(network));
    assertEquals(Set.of("9.9.9.9", "8.8.8.8", "10.0.0.1"), hosts(machine));
  }

  private static Set<String> hosts(TestPeer peer) throws Exception {
    Set<String> hosts = new HashSet<>();
    for (UtPex message : told(peer)) {
      message.added().forEach(a -> hosts.add(a.address().getAddress().getHostAddress()));
    }
    return hosts;
  }

  // --- being told

  @Test
  void dialsWhomItHearsOf() {
    listener("10.0.0.1").sendPex(came(added("10.0.0.8", 0), added("10.0.0.9", UtPex.SEED)));
    assertEquals(Set.of(at("10.0.0.8", 6881), at("10.0.0.9", 6881)), Set.copyOf(swarm.dialed));
  }

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, 9.9.9.9, true",
    "8.8.8.8, 10.0.0.9, false",
    "8.8.8.8, 127.0.0.1, false",
    "8.8.8.8, 192.168.1.1, false",
    "8.8.8.8, fd00::1, false",
    "10.0.0.1, 192.168.1.1, true",
    "10.0.0.1, 127.0.0.1, false",
    "10.0.0.1, fe80::1, false",
    "127.0.0.2, 127.0.0.1, true",
    "10.0.0.1, 224.0.0.1, false",
    "10.0.0.1, 0.0.0.0, false",
    "10.0.0.1, 255.255.255.255, false"
  })
  void believesAPeerOnlyAboutItsOwnKind(String teller, String told, boolean dialed) {
    listener(teller).sendPex(came(added(told, 0)));
    assertEquals(dialed ? List.of(at(told, 6881)) : List.of(), swarm.dialed);
  }

  @Test
  void knocksAtOneDoorOfAHostOnly() {
    TestPeer peer = listener("8.8.8.8");
    UtPex.Added[] doors = new UtPex.Added[20];
    for (int i = 0; i < doors.length; i++) {
      doors[i] = new UtPex.Added(at("9.9.9.9", 1000 + i), 0);
    }
    peer.sendPex(came(doors));
    assertEquals(List.of(at("9.9.9.9", 1000)), swarm.dialed);
  }

  @Test
  void aSeedHasNoUseForSeeds() throws Exception {
    TestPeer giver = dialled("10.0.0.1").sendAllPieces().unchoke();
    while (!swarm.picker.isComplete()) {
      giver.answer(giver.requested());
      swarm.awaitOne();
    }
    TestPeer peer = listener("10.0.0.2");
    peer.sendPex(came(added("10.0.0.8", UtPex.SEED), added("10.0.0.9", UtPex.REACHABLE)));
    assertEquals(List.of(at("10.0.0.9", 6881)), swarm.dialed);
  }

  @Test
  void looksAtOneMessageAMinute() {
    TestPeer peer = listener("10.0.0.1");
    for (int i = 0; i < 100; i++) {
      peer.sendPex(came(added("10.0.1." + i, 0)));
    }
    assertEquals(1, swarm.dialed.size());
    swarm.pass(49);
    peer.sendPex(came(added("10.0.2.1", 0)));
    assertEquals(1, swarm.dialed.size());
    swarm.pass(1);
    peer.sendPex(came(added("10.0.2.2", 0)));
    assertEquals(at("10.0.2.2", 6881), swarm.dialed.get(swarm.dialed.size() - 1));
    Peer talkative = swarm.swarm.peers().get(0);
    assertEquals(100, swarm.swarm.exchange().ignored(talkative));
    assertTrue(peer.isOpen());
  }

  @Test
  void takesFewFromEachMessage() {
    TestPeer peer = listener("10.0.0.1");
    swarm.places = 1000;
    peer.sendPex(came(many(1, 250)));
    assertEquals(PeerExchange.MAX_FIRST_PEERS, swarm.swarm.dialer().knownAddresses() - 1);
    swarm.pass(60);
    peer.sendPex(came(many(2, 250)));
    assertEquals(
        PeerExchange.MAX_FIRST_PEERS + PeerExchange.MAX_PEERS,
        swarm.swarm.dialer().knownAddresses() - 1);
  }

  private static UtPex.Added[] many(int network, int count) {
    UtPex.Added[] many = new UtPex.Added[count];
    for (int i = 0; i < count; i++) {
      many[i] = added("10.0." + network + "." + i, 0);
    }
    return many;
  }

  @Test
  void nonsenseEndsTheConnection() {
    TestPeer peer = listener("10.0.0.1");
    peer.send(
        new PeerMessage.Extended(
            Extension.UT_PEX.localId(), Unpooled.wrappedBuffer(new byte[] {'d', '5', ':'})));
    assertTrue(peer.isRefusedByRule());
    assertFalse(peer.isOpen());
  }
}
