package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTableTest {
  private static final int MANY = 10_000;
  private static final long MINUTE = 60_000_000_000L;
  private static final NodeId OWN_ID = NodeId.of(new byte[20]);

  private final SplittableRandom random = new SplittableRandom(1);
  private final RoutingTable table = new RoutingTable(OWN_ID, random, 0);

  /** A node with this first byte in its id, in a network of its own. */
  private static NodeInfo node(int firstByte, int number) {
    byte[] id = new byte[20];
    id[0] = (byte) firstByte;
    id[18] = (byte) (number >> 8);
    id[19] = (byte) number;
    byte[] ip = {50, (byte) (number >> 8), (byte) number, 1};
    return new NodeInfo(NodeId.of(id), SimulatedNetwork.address(ip, 6881));
  }

  private void fillFarBucket() {
    for (int i = 0; i < 8; i++) {
      table.onAnswer(node(0x80, i), i);
    }
    table.onAnswer(node(0x40, 100), 8); // makes it split
    assertEquals(2, table.bucketCount());
  }

  private List<NodeInfo> all() {
    return table.closest(OWN_ID, MANY);
  }

  @Test
  void aFullBucketFarFromUsTakesNoMore() {
    fillFarBucket();
    table.onAnswer(node(0x80, 8), 9);
    assertEquals(9, all().size());
    assertFalse(table.wants(node(0x80, 9)));
    assertTrue(table.wants(node(0x40, 9)));
    assertFalse(table.wants(node(0x40, 100)), "known already");
  }

  @Test
  void ourOwnBucketIsSplit() {
    for (int i = 1; i < 0x80; i++) {
      table.onAnswer(node(i, i), 0);
    }
    assertEquals(6, table.bucketCount()); // 1…, 01…, 001…, 0001…, 00001…, and the rest
    assertEquals(8 + 8 + 8 + 8 + 7, table.size());
    List<NodeInfo> closest = all();
    for (int i = 0; i < 7; i++) {
      assertEquals(node(i + 1, i + 1), closest.get(i));
    }
  }

  @Test
  void aBadNodeMakesRoomForWhoeverWaits() {
    fillFarBucket();
    NodeInfo waiting = node(0x80, 8);
    table.onAnswer(waiting, 9);
    NodeInfo gone = node(0x80, 3);
    table.onFailure(gone.address(), 10);
    assertTrue(all().contains(gone), "one lost datagram is no death");
    table.onFailure(gone.address(), 11);
    assertFalse(all().contains(gone));
    assertTrue(all().contains(waiting));
  }

  @Test
  void whoeverFailsWhileWaitingWaitsNoLonger() {
    fillFarBucket();
    table.onAnswer(node(0x80, 8), 9);
    table.onAnswer(node(0x80, 9), 9);
    table.onFailure(node(0x80, 9).address(), 10);
    table.onFailure(node(0x80, 3).address(), 10);
    table.onFailure(node(0x80, 3).address(), 11);
    assertTrue(all().contains(node(0x80, 8)));
  }

  @Test
  void withoutAnyoneWaitingABadNodeIsNotToldOfAndMayComeBack() {
    fillFarBucket();
    NodeInfo gone = node(0x80, 3);
    table.onFailure(gone.address(), 10);
    table.onFailure(gone.address(), 11);
    assertFalse(all().contains(gone));
    assertEquals(8, table.aliveCount());
    table.onAnswer(gone, 12);
    assertTrue(all().contains(gone));
    table.onFailure(gone.address(), 13);
    table.onFailure(gone.address(), 14);
    NodeInfo newcomer = node(0x80, 9);
    assertTrue(table.wants(newcomer));
    table.onAnswer(newcomer, 15);
    assertTrue(all().contains(newcomer));
    assertEquals(9, table.size());
  }

  @Test
  void whoeverWasSilentForLongestIsPingedWhenSomeoneWaits() {
    fillFarBucket();
    long now = 16 * MINUTE;
    assertNull(table.nextToPing(now), "nobody waits");
    table.onQuery(node(0x80, 0), now - MINUTE);
    table.onAnswer(node(0x80, 8), now);
    assertEquals(node(0x80, 1), table.nextToPing(now));
    assertEquals(node(0x80, 2), table.nextToPing(now), "the first is being pinged");
    table.onAnswer(node(0x80, 1), now + 1);
    table.onFailure(node(0x80, 2).address(), now + 1);
    assertEquals(node(0x80, 3), table.nextToPing(now + 1));
    assertEquals(node(0x80, 2), table.nextToPing(now + MINUTE / 2), "once more before it goes");
    table.onFailure(node(0x80, 2).address(), now + MINUTE);
    assertTrue(all().contains(node(0x80, 8)));
    assertEquals(2, table.good(now + MINUTE).size() - 1);
  }

  @Test
  void aNetworkHasOnePlaceInABucket() {
    NodeInfo first = node(0x80, 1);
    table.onAnswer(first, 0);
    InetSocketAddress neighbour = SimulatedNetwork.address(new byte[] {50, 0, 1, 9}, 1);
    NodeInfo second = new NodeInfo(node(0x81, 2).id(), neighbour);
    assertFalse(table.wants(second));
    table.onAnswer(second, 0);
    assertEquals(List.of(first), all());
    table.onFailure(first.address(), 1);
    table.onFailure(first.address(), 1);
    table.onAnswer(second, 2);
    assertEquals(List.of(second), all());
    assertEquals(1, table.size(), "the bad one is gone");
  }

  @Test
  void localNodesAreOneAnAddressAndLoopbackIsFree() {
    NodeInfo here = new NodeInfo(node(1, 1).id(), new InetSocketAddress("127.0.0.1", 1));
    NodeInfo alsoHere = new NodeInfo(node(2, 1).id(), new InetSocketAddress("127.0.0.1", 2));
    NodeInfo lan = new NodeInfo(node(3, 1).id(), new InetSocketAddress("192.168.0.1", 1));
    NodeInfo sameHost = new NodeInfo(node(4, 1).id(), new InetSocketAddress("192.168.0.1", 2));
    NodeInfo neighbour = new NodeInfo(node(5, 1).id(), new InetSocketAddress("192.168.0.2", 1));
    for (NodeInfo node : List.of(here, alsoHere, lan, sameHost, neighbour)) {
      table.onAnswer(node, 0);
    }
    assertEquals(List.of(here, alsoHere, lan, neighbour), all());
  }

  @Test
  void aNodeThatStartsAnewHasOnlyItsNewId() {
    NodeInfo before = node(0x80, 1);
    NodeInfo after = new NodeInfo(node(0x20, 1).id(), before.address());
    table.onAnswer(before, 0);
    table.onAnswer(after, 1);
    assertEquals(List.of(after), all());
  }

  @Test
  void nobodyTakesTheIdOfAnother() {
    NodeInfo owner = node(0x80, 1);
    table.onAnswer(owner, 0);
    table.onAnswer(new NodeInfo(owner.id(), node(0x80, 2).address()), 1);
    assertEquals(List.of(owner), all());
    table.onAnswer(new NodeInfo(OWN_ID, node(0x80, 3).address()), 1);
    assertEquals(List.of(owner), all());
  }

  @Test
  void staleBucketsAreRefreshedOnce() {
    fillFarBucket();
    assertNull(table.nextRefresh(10 * MINUTE));
    NodeId first = table.nextRefresh(16 * MINUTE);
    NodeId second = table.nextRefresh(16 * MINUTE);
    assertNotNull(first);
    assertNotNull(second);
    assertEquals(0, OWN_ID.commonPrefix(first));
    assertTrue(OWN_ID.commonPrefix(second) >= 1);
    assertNull(table.nextRefresh(16 * MINUTE));
    table.onAnswer(node(0x80, 1), 20 * MINUTE);
    NodeId third = table.nextRefresh(32 * MINUTE);
    assertTrue(OWN_ID.commonPrefix(third) >= 1, "the first bucket has changed since");
  }

  @Test
  void anotherIdKeepsTheNodes() {
    for (int i = 1; i < 0x80; i++) {
      table.onAnswer(node(i, i), 0);
    }
    NodeId newId = node(0x7F, 0).id();
    table.changeOwnId(newId, 1);
    assertEquals(newId, table.ownId());
    assertTrue(table.size() > 15, "left: " + table.size());
    assertEquals(table.size(), table.closest(newId, MANY).size());
  }

  /** The table against a list of all nodes: it may know fewer, but answers right from those. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void closestIsWhatALinearSearchFinds(long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    NodeId ownId = NodeId.random(chance);
    RoutingTable tested = new RoutingTable(ownId, chance, 0);
    Map<InetSocketAddress, NodeInfo> met = new HashMap<>();
    Map<InetSocketAddress, Integer> failures = new HashMap<>();
    SimulatedNetwork addresses = new SimulatedNetwork(seed);
    for (int step = 0; step < 3000; step++) {
      long now = step * MINUTE / 60;
      List<NodeInfo> known = new ArrayList<>(met.values());
      NodeInfo node = known.isEmpty() ? null : known.get(chance.nextInt(known.size()));
      if (node == null || chance.nextInt(3) == 0) {
        int near = chance.nextInt(20);
        node = new NodeInfo(ownId.randomNear(near, false, chance), addresses.newAddress());
        met.put(node.address(), node);
        failures.put(node.address(), 0);
        tested.onAnswer(node, now);
      } else if (chance.nextInt(3) == 0) {
        tested.onFailure(node.address(), now);
        failures.merge(node.address(), 1, Integer::sum);
      } else if (chance.nextBoolean()) {
        tested.onAnswer(node, now);
        failures.put(node.address(), 0);
      } else {
        tested.onQuery(node, now);
      }
      check(tested, chance, failures, "seed " + seed + " step " + step);
    }
    assertTrue(tested.size() > 50, "size " + tested.size());
  }

  private static void check(
      RoutingTable tested,
      SplittableRandom chance,
      Map<InetSocketAddress, Integer> failures,
      String where) {
    NodeId target = NodeId.random(chance);
    List<NodeInfo> expected = new ArrayList<>(tested.closest(tested.ownId(), MANY));
    expected.sort((a, b) -> target.compareDistances(a.id(), b.id()));
    assertEquals(
        expected.subList(0, Math.min(8, expected.size())), tested.closest(target, 8), where);
    int[] perPrefix = new int[161];
    for (NodeInfo node : expected) {
      perPrefix[Math.min(tested.ownId().commonPrefix(node.id()), tested.bucketCount() - 1)]++;
    }
    for (int count : perPrefix) {
      assertTrue(count <= 8, where);
    }
    for (NodeInfo node : expected) {
      assertTrue(failures.get(node.address()) < TableNode.BAD_AFTER, where);
    }
    assertEquals(tested.aliveCount(), expected.size(), where);
    assertTrue(tested.aliveCount() <= tested.size(), where);
  }
}
