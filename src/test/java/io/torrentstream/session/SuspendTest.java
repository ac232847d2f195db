package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine that sleeps, and one that wakes up in another network. */
class SuspendTest {
  private static final InetSocketAddress KNOWN = new InetSocketAddress("10.0.0.9", 6881);

  @TempDir private Path dir;

  private TestSwarm swarm;

  @BeforeEach
  void open() throws Exception {
    swarm = new TestSwarm(TestTorrent.of(20 * 65536, 65536), dir);
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
  }

  private TestPeer seed(String address) {
    return swarm.join(address, TestPeer.PLAIN).sendAllPieces();
  }

  /** Eight hours go by at once; then the ticks that were missed are made up for. */
  private void sleep() {
    swarm.time.advance(8, TimeUnit.HOURS);
    for (int tick = 0; tick < 100; tick++) {
      swarm.swarm.onTick(swarm.time.nanoTime());
    }
    swarm.run();
  }

  private void fetchFrom(TestPeer peer, int pieces) throws Exception {
    List<Block> asked = peer.requested();
    while (swarm.picker.have().count() < pieces) {
      int have = swarm.picker.have().count();
      peer.answer(asked);
      swarm.await(() -> swarm.picker.have().count() > have);
      asked = peer.requested();
    }
  }

  @Test
  void aDownloadGoesOnWithThosePeersThatAreStillThere() throws Exception {
    TestPeer peer = seed("10.0.0.1").unchoke();
    fetchFrom(peer, 5);
    peer.requested(); // and no answer to these
    sleep();
    TestPeer awake = seed("10.0.0.2").unchoke();
    fetchFrom(awake, 20);
    assertTrue(swarm.picker.isComplete());
    assertEquals(0, swarm.failures);
  }

  /** In another network every connection is dead, and the addresses have to be tried again. */
  @Test
  void addressesAreDialedAgainAfterIt() {
    swarm.swarm.dialer().offer(List.of(KNOWN), PeerList.Source.TRACKER);
    swarm.pass(1);
    assertEquals(List.of(KNOWN), swarm.dialed);
    TestPeer peer = new TestPeer(swarm, "10.0.0.9", TestPeer.PLAIN, true, TestPeer.newId());
    sleep();
    peer.end();
    swarm.pass(700);
    assertTrue(swarm.dialed.size() > 1, () -> swarm.dialed.toString());
  }
}
