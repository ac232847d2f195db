package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.dht.DhtEvent;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.DhtNode.PeerQuery;
import io.torrentstream.dht.Item;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.dht.NodeId;
import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our node among libtorrent's: each finds what the other has announced or stored. */
@ExtendWith(Workspace.Provider.class)
class DhtIT {
  private static final int NODES = 6;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final byte[] SALT = "salt".getBytes(StandardCharsets.UTF_8);

  private static LibtorrentDht libtorrent;
  private static UdpNode node;

  @BeforeAll
  static void join(Workspace workspace) throws Exception {
    libtorrent = LibtorrentDht.start("127.0.7.", NODES, workspace);
    node = UdpNode.start(new InetSocketAddress("127.0.7.100", Workspace.freePort()));
    node.call(
        ours -> {
          ours.addRouter(libtorrent.address(0), System.nanoTime());
          return null;
        });
    libtorrent.await(
        "our node has joined and knows all", LIMIT, () -> node.call(DhtNode::nodeCount) == NODES);
  }

  @AfterAll
  static void stop() throws Exception {
    if (node != null) {
      assertNull(node.failure());
      Report.line("dht: " + NODES + " libtorrent nodes, " + counts());
      node.close();
    }
    if (libtorrent != null) {
      libtorrent.close();
    }
  }

  private static String counts() throws Exception {
    StringBuilder counts = new StringBuilder();
    for (DhtEvent event : DhtEvent.values()) {
      long count = node.call(ours -> ours.count(event));
      counts.append(event).append(' ').append(count).append(' ');
    }
    return counts.toString();
  }

  /** Collects what searches find, on the node's thread. */
  private static final class Found implements DhtNode.PeerListener, DhtNode.ItemListener {
    private final Set<InetSocketAddress> peers = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicReference<LookupResult> result = new AtomicReference<>();

    @Override
    public void onPeers(List<InetSocketAddress> found) {
      peers.addAll(found);
    }

    @Override
    public void onItem(Item item) {
      items.add(item);
    }

    @Override
    public void onDone(LookupResult done, long seeds, long others) {
      result.set(done);
    }

    @Override
    public void onDone(LookupResult done) {
      result.set(done);
    }

    LookupResult await() throws Exception {
      libtorrent.await("our search ends", LIMIT, () -> result.get() != null);
      return result.get();
    }
  }

  private static InfoHash infoHash(String hex) throws Exception {
    return InfoHash.fromHex(hex);
  }

  private static Found find(InfoHash infoHash, int announcePort) throws Exception {
    Found found = new Found();
    PeerQuery query = new PeerQuery(infoHash, announcePort, false, false, false);
    node.call(ours -> ours.findPeers(query, found, System.nanoTime()));
    found.await();
    return found;
  }

  @Test
  void weFindWhatLibtorrentAnnounced() throws Exception {
    String hex = "aabbccddeeff00112233445566778899aabbcc01";
    libtorrent.say("announce 2 " + hex);
    libtorrent.await(
        "we find libtorrent's peer",
        LIMIT,
        () -> find(infoHash(hex), PeerQuery.NO_ANNOUNCE).peers.contains(libtorrent.address(2)));
    // With fewer than eight nodes, all are responsible: ours, too, was given the peer.
    libtorrent.await(
        "libtorrent stores a peer at our node", LIMIT, () -> node.call(DhtNode::storedPeers) >= 1);
  }

  @Test
  void libtorrentFindsWhatWeAnnounced() throws Exception {
    String hex = "aabbccddeeff00112233445566778899aabbcc02";
    Found announced = find(infoHash(hex), 7777);
    assertEquals(NODES, announced.await().stored(), announced.await().toString());
    libtorrent.say("get-peers 4 " + hex);
    libtorrent.await(
        "libtorrent finds our peer",
        LIMIT,
        () -> libtorrent.hasSaid("peers " + hex, "127.0.7.100:7777"));
  }

  @Test
  void immutableItemsGoBothWays() throws Exception {
    Item ours = Item.immutable(BValue.Str.of("from-tsl"));
    Found put = new Found();
    node.call(own -> own.putItem(ours, -1, put, System.nanoTime()));
    assertEquals(NODES, put.await().stored(), put.await().toString());
    libtorrent.say("get 3 " + ours.target());
    libtorrent.await(
        "libtorrent reads our item",
        LIMIT,
        () -> libtorrent.hasSaid("item " + ours.target(), "from-tsl"));

    Item theirs = Item.immutable(BValue.Str.of("from-libtorrent"));
    libtorrent.say("put 1 from-libtorrent");
    libtorrent.await(
        "libtorrent stores its item",
        LIMIT,
        () -> libtorrent.hasSaid("stored " + theirs.target(), ""));
    assertEquals("from-libtorrent", get(theirs.target(), new byte[0]));
    assertTrue(node.call(DhtNode::storedItems) >= 1, "libtorrent stored none at our node");
  }

  @Test
  void mutableItemsGoBothWays() throws Exception {
    byte[] seed = new byte[Item.SEED_BYTES];
    seed[0] = 1;
    byte[] key = Item.publicKey(seed);
    Item first = Item.sign(BValue.Str.of("tsl-1"), seed, SALT, 1);
    Item second = Item.sign(BValue.Str.of("tsl-2"), seed, SALT, 2);
    for (Item item : List.of(first, second)) {
      Found put = new Found();
      node.call(own -> own.putItem(item, -1, put, System.nanoTime()));
      assertEquals(NODES, put.await().stored(), put.await().toString());
    }
    Found late = new Found();
    node.call(own -> own.putItem(first, -1, late, System.nanoTime()));
    assertEquals(0, late.await().stored(), "an old version");
    assertTrue(late.await().error().startsWith("302 "), late.await().error());
    String hex = HexFormat.of().formatHex(key);
    libtorrent.say("get-mutable 5 " + hex + " salt");
    libtorrent.await(
        "libtorrent reads our item",
        LIMIT,
        () -> libtorrent.hasSaid("mutable " + hex + " 2", "tsl-2"));

    seed[0] = 2;
    byte[] theirKey = Item.publicKey(seed);
    String theirHex = HexFormat.of().formatHex(theirKey);
    String seedHex = HexFormat.of().formatHex(seed);
    libtorrent.say("put-mutable 2 " + seedHex + " " + theirHex + " salt theirs");
    libtorrent.await(
        "libtorrent stores its item",
        LIMIT,
        () -> libtorrent.hasSaid("stored-mutable " + theirHex, ""));
    assertEquals("theirs", get(Item.target(theirKey, SALT), SALT));
  }

  private static String get(NodeId target, byte[] salt) throws Exception {
    Found found = new Found();
    node.call(own -> own.getItem(new DhtNode.ItemQuery(target, salt), found, System.nanoTime()));
    found.await();
    return found.items.isEmpty() ? null : found.items.peek().decoded().toString();
  }
}
