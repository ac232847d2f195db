package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.torrentstream.metainfo.Block;
import io.torrentstream.wire.PeerMessage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a connection, who keeps it, and for how long. */
@Timeout(60)
class ConnectionsTest {
  @TempDir private Path dir;
  private TestSwarm swarm;

  @BeforeEach
  void open() throws Exception {
    swarm = new TestSwarm(TestTorrent.of(20 * 64 * 1024, 64 * 1024), dir);
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private TestPeer join(String address, boolean outgoing, byte[] id) {
    return new TestPeer(swarm, address, TestPeer.BOTH, outgoing, id);
  }

  private static byte[] id(int first) {
    byte[] id = new byte[20];
    id[0] = (byte) first;
    return id;
  }

  @Test
  void ofTwoCrossingConnectionsBothSidesKeepTheSame() {
    for (boolean weAreSmaller : new boolean[] {true, false}) {
      for (boolean outgoingFirst : new boolean[] {true, false}) {
        byte[] id = id(weAreSmaller ? 0x70 : 0x10);
        TestPeer first = join("10.0.0.1", outgoingFirst, id);
        TestPeer second = join("10.0.0.1", !outgoingFirst, id);
        // The one that the smaller id dialled.
        assertEquals(outgoingFirst == weAreSmaller, first.isOpen());
        assertEquals(outgoingFirst != weAreSmaller, second.accepted);
        assertEquals(1, swarm.swarm.peerCount());
        assertEquals(199, swarm.places);
        first.end();
        second.end();
        assertEquals(200, swarm.places);
      }
    }
  }

  @Test
  void aPeerIdIsNoKeyToAnothersConnection() {
    TestPeer honest = join("10.0.0.1", true, id(0x10));
    assertFalse(join("10.0.0.2", false, id(0x10)).accepted, "another host");
    assertFalse(join("10.0.0.1", true, id(0x10)).accepted, "the same side again");
    swarm.pass(11);
    assertFalse(join("10.0.0.1", false, id(0x10)).accepted, "too late to have crossed");
    assertTrue(honest.isOpen());
  }

  @Test
  void oneAddressGetsAFewPlacesOnly() {
    for (int i = 0; i < Connections.MAX_PER_ADDRESS; i++) {
      assertTrue(swarm.join("10.0.0.1", TestPeer.FAST).accepted);
    }
    assertFalse(swarm.join("10.0.0.1", TestPeer.FAST).accepted);
    assertTrue(swarm.join("10.0.0.2", TestPeer.FAST).accepted);
  }

  @Test
  void whenAllPlacesAreTakenAnIdlePeerGoesForANewOne() {
    swarm.places = 3;
    List<String> ranked = byPriority(4); // the lowest first
    TestPeer giving = swarm.join("10.0.0.99", TestPeer.PLAIN).sendAllPieces().unchoke();
    TestPeer high = swarm.join(ranked.get(2), TestPeer.PLAIN);
    TestPeer low = swarm.join(ranked.get(1), TestPeer.PLAIN);
    String highest = ranked.get(3);
    assertFalse(swarm.join(highest, TestPeer.PLAIN).accepted, "each may prove itself first");
    swarm.pass(31);
    giving.answer(giving.requested().subList(0, 1));
    assertFalse(swarm.join(ranked.get(0), TestPeer.PLAIN).accepted, "of a lower priority");
    assertTrue(swarm.join(highest, TestPeer.PLAIN).accepted);
    assertTrue(giving.isOpen() && !low.isOpen() && high.isOpen());
    assertEquals(0, swarm.places);
  }

  /** So many addresses, by what BEP 40 makes of them and of our end of the connection. */
  private static List<String> byPriority(int count) {
    InetSocketAddress us = new InetSocketAddress("10.0.0.200", 6881);
    return IntStream.rangeClosed(1, count)
        .mapToObj(i -> "10.0.0." + i)
        .sorted(
            Comparator.comparingLong(
                host -> PeerPriority.of(us, new InetSocketAddress(host, 6881))))
        .toList();
  }

  /** Peers that agree on another address of ours change who is worth how much. */
  @Test
  void ourAddressIsTheOneThatPeersAgreeOn() {
    for (int i = 1; i <= 6; i++) {
      TestPeer peer = swarm.join("8.8." + i + ".8", TestPeer.BOTH);
      peer.sendYourIp(i == 3 ? "6.6.6.6" : "7.7.7.7"); // one lies
    }
    List<Peer> peers = swarm.swarm.peers();
    Peer any = peers.get(0);
    long expected = PeerPriority.of(new InetSocketAddress("7.7.7.7", 6881), any.address);
    assertEquals(expected, new Standing(peers, 6881).of(any));
    long alone = PeerPriority.of(new InetSocketAddress("10.0.0.200", 6881), any.address);
    assertEquals(alone, new Standing(List.of(any), 6881).of(any));
  }

  @Test
  void silentStrangersInAllPlacesDoNotKeepAnAddressFromItsTurn() {
    swarm.places = 2;
    swarm.join("10.0.0.1", TestPeer.PLAIN);
    swarm.join("10.0.0.2", TestPeer.PLAIN);
    InetSocketAddress honest = new InetSocketAddress("10.0.0.9", 6881);
    swarm.swarm.dialer().offer(List.of(honest), PeerList.Source.TRACKER);
    assertEquals(List.of(), swarm.dialed);
    swarm.pass(45);
    assertEquals(List.of(honest), swarm.dialed);
  }

  @Test
  void aDialWithoutASocketIsTriedAgainLater() {
    swarm.dialAnswer =
        EmbeddedChannel.builder().build().newFailedFuture(new IOException("too many open files"));
    List<InetSocketAddress> many = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      many.add(new InetSocketAddress("10.0.1." + i, 6881));
    }
    swarm.swarm.dialer().offer(many, PeerList.Source.TRACKER);
    assertEquals(1, swarm.dialed.size(), "there is none for the others either");
    swarm.pass(99);
    assertTrue(swarm.dialed.containsAll(many));
  }

  @Test
  void aLongListIsDialledAFewAtATime() {
    swarm.onDial = address -> EmbeddedChannel.builder().build().newPromise();
    List<InetSocketAddress> many = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      many.add(new InetSocketAddress("10.0.1." + i, 6881));
    }
    swarm.swarm.dialer().offer(many, PeerList.Source.TRACKER);
    swarm.pass(5);
    assertEquals(60, swarm.dialed.size(), "nobody has answered yet");
  }

  @Test
  void aPeerIsDialledAgainWhereItSaidFirstThatItListens() {
    TestPeer peer = swarm.join("10.0.0.1", TestPeer.BOTH);
    for (int port = 7000; port < 7100; port++) {
      peer.sendExtensions(port, false);
    }
    assertEquals(1, swarm.swarm.dialer().knownAddresses());
    peer.end();
    swarm.pass(5);
    assertEquals(List.of(new InetSocketAddress("10.0.0.1", 7000)), swarm.dialed);
  }

  @Test
  void ourOwnAddressIsNotDialled() {
    swarm.own = new InetSocketAddress("10.0.0.7", 6881);
    InetSocketAddress other = new InetSocketAddress("10.0.0.7", 6882);
    for (int i = 0; i < 3; i++) {
      swarm.swarm.dialer().offer(List.of(swarm.own, other), PeerList.Source.TRACKER);
      swarm.pass(1);
    }
    assertEquals(List.of(other), swarm.dialed);
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    for (int i = 1; i <= Connections.MAX_PER_ADDRESS; i++) {
      assertTrue(swarm.join("2001:db8::" + i, TestPeer.FAST).accepted);
    }
    assertFalse(swarm.join("2001:db8::ffff", TestPeer.FAST).accepted);
    assertTrue(swarm.join("2001:db8:0:1::1", TestPeer.FAST).accepted);
  }

  @Test
  void silenceEndsAConnectionAndKeepAlivesPreventThat() {
    TestPeer silent = swarm.join("10.0.0.1", TestPeer.PLAIN);
    TestPeer alive = swarm.join("10.0.0.2", TestPeer.PLAIN);
    swarm.pass(101);
    assertEquals(List.of(new PeerMessage.KeepAlive()), alive.received());
    alive.send(new PeerMessage.KeepAlive());
    swarm.pass(80);
    assertFalse(silent.isOpen());
    assertTrue(alive.isOpen());
    swarm.pass(101);
    assertFalse(alive.isOpen());
  }

  @Test
  void aBannedAddressLosesAllConnectionsAndGetsNone() throws Exception {
    TestPeer liar = swarm.join("10.0.0.1", TestPeer.PLAIN).sendAllPieces().unchoke();
    TestPeer alias = swarm.join("10.0.0.1", TestPeer.PLAIN);
    TestPeer other = swarm.join("10.0.0.2", TestPeer.PLAIN);
    for (int begin = 0; begin < 64 * 1024; begin += 16 * 1024) {
      liar.sendBlock(0, begin, new byte[16 * 1024]);
    }
    swarm.await(() -> !liar.isOpen());
    assertTrue(!alias.isOpen() && other.isOpen());
    assertFalse(swarm.join("10.0.0.1", TestPeer.PLAIN).accepted);
  }

  @Test
  void ofSeveralSendersTheLiarIsFoundAndTheHonestStay() throws Exception {
    TestPeer liar = swarm.join("10.0.0.1", TestPeer.PLAIN).sendAllPieces().unchoke();
    TestPeer honest = swarm.join("10.0.0.2", TestPeer.PLAIN).sendAllPieces();
    liar.sendBlock(0, 0, new byte[16 * 1024]);
    liar.send(new PeerMessage.Choke());
    List<Block> owed = honest.unchoke().requested();
    honest.answer(owed.subList(0, 3));
    swarm.await(() -> swarm.picker.have().count() + swarm.failures > 0);
    assertEquals(1, swarm.failures, "piece 0, of two senders");
    assertTrue(liar.isOpen() && honest.isOpen());
    // From now on each works on pieces of its own.
    liar.unchoke();
    while (liar.isOpen()) {
      List<Block> lies = liar.requested();
      for (int i = 0; i < lies.size() && liar.isOpen(); i++) {
        Block block = lies.get(i);
        liar.sendBlock(block.piece(), block.begin(), new byte[block.length()]);
      }
      if (lies.isEmpty()) {
        swarm.awaitOne();
      }
    }
    assertTrue(honest.isOpen());
    honest.answer(owed.subList(3, owed.size()));
    while (!swarm.picker.isComplete()) {
      List<Block> asked = honest.requested();
      honest.answer(asked);
      if (asked.isEmpty()) {
        swarm.awaitOne();
      }
    }
    assertFalse(swarm.join("10.0.0.1", TestPeer.PLAIN).accepted);
    assertEquals(20, swarm.picker.have().count());
  }

  /** It passes its trial each time, and lies where others could be to blame. */
  @Test
  void whoLiesOnlyInCompanyIsFoundOnceThePieceIsRight() throws Exception {
    TestPeer liar = swarm.join("10.0.0.1", TestPeer.PLAIN).sendAllPieces().unchoke();
    TestPeer honest = swarm.join("10.0.0.2", TestPeer.PLAIN).sendAllPieces();
    liar.sendBlock(0, 0, new byte[16 * 1024]);
    liar.send(new PeerMessage.Choke());
    List<Block> owed = honest.unchoke().requested();
    honest.answer(owed.subList(0, 3));
    swarm.await(() -> swarm.failures == 1);
    liar.received();

    liar.unchoke();
    List<Block> trial = liar.requested();
    liar.answer(trial.subList(0, 4));
    swarm.await(() -> swarm.picker.have().get(trial.get(0).piece()));
    assertTrue(liar.isOpen(), "it is trusted again");

    honest.answer(owed.subList(3, owed.size()));
    while (!swarm.picker.have().get(0)) {
      List<Block> asked = honest.requested();
      honest.answer(asked);
      if (asked.isEmpty()) {
        swarm.awaitOne();
      }
    }
    swarm.await(() -> !liar.isOpen());
    assertTrue(honest.isOpen());
    assertFalse(swarm.join("10.0.0.1", TestPeer.PLAIN).accepted);
    assertEquals(List.of(new InetSocketAddress("10.0.0.1", 0)), swarm.disk.banned().all());
  }
}
