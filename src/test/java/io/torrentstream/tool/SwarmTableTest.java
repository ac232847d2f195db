package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.CompactPeers;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.util.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwarmTableTest {
  private static final int INTERVAL = 1800;
  private static final byte[] PUBLIC = {8, 0, 0, 1};
  private static final byte[] PRIVATE = {10, 0, 0, 1};
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final byte[] PUBLIC_IPV6 = new byte[16];

  static {
    PUBLIC_IPV6[0] = 0x20;
  }

  private SwarmTable table =
      new SwarmTable(SwarmTable.Limits.usual(INTERVAL), new SipHash(1, 2), new SplittableRandom(1));
  private int nowSeconds;

  private static InfoHash hash(int number) {
    return InfoHash.of(ByteBuffer.allocate(20).putInt(number).array());
  }

  /** Peer n listens on port n. */
  private Announce.Answer announce(int torrent, int peer, long left, Announce.Event event)
      throws ProtocolException {
    return announce(torrent, PUBLIC, peer, left, event, -1, SwarmTable.Form.OWN_FAMILY);
  }

  private Announce.Answer announce(
      int torrent,
      byte[] address,
      int port,
      long left,
      Announce.Event event,
      int numWant,
      SwarmTable.Form form)
      throws ProtocolException {
    byte[] peerId = ByteBuffer.allocate(20).putInt(port).array();
    Announce.Request request =
        new Announce.Request(hash(torrent), peerId, port, 0, 0, left, event, numWant, 0, null);
    return table.announce(request, Endpoint.of(address, port), form, nowSeconds);
  }

  private Announce.Answer ask(byte[] address, SwarmTable.Form form) throws ProtocolException {
    return announce(1, address, 50_000, 10, Announce.Event.NONE, -1, form);
  }

  private void addFrom(byte[] address, int port) throws ProtocolException {
    announce(1, address, port, 10, Announce.Event.STARTED, 0, SwarmTable.Form.OWN_FAMILY);
  }

  private static List<Integer> ports(CompactPeers peers) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < peers.count(); i++) {
      int end = (i + 1) * peers.stride();
      ports.add((peers.endpoints()[end - 2] & 0xFF) << 8 | peers.endpoints()[end - 1] & 0xFF);
    }
    return ports.stream().sorted().toList();
  }

  private static List<Integer> ports(Announce.Answer answer) {
    return ports(answer.ipv4());
  }

  private void tickForAMinute() {
    for (int i = 0; i < 60; i++) {
      table.tick(nowSeconds);
    }
  }

  @Test
  void everyoneHearsOfTheOthers() throws ProtocolException {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 8, 10, Announce.Event.STARTED);
    announce(2, 9, 10, Announce.Event.STARTED);

    Announce.Answer answer = announce(1, 8, 10, Announce.Event.NONE);

    assertEquals(List.of(7), ports(answer));
    assertEquals(1, answer.seeders());
    assertEquals(1, answer.leechers());
    assertEquals(3, table.peers());
    assertEquals(1, table.seeders());
    assertEquals(2, table.torrents());
  }

  @Test
  void seedsHearOfLeechersOnly() throws ProtocolException {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 8, 10, Announce.Event.STARTED);

    assertEquals(List.of(8), ports(announce(1, 9, 0, Announce.Event.STARTED)));
  }

  @Test
  void theIntervalVariesALittle() throws ProtocolException {
    TreeSet<Integer> intervals = new TreeSet<>();
    for (int peer = 1; peer < 500; peer++) {
      intervals.add(announce(1, peer, 10, Announce.Event.STARTED).interval());
    }

    assertTrue(intervals.first() >= INTERVAL - INTERVAL / 16, "" + intervals.first());
    assertTrue(intervals.last() <= INTERVAL, "" + intervals.last());
    assertTrue(intervals.size() > 50, "" + intervals.size());
  }

  @Test
  void whoStopsIsForgottenAtOnce() throws ProtocolException {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 8, 10, Announce.Event.STARTED);

    Announce.Answer answer = announce(1, 7, 0, Announce.Event.STOPPED);

    assertEquals(List.of(), ports(answer));
    assertEquals(0, answer.seeders());
    assertEquals(1, answer.leechers());
    assertEquals(List.of(8), ports(announce(1, 9, 10, Announce.Event.STARTED)));
  }

  @Test
  void whoIsSilentForTwoIntervalsIsForgotten() throws ProtocolException {
    announce(1, 7, 0, Announce.Event.STARTED);
    nowSeconds += INTERVAL;
    announce(1, 8, 0, Announce.Event.STARTED);
    nowSeconds += INTERVAL;
    tickForAMinute();
    assertEquals(List.of(7, 8), ports(announce(1, 9, 10, Announce.Event.STARTED)));

    nowSeconds++;
    tickForAMinute();
    assertEquals(List.of(8), ports(announce(1, 9, 10, Announce.Event.NONE)));
  }

  @Test
  void anEmptySwarmIsForgottenTwoIntervalsLater() throws ProtocolException {
    announce(1, 7, 10, Announce.Event.STARTED);
    announce(1, 7, 0, Announce.Event.COMPLETED);
    announce(1, 7, 0, Announce.Event.STOPPED);
    announce(2, 7, 0, Announce.Event.STOPPED);
    tickForAMinute();
    assertEquals(1, table.torrents(), "one that nobody is in was never made");
    assertEquals(new Scrape.Response(0, 0, 1), table.scrape(hash(1)));

    nowSeconds += 2 * INTERVAL + 1;
    tickForAMinute();
    assertEquals(0, table.torrents());
    assertNull(table.scrape(hash(1)));
  }

  @Test
  void aDownloadIsCountedOnce() throws ProtocolException {
    announce(1, 7, 0, Announce.Event.COMPLETED);
    assertEquals(new Scrape.Response(1, 0, 0), table.scrape(hash(1)), "it was never a leecher");

    announce(1, 8, 10, Announce.Event.STARTED);
    announce(1, 8, 0, Announce.Event.COMPLETED);
    announce(1, 8, 0, Announce.Event.COMPLETED);
    assertEquals(new Scrape.Response(2, 0, 1), table.scrape(hash(1)));
  }

  @Test
  void aFullTableTakesInNobodyNewAndServesTheOthers() throws ProtocolException {
    assertEquals(
        new SwarmTable.Limits(INTERVAL, SwarmTable.MAX_TORRENTS, SwarmTable.MAX_PEERS),
        SwarmTable.Limits.usual(INTERVAL),
        "the same with larger numbers");
    table =
        new SwarmTable(
            new SwarmTable.Limits(INTERVAL, 2, 3), new SipHash(1, 2), new SplittableRandom(1));
    announce(1, 1, 10, Announce.Event.STARTED);
    announce(2, 1, 10, Announce.Event.STARTED);
    assertThrows(ProtocolException.class, () -> announce(3, 1, 10, Announce.Event.STARTED));
    announce(1, 2, 10, Announce.Event.STARTED);
    assertThrows(ProtocolException.class, () -> announce(1, 3, 10, Announce.Event.STARTED));

    assertEquals(List.of(2), ports(announce(1, 1, 10, Announce.Event.NONE)));
    announce(1, 1, 10, Announce.Event.STOPPED);
    assertEquals(List.of(2), ports(announce(1, 3, 10, Announce.Event.STARTED)));
    assertEquals(3, table.peers());
  }

  /** Rows: who asks; columns: whom it hears of. */
  @ParameterizedTest
  @CsvSource({"8, '[1]'", "10, '[1, 2]'", "127, '[1, 2, 3]'"})
  void nobodyGetsAddressesThatLeadItNowhere(byte first, String expected) throws ProtocolException {
    addFrom(PUBLIC, 1);
    addFrom(PRIVATE, 2);
    addFrom(LOOPBACK, 3);

    Announce.Answer answer = ask(new byte[] {first, 7, 7, 7}, SwarmTable.Form.OWN_FAMILY);

    assertEquals(expected, ports(answer).toString());
    assertEquals(4, answer.leechers(), "they are counted all the same");
  }

  @Test
  void theOwnFamilyComesFirst() throws ProtocolException {
    for (int port = 1; port <= 40; port++) {
      addFrom(PUBLIC, port);
      addFrom(PUBLIC_IPV6, port);
    }

    Announce.Answer only = ask(PUBLIC, SwarmTable.Form.OWN_FAMILY);
    assertEquals(40, only.ipv4().count());
    assertEquals(0, only.ipv6().count());
    Announce.Answer both = ask(PUBLIC_IPV6, SwarmTable.Form.BOTH_FAMILIES);
    assertEquals(40, both.ipv6().count());
    assertEquals(10, both.ipv4().count());
    assertEquals(0, both.ipv4().peerIds().length);
  }

  @Test
  void idsBelongToTheirPeers() throws ProtocolException {
    for (int port = 1; port <= 20; port++) {
      announce(1, port, port % 3, Announce.Event.STARTED);
    }

    CompactPeers peers = ask(PUBLIC, SwarmTable.Form.BOTH_FAMILIES_WITH_IDS).ipv4();

    assertEquals(20, peers.count());
    ByteBuffer ids = ByteBuffer.wrap(peers.peerIds());
    ByteBuffer endpoints = ByteBuffer.wrap(peers.endpoints());
    for (int i = 0; i < peers.count(); i++) {
      assertEquals(endpoints.getShort(i * 6 + 4), ids.getInt(i * 20));
    }
  }

  @Test
  void numWantIsHonouredWithinReason() throws ProtocolException {
    for (int port = 1; port <= 300; port++) {
      announce(1, port, 10, Announce.Event.STARTED);
    }
    int[][] wantedAndGiven = {{0, 0}, {1, 1}, {-1, 50}, {200, 200}, {Integer.MAX_VALUE, 200}};
    for (int[] pair : wantedAndGiven) {
      Announce.Answer answer =
          announce(1, PUBLIC, 7, 10, Announce.Event.NONE, pair[0], SwarmTable.Form.OWN_FAMILY);
      assertEquals(pair[1], new TreeSet<>(ports(answer)).size(), "wanted " + pair[0]);
    }
  }

  /** Each of 30 others should be among 10 drawn in a third of all answers. */
  @Test
  void everyPeerHasTheSameChance() throws ProtocolException {
    for (int port = 0; port < 10; port++) {
      announce(1, 100 + port, port % 2, Announce.Event.STARTED);
      announce(1, PRIVATE, 200 + port, 10, Announce.Event.STARTED, 0, SwarmTable.Form.OWN_FAMILY);
      announce(1, LOOPBACK, 300 + port, 10, Announce.Event.STARTED, 0, SwarmTable.Form.OWN_FAMILY);
    }
    int[] drawn = new int[400];
    int answers = 9_000;
    for (int i = 0; i < answers; i++) {
      Announce.Answer answer =
          announce(1, LOOPBACK, 50, 10, Announce.Event.NONE, 10, SwarmTable.Form.OWN_FAMILY);
      ports(answer).forEach(port -> drawn[port]++);
    }
    for (int port = 0; port < 10; port++) {
      for (int base = 100; base <= 300; base += 100) {
        // 3,000 expected, and a deviation of 45.
        assertEquals(answers / 3, drawn[base + port], 225, "port " + (base + port));
      }
    }
    assertEquals(0, drawn[50], "the asker itself");
  }
}
