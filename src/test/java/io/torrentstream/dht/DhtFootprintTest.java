package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How much memory a node takes that knows and keeps as much as it ever will. */
class DhtFootprintTest {
  private static final int TORRENTS = 1000;
  private static final int PEERS_EACH = 10;
  private static final int TABLE_NODES = 8 * 100;
  private static final long LIMIT_BYTES = 32 << 20;
  private static final DhtConfig UNLIMITED =
      new DhtConfig(false, 1 << 30, 1 << 30, 1 << 30, 1 << 30);

  private final SplittableRandom random = new SplittableRandom(1);
  private final SimulatedNetwork addresses = new SimulatedNetwork(1);
  private KrpcMessage sent;
  private long now;

  private void send(byte[] datagram, InetSocketAddress to) {
    try {
      sent = KrpcMessage.decode(datagram);
    } catch (io.torrentstream.util.ProtocolException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFullTableAndTenThousandPeersFitInto32Mebibytes() {
    long before = usedBytes();
    DhtNode node = new DhtNode(UNLIMITED, null, random, this::send, now);
    fillTable(node);
    storePeers(node);
    long bytes = usedBytes() - before;
    System.out.printf(
        Locale.ROOT,
        "dht footprint: %d nodes and %d peers of %d torrents in %.1f MiB%n",
        node.nodeCount(),
        node.storedPeers(),
        node.storedTorrents(),
        bytes / 1048576.0);
    assertTrue(node.nodeCount() > 150, "nodes: " + node.nodeCount());
    assertEquals(TORRENTS * PEERS_EACH, node.storedPeers());
    assertTrue(bytes < LIMIT_BYTES, "bytes: " + bytes);
  }

  private void fillTable(DhtNode node) {
    for (int i = 0; i < 4 * TABLE_NODES; i++) {
      InetSocketAddress address = addresses.newAddress();
      NodeId id = node.id().randomNear(i % 100, true, random);
      // On the Internet ids near ours are rare; here any id is right for a private address.
      InetSocketAddress local =
          i % 100 < 15
              ? address
              : SimulatedNetwork.address(
                  new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i}, 6881);
      node.ping(local, new Ignored(), now);
      KrpcMessage.Query ping = (KrpcMessage.Query) sent;
      NodeId fitting = i % 100 < 15 ? SecureId.create(address.getAddress(), random) : id;
      node.onDatagram(
          new KrpcMessage.Answer(ping.transactionId(), fitting, null, Reply.EMPTY).encode(),
          local,
          now);
    }
  }

  private void storePeers(DhtNode node) {
    for (int i = 0; i < TORRENTS * PEERS_EACH; i++) {
      byte[] bytes = new byte[20];
      new SplittableRandom(i % TORRENTS).nextBytes(bytes);
      InfoHash infoHash = InfoHash.of(bytes);
      InetSocketAddress from = addresses.newAddress();
      NodeId id = NodeId.random(random);
      Question get = new Question.GetPeers(infoHash, Question.Want.UNSAID, false, false);
      node.onDatagram(new KrpcMessage.Query(new byte[2], id, true, get).encode(), from, now);
      byte[] token = ((KrpcMessage.Answer) sent).reply().token();
      Question announce = new Question.AnnouncePeer(infoHash, 6881, false, token, false);
      node.onDatagram(new KrpcMessage.Query(new byte[2], id, true, announce).encode(), from, now);
    }
  }

  private static final class Ignored implements DhtNode.PingListener {
    @Override
    public void onAnswer(NodeInfo node, long nowNanos) {}

    @Override
    public void onSilence() {}
  }

  /** What is reachable, after garbage was collected a few times. */
  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
