package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A thousand nodes in one thread: a tenth of them lie, and when all have found their places, a
 * fifth die without a word. Torrents are then announced by some and looked for by others.
 */
class SimulatedDhtTest {
  private static final long SEED = 20_261_125;
  private static final int NODES = 1000;
  private static final int LIARS = NODES / 10;
  private static final int DEAD = NODES / 5;
  private static final int TORRENTS = 100;

  /** Twice as many as an honest node meets when it joins. */
  private static final int GREETED = 80;

  private static final int PORT = 7777;

  /** log2(n) + 3. */
  private static final int MAX_ROUNDS = 12;

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private static final class Found implements DhtNode.PeerListener {
    private final SimulatedNetwork network;
    private final long startedAt;
    private final Set<InetSocketAddress> peers = new HashSet<>();
    private LookupResult result;
    private long nanos;

    private Found(SimulatedNetwork network) {
      this.network = network;
      this.startedAt = network.nowNanos();
    }

    @Override
    public void onPeers(List<InetSocketAddress> found) {
      peers.addAll(found);
    }

    @Override
    public void onDone(LookupResult done, long seeds, long others) {
      result = done;
      nanos = network.nowNanos() - startedAt;
    }
  }

  private final SimulatedNetwork network = new SimulatedNetwork(SEED);
  private final Map<InetSocketAddress, DhtNode> honest = new LinkedHashMap<>();
  private final List<Liar> liars = new ArrayList<>();

  @Test
  void lookUpsConvergeAmongTheDeadAndLiars() {
    long startedAt = System.nanoTime();
    build();
    kill();
    List<InetSocketAddress> alive = new ArrayList<>(honest.keySet());
    List<InfoHash> torrents = new ArrayList<>();
    List<Found> announced = new ArrayList<>();
    List<Found> looked = new ArrayList<>();
    for (int i = 0; i < TORRENTS; i++) {
      torrents.add(InfoHash.of(NodeId.random(network.random).bytes()));
      announced.add(search(alive.get(i), torrents.get(i), PORT));
    }
    await(announced);
    for (int i = 0; i < TORRENTS; i++) {
      looked.add(search(alive.get(alive.size() - 1 - i), torrents.get(i), -1));
    }
    await(looked);

    int located = 0;
    double right = 0;
    for (int i = 0; i < TORRENTS; i++) {
      assertTrue(announced.get(i).result.stored() >= 6, "stored: " + announced.get(i).result);
      located += looked.get(i).peers.contains(peerAt(alive.get(i))) ? 1 : 0;
      right += countClosest(NodeId.of(torrents.get(i)), looked.get(i).result.closest());
    }
    right /= TORRENTS;
    int rounds = looked.stream().mapToInt(found -> found.result.rounds()).max().orElseThrow();
    String figures =
        String.format(
            Locale.ROOT,
            "%d nodes, %d liars, %d dead (seed %d): %d of %d torrents found; at most %d rounds "
                + "(limit %d), %.1f nodes asked and %.1f s a look-up; %.2f of the 8 closest found; "
                + "%d datagrams, took %.1f s",
            NODES,
            LIARS,
            DEAD,
            SEED,
            located,
            TORRENTS,
            rounds,
            MAX_ROUNDS,
            looked.stream().mapToInt(found -> found.result.asked()).average().orElseThrow(),
            looked.stream().mapToLong(found -> found.nanos).average().orElseThrow() / 1e9,
            right,
            network.datagrams(),
            (System.nanoTime() - startedAt) / 1e9);
    System.out.println("dht simulation: " + figures);
    assertEquals(TORRENTS, located, figures);
    assertTrue(rounds <= MAX_ROUNDS, figures);
    assertTrue(right >= 7, figures);
    assertTrue(liars.stream().mapToInt(Liar::lies).sum() > TORRENTS, "nobody asked the liars");
  }

  /** All join through those that were there before, a few at a time. */
  private void build() {
    Liar.Nowhere nowhere = new Liar.Nowhere(network);
    List<InetSocketAddress> known = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      InetSocketAddress address = network.newAddress();
      boolean lies = i % (NODES / LIARS) == 5;
      if (lies) {
        Liar liar = new Liar(network, nowhere, address);
        network.add(address, liar);
        liars.add(liar);
        for (int greeted = 0; greeted < GREETED && !known.isEmpty(); greeted++) {
          liar.greet(known.get(network.random.nextInt(known.size())));
        }
      } else {
        DhtNode node = network.addNode(address, DhtConfig.DEFAULT);
        for (int router = 0; router < 3 && !known.isEmpty(); router++) {
          node.addRouter(known.get(network.random.nextInt(known.size())), network.nowNanos());
        }
        network.schedule(address);
        honest.put(address, node);
      }
      known.add(address);
      network.run(TimeUnit.MILLISECONDS.toNanos(100));
    }
    network.run(2 * MINUTE);
    honest.values().forEach(node -> assertTrue(node.isJoined()));
  }

  private void kill() {
    List<InetSocketAddress> addresses = new ArrayList<>(honest.keySet());
    for (int i = 0; i < DEAD; i++) {
      InetSocketAddress dead = addresses.remove(network.random.nextInt(addresses.size()));
      honest.remove(dead);
      network.remove(dead);
    }
  }

  private Found search(InetSocketAddress at, InfoHash infoHash, int port) {
    Found found = new Found(network);
    DhtNode.PeerQuery query = new DhtNode.PeerQuery(infoHash, port, false, false, false);
    honest.get(at).findPeers(query, found, network.nowNanos());
    network.schedule(at);
    return found;
  }

  private void await(List<Found> searches) {
    assertTrue(
        network.runUntil(
            () -> searches.stream().allMatch(found -> found.result != null), 2 * MINUTE),
        "a look-up did not end within two minutes");
  }

  private static InetSocketAddress peerAt(InetSocketAddress node) {
    return new InetSocketAddress(node.getAddress(), PORT);
  }

  /** How many of these are among the eight closest honest nodes that are alive. */
  private int countClosest(NodeId target, List<NodeInfo> found) {
    Set<NodeId> closest = new HashSet<>();
    honest.values().stream()
        .map(DhtNode::id)
        .sorted(target::compareDistances)
        .limit(RoutingTable.BUCKET_SIZE)
        .forEach(closest::add);
    return (int) found.stream().filter(node -> closest.contains(node.id())).count();
  }
}
