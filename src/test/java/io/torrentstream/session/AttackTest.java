package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ChannelFuture;
import io.torrentstream.metainfo.Block;
import io.torrentstream.net.WirePeer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every {@link Attack} around one honest peer: the download completes and is right, soon and
 * without much waste. Whole pipelines, but no sockets and no clock: seconds are the test's.
 */
@Timeout(120)
class AttackTest {
  private static final int BLOCK = 16 * 1024;
  private static final int PIECES = 20;
  private static final int CONTENT = PIECES * 4 * BLOCK - 5000;
  private static final InetSocketAddress HONEST = new InetSocketAddress("192.0.2.1", 6881);

  /** They send many right blocks, too: with them there would be no need for the honest one. */
  private static final Set<Attack> HELPFUL =
      EnumSet.of(Attack.CORRUPTS_ONE_BLOCK, Attack.CORRUPTS_NOW_AND_THEN, Attack.DUPLICATE_BLOCKS);

  @TempDir private Path dir;

  private final TestTorrent torrent = TestTorrent.of(CONTENT, 4 * BLOCK);
  private final Map<InetSocketAddress, WirePeer.Script> scripts = new HashMap<>();
  private final List<WirePeer> connections = new ArrayList<>();
  private TestSwarm swarm;

  @BeforeEach
  void open() throws Exception {
    swarm = new TestSwarm(torrent, dir);
    swarm.onDial = this::dial;
    scripts.put(HONEST, new Honest());
  }

  @AfterEach
  void close() throws Exception {
    swarm.swarm.close();
    connections.forEach(WirePeer::end);
    swarm.close();
  }

  /** Sends a few blocks a second: whoever holds up its pieces shows. */
  private static final class Honest implements WirePeer.Script {
    private static final int BLOCKS_A_SECOND = 8;

    @Override
    public void onRequest(WirePeer peer, Block block) {
      peer.owed.add(block);
    }

    @Override
    public void onCancel(WirePeer peer, Block block) {
      peer.owed.remove(block);
    }

    @Override
    public void onSecond(WirePeer peer) {
      for (int i = 0; i < BLOCKS_A_SECOND && !peer.owed.isEmpty(); i++) {
        peer.answer(peer.owed.remove());
      }
    }
  }

  private ChannelFuture dial(InetSocketAddress address) {
    WirePeer peer =
        new WirePeer(address, swarm.swarm, swarm.time, this::content, scripts.get(address));
    connections.add(peer);
    return peer.connected();
  }

  private byte[] content(Block block) {
    int from = Math.toIntExact(torrent.layout().pieceOffset(block.piece()) + block.begin());
    return Arrays.copyOfRange(torrent.content(), from, from + block.length());
  }

  private void attack(Attack kind, int count) {
    for (int i = 0; i < count; i++) {
      scripts.put(new InetSocketAddress("10." + kind.ordinal() + ".0." + (i + 1), 6881), kind);
    }
  }

  /** Runs until everything is there; returns how many seconds that took. */
  private int run(int limitSeconds) throws Exception {
    List<InetSocketAddress> addresses = new ArrayList<>(scripts.keySet());
    addresses.sort((a, b) -> a.toString().compareTo(b.toString()));
    swarm.swarm.dialer().offer(addresses, PeerList.Source.TRACKER);
    for (int second = 0; second < limitSeconds; second++) {
      settle();
      if (swarm.picker.isComplete()) {
        swarm.await(swarm.disk.finish()::isDone);
        assertTrue(torrent.isIn(dir));
        return second;
      }
      swarm.pass(1);
      List.copyOf(connections).forEach(WirePeer::onSecond);
    }
    throw new AssertionError(
        "not complete: " + swarm.picker.have().count() + " of " + PIECES + " pieces");
  }

  /** Until nobody has anything to say without the clock going on. */
  private void settle() throws InterruptedException {
    boolean any = true;
    while (any) {
      any = false;
      for (WirePeer peer : List.copyOf(connections)) {
        any |= peer.pump();
      }
      any |= swarm.settle();
    }
  }

  @Test
  void theHonestPeerAloneTakesItsTime() throws Exception {
    assertEquals(10, run(12), 1);
  }

  @ParameterizedTest
  @EnumSource
  void oneHonestPeerAmongThreeOfAKindIsEnough(Attack kind) throws Exception {
    attack(kind, 3);

    int seconds = run(60);

    assertTrue(seconds <= 45, kind + ": " + seconds + " s");
    assertTrue(
        swarm.counters.down.total() < 8L * CONTENT,
        () -> kind + ": " + swarm.counters.down.total());
    assertTrue(swarm.failures <= 24, () -> kind + ": wrong pieces: " + swarm.failures);
    assertFalse(isBanned(HONEST), "the honest one is not blamed");
    assertTrue(connections.size() < 40, () -> kind + ": connections: " + connections.size());
  }

  @Test
  void oneHonestPeerAmongTwoHundredOfAllKindsIsEnough() throws Exception {
    Set<Attack> useless = EnumSet.allOf(Attack.class);
    useless.removeAll(HELPFUL);
    useless.forEach(kind -> attack(kind, 1 + 200 / useless.size()));
    assertTrue(scripts.size() > 200);

    int seconds = run(240);

    assertTrue(seconds <= 90, seconds + " s");
    assertFalse(isBanned(HONEST), "the honest one is not blamed");
    assertTrue(swarm.failures <= 60, "wrong pieces: " + swarm.failures);
    assertTrue(connections.size() < 10 * scripts.size(), "connections: " + connections.size());
  }

  /** All of its blocks but one in five are right: no whole piece of it need be wrong. */
  @Test
  void whoeverLiesIsBannedAndNobodyElse() throws Exception {
    attack(Attack.CORRUPTS_EVERYTHING, 3);
    attack(Attack.CORRUPTS_NOW_AND_THEN, 3);
    attack(Attack.NEVER_UNCHOKES, 3);
    run(60);
    for (InetSocketAddress address : scripts.keySet()) {
      boolean lies = scripts.get(address).toString().startsWith("CORRUPTS");
      assertEquals(lies, isBanned(address), scripts.get(address).toString());
    }
  }

  /** Only whole messages show that somebody is there; what comes a byte at a time holds a place. */
  @Test
  void bytesThatMakeNoMessageAreNoLife() throws Exception {
    scripts.clear();
    attack(Attack.DRIPS_AN_UNKNOWN_MESSAGE, 1);
    swarm.swarm.dialer().offer(List.copyOf(scripts.keySet()), PeerList.Source.TRACKER);
    for (int second = 0; second < 181; second++) {
      settle();
      assertTrue(connections.get(0).isOpen());
      swarm.pass(1);
      connections.get(0).onSecond();
    }
    swarm.pass(1);
    assertFalse(connections.get(0).isOpen());
  }

  private boolean isBanned(InetSocketAddress address) {
    return swarm.disk.banned().all().contains(new InetSocketAddress(address.getAddress(), 0));
  }
}
