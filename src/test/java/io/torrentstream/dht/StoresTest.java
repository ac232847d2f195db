package io.torrentstream.dht;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.bencode.BValue;
import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a node keeps for others: peers and items, for how long, and how many. */
class StoresTest {
  private static final NodeId OWN_ID = NodeId.of(new byte[20]);
  private static final byte[] SEED = new byte[Item.SEED_BYTES];
  private static final byte[] NO_SALT = {};

  private final SplittableRandom random = new SplittableRandom(1);
  private final PeerStore peers = new PeerStore(random);
  private final ItemStore items = new ItemStore();

  private static InetSocketAddress address(int number) {
    byte[] ip = {9, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    return SimulatedNetwork.address(ip, 6881);
  }

  private static InfoHash torrent(int first, int number) {
    byte[] bytes = new byte[20];
    bytes[0] = (byte) first;
    bytes[18] = (byte) (number >> 8);
    bytes[19] = (byte) number;
    return InfoHash.of(bytes);
  }

  private boolean add(InfoHash infoHash, InetSocketAddress peer, boolean seed, long now) {
    return peers.add(infoHash, peer, seed, OWN_ID, now);
  }

  @Test
  void onePeerAnAddressAndTorrent() {
    InfoHash torrent = torrent(1, 1);
    assertTrue(add(torrent, address(1), false, 0));
    InetSocketAddress moved = new InetSocketAddress(address(1).getAddress(), 9999);
    assertTrue(add(torrent, moved, true, 1));
    assertEquals(List.of(moved), peers.peers(torrent, Family.IPV4, false, 10));
    assertEquals(List.of(), peers.peers(torrent, Family.IPV6, false, 10));
    assertEquals(1, peers.peerCount());
    Reply.Filters filters = peers.filters(torrent);
    assertEquals(1, Math.round(filters.seeds().estimate()));
    assertEquals(0, Math.round(filters.peers().estimate()));
    assertNull(peers.filters(torrent(2, 2)));
  }

  @Test
  void leechersComeFirstIfAskedFor() {
    InfoHash torrent = torrent(1, 1);
    for (int i = 0; i < 20; i++) {
      add(torrent, address(i), i % 2 == 0, 0);
    }
    List<InetSocketAddress> found = peers.peers(torrent, Family.IPV4, true, 12);
    assertEquals(12, found.size());
    for (InetSocketAddress peer : found.subList(0, 10)) {
      assertEquals(1, peer.getAddress().getAddress()[3] % 2);
    }
  }

  @Test
  void peersAreForgottenInTime() {
    InfoHash torrent = torrent(1, 1);
    add(torrent, address(1), false, 0);
    add(torrent, address(2), false, 10);
    peers.onTick(PeerStore.LIFETIME_NANOS + 5);
    assertEquals(List.of(address(2)), peers.peers(torrent, Family.IPV4, false, 10));
    peers.onTick(PeerStore.LIFETIME_NANOS + 11);
    assertEquals(0, peers.peerCount());
    assertEquals(0, peers.torrentCount());
  }

  @Test
  void oneAddressCannotFillTheStore() {
    for (int i = 0; i < PeerStore.MAX_PER_ADDRESS; i++) {
      assertTrue(add(torrent(1, i), address(1), false, 0));
    }
    assertFalse(add(torrent(2, 0), address(1), false, 0));
    assertTrue(add(torrent(1, 0), address(1), false, 0), "a renewal takes no room");
    assertTrue(add(torrent(2, 0), address(2), false, 0));
    peers.onTick(PeerStore.LIFETIME_NANOS + 1);
    assertTrue(add(torrent(2, 0), address(1), false, 0));
  }

  @Test
  void theFarthestTorrentGoes() {
    for (int i = 0; i < PeerStore.MAX_TORRENTS; i++) {
      assertTrue(add(torrent(i == 77 ? 0x7F : 1, i), address(i), false, 0));
    }
    assertFalse(add(torrent(0x7F, 5000), address(9999), false, 0), "farther than all others");
    assertTrue(peers.hasRoom(torrent(0, 1), address(9999).getAddress(), OWN_ID));
    assertTrue(add(torrent(0, 1), address(9999), false, 0));
    assertNull(peers.filters(torrent(0x7F, 77)));
    assertNotNull(peers.filters(torrent(1, 76)));
    assertEquals(PeerStore.MAX_TORRENTS, peers.torrentCount());
    assertEquals(PeerStore.MAX_TORRENTS, peers.peerCount());
  }

  @Test
  void aTorrentHasSoManyPeers() {
    InfoHash torrent = torrent(1, 1);
    for (int i = 0; i < PeerStore.MAX_PEERS_PER_TORRENT; i++) {
      assertTrue(add(torrent, address(i), false, 0));
    }
    assertFalse(peers.hasRoom(torrent, address(100_000).getAddress(), OWN_ID));
    assertFalse(add(torrent, address(100_000), false, 0));
  }

  @Test
  void allTorrentsTogetherHaveSoManyPeers() {
    for (int i = 0; i < PeerStore.MAX_PEERS; i++) {
      InfoHash torrent = torrent(1, i / PeerStore.MAX_PEERS_PER_TORRENT);
      assertTrue(add(torrent, address(i), false, 0));
    }
    assertFalse(add(torrent(2, 0), address(PeerStore.MAX_PEERS), false, 0));
    assertTrue(add(torrent(1, 0), address(0), false, 0), "a renewal takes no room");
    assertEquals(PeerStore.MAX_PEERS, peers.peerCount());
  }

  @Test
  void samplesStayTheSameForTheirInterval() {
    assertEquals(0, peers.sample(0).total());
    for (int i = 0; i < 100; i++) {
      add(torrent(1, i), address(i), false, 0);
    }
    long later = 400_000_000_000L;
    Reply.Samples sample = peers.sample(later);
    assertEquals(100, sample.total());
    assertEquals(sample.infoHashes(), peers.sample(later + 1_000_000_000L).infoHashes());
    assertFalse(sample.infoHashes().equals(peers.sample(2 * later).infoHashes()));
  }

  // ---- items

  private int put(Item item, long expected, int from, long now) {
    return items.put(item, expected, address(from).getAddress(), OWN_ID, now);
  }

  private static Item version(String value, long sequence) {
    return Item.sign(BValue.Str.of(value), SEED, NO_SALT, sequence);
  }

  @Test
  void aMutableItemOnlyGetsNewer() {
    assertEquals(ItemStore.STORED, put(version("a", 5), -1, 1, 0));
    assertEquals(KrpcMessage.SEQUENCE_TOO_LOW, put(version("b", 4), -1, 1, 0));
    assertEquals(KrpcMessage.SEQUENCE_TOO_LOW, put(version("b", 5), -1, 1, 0));
    assertEquals(ItemStore.STORED, put(version("a", 5), -1, 2, 0), "renewed by anyone");
    assertEquals(KrpcMessage.SEQUENCE_MISMATCH, put(version("b", 6), 4, 1, 0));
    assertEquals(ItemStore.STORED, put(version("b", 6), 5, 1, 0));
    Item latest = items.get(version("b", 6).target());
    assertEquals(BValue.Str.of("b"), latest.decoded());
    assertEquals(1, items.size());
  }

  @Test
  void aForgedItemIsRefused() {
    Item item = version("a", 1);
    Item forged = new Item("1:b".getBytes(), item.mutable());
    assertEquals(KrpcMessage.INVALID_SIGNATURE, put(forged, -1, 1, 0));
    assertEquals(0, items.size());
  }

  @Test
  void itemsAreForgottenUnlessPutAgain() {
    Item item = Item.immutable(BValue.Str.of("x"));
    put(item, -1, 1, 0);
    put(item, -1, 1, 100);
    items.onTick(ItemStore.LIFETIME_NANOS + 50);
    assertSame(item, items.get(item.target()));
    items.onTick(ItemStore.LIFETIME_NANOS + 101);
    assertNull(items.get(item.target()));
  }

  @Test
  void itemsHaveTheirLimits() {
    for (int i = 0; i < ItemStore.MAX_PER_ADDRESS; i++) {
      assertEquals(ItemStore.STORED, put(Item.immutable(new BValue.Int(i)), -1, 1, 0));
    }
    assertEquals(KrpcMessage.SERVER_ERROR, put(Item.immutable(new BValue.Int(-1)), -1, 1, 0));
    int stored = 0;
    int refused = 0;
    for (int i = 0; i < 2 * ItemStore.MAX_ITEMS; i++) {
      int code = put(Item.immutable(new BValue.Int(1000 + i)), -1, 1000 + i, 0);
      stored += code == ItemStore.STORED ? 1 : 0;
      refused += code == KrpcMessage.SERVER_ERROR ? 1 : 0;
    }
    assertEquals(ItemStore.MAX_ITEMS, items.size());
    assertTrue(stored > ItemStore.MAX_ITEMS && refused > 100, stored + " " + refused);
  }
}
