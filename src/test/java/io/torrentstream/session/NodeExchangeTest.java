package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.wire.Handshake;
import io.torrentstream.wire.PeerMessage;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How peers tell each other of their DHT nodes; the test is our own node. */
class NodeExchangeTest implements NodeExchange.Dht {
  private static final int PIECE = 1 << 14;
  private static final long WITH_DHT = TestPeer.BOTH | Handshake.DHT;

  @TempDir Path dir;

  private final List<InetSocketAddress> nodes = new ArrayList<>();
  private int port = 6881;
  private TestSwarm swarm;

  @Override
  public int port() {
    return port;
  }

  @Override
  public void onNode(InetSocketAddress address) {
    nodes.add(address);
  }

  private void open(TestTorrent torrent, NodeExchange.Dht dht) throws Exception {
    swarm = new TestSwarm(torrent, dir, dht);
  }

  private static TestTorrent torrent() {
    return TestTorrent.of(4 * PIECE, PIECE);
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private static List<PeerMessage.Port> ports(TestPeer peer) {
    return peer.received(PeerMessage.Port.class);
  }

  @Test
  void eachSideHearsOfTheOthersNode() throws Exception {
    open(torrent(), this);
    assertTrue(swarm.swarm.localHandshake().supportsDht());
    TestPeer peer = swarm.join("10.0.0.1", WITH_DHT);
    assertEquals(List.of(new PeerMessage.Port(6881)), ports(peer));
    peer.send(new PeerMessage.Port(7000));
    assertEquals(List.of(new InetSocketAddress("10.0.0.1", 7000)), nodes);
  }

  @Test
  void whoeverHasNoNodeIsToldOfNone() throws Exception {
    open(torrent(), this);
    assertEquals(List.of(), ports(swarm.join("10.0.0.1", TestPeer.BOTH)));
  }

  @Test
  void aNodeThatStartsLaterIsToldOfThen() throws Exception {
    open(torrent(), this);
    port = 0;
    TestPeer peer = swarm.join("10.0.0.1", WITH_DHT);
    assertEquals(List.of(), ports(peer));
    port = 6882;
    swarm.swarm.nodes().onStarted(swarm.swarm.peers());
    assertEquals(List.of(new PeerMessage.Port(6882)), ports(peer));
  }

  @Test
  void aPeerNamesOneNodeAndNoPortZero() throws Exception {
    open(torrent(), this);
    TestPeer peer = swarm.join("10.0.0.1", WITH_DHT);
    peer.send(new PeerMessage.Port(0));
    for (int other = 7000; other < 7100; other++) {
      peer.send(new PeerMessage.Port(other));
    }
    assertEquals(List.of(new InetSocketAddress("10.0.0.1", 7000)), nodes);
    assertTrue(peer.isOpen());
  }

  @Test
  void aPrivateTorrentKeepsOutOfIt() throws Exception {
    open(torrent().asPrivate(), this);
    assertFalse(swarm.swarm.localHandshake().supportsDht());
    TestPeer peer = swarm.join("10.0.0.1", WITH_DHT);
    peer.send(new PeerMessage.Port(7000));
    assertEquals(List.of(), ports(peer));
    assertEquals(List.of(), nodes);
  }

  @Test
  void withoutANodeThereIsNothingToSay() throws Exception {
    open(torrent(), null);
    assertFalse(swarm.swarm.localHandshake().supportsDht());
    TestPeer peer = swarm.join("10.0.0.1", WITH_DHT);
    peer.send(new PeerMessage.Port(7000));
    assertEquals(List.of(), ports(peer));
    assertTrue(peer.isOpen());
  }
}
