package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SwarmTableTest {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(SwarmTable.INTERVAL);

  private final SwarmTable table = new SwarmTable(new SplittableRandom(1));
  private long nowNanos = -5;

  private static InfoHash hash(int number) {
    return InfoHash.of(ByteBuffer.allocate(20).putInt(number).array());
  }

  private SwarmTable.Answer announce(int torrent, int peer, long left, Announce.Event event) {
    return announce(torrent, peer, left, event, 50);
  }

  private SwarmTable.Answer announce(
      int torrent, int peer, long left, Announce.Event event, int numWant) {
    AnnounceQuery query =
        new AnnounceQuery(
            hash(torrent), new byte[20], 1 + peer % 60_000, left, event, numWant, true);
    return table.announce(query, address(peer / 60_000), nowNanos);
  }

  private static InetAddress address(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Integer> peers(SwarmTable.Answer answer) {
    return answer.peers().stream().map(peer -> peer.port() - 1).sorted().toList();
  }

  @Test
  void everyoneHearsOfTheOthers() {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 8, 10, Announce.Event.STARTED);
    announce(2, 9, 10, Announce.Event.STARTED);

    SwarmTable.Answer answer = announce(1, 8, 10, Announce.Event.NONE);

    assertEquals(List.of(7), peers(answer));
    assertEquals(1, answer.seeders());
    assertEquals(1, answer.leechers());
  }

  @Test
  void seedsHearOfLeechersOnly() {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 8, 10, Announce.Event.STARTED);

    assertEquals(List.of(8), peers(announce(1, 9, 0, Announce.Event.STARTED)));
  }

  @Test
  void whoStopsIsForgottenAtOnce() {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 8, 10, Announce.Event.STARTED);

    assertEquals(List.of(), peers(announce(1, 7, 0, Announce.Event.STOPPED)));
    assertEquals(List.of(8), peers(announce(1, 9, 10, Announce.Event.STARTED)));
  }

  @Test
  void whoIsSilentForTwoIntervalsIsForgotten() {
    announce(1, 7, 0, Announce.Event.STARTED);
    nowNanos += INTERVAL_NANOS;
    announce(1, 8, 0, Announce.Event.STARTED);
    nowNanos += INTERVAL_NANOS;
    assertEquals(List.of(7, 8), peers(announce(1, 9, 10, Announce.Event.STARTED)));

    nowNanos++;
    assertEquals(List.of(8), peers(announce(1, 9, 10, Announce.Event.NONE)));
  }

  @Test
  void anEmptySwarmTakesNoRoom() {
    announce(1, 7, 0, Announce.Event.STARTED);
    announce(1, 7, 0, Announce.Event.STOPPED);
    announce(2, 7, 0, Announce.Event.STOPPED);

    assertEquals(0, table.torrentCount());
  }

  @Test
  void aFullSwarmForgetsTheOldest() {
    for (int peer = 0; peer <= SwarmTable.MAX_PEERS_PER_TORRENT; peer++) {
      announce(1, peer, 0, Announce.Event.STARTED, 0);
    }

    SwarmTable.Answer answer = announce(1, 50_000, 10, Announce.Event.STARTED, 100_000);

    assertEquals(SwarmTable.MAX_PEERS_PER_TORRENT, answer.seeders() + answer.leechers());
    assertEquals(SwarmTable.MAX_PEERS_PER_TORRENT, answer.peers().size());
    assertEquals(1, peers(answer).get(0), "peer 0 was silent for longest");
  }

  @Test
  void aFullTableForgetsTheOldestTorrent() {
    for (int torrent = 0; torrent < SwarmTable.MAX_TORRENTS; torrent++) {
      announce(torrent, 7, 0, Announce.Event.STARTED);
    }
    announce(0, 8, 10, Announce.Event.STARTED);
    announce(SwarmTable.MAX_TORRENTS, 7, 0, Announce.Event.STARTED);

    assertEquals(SwarmTable.MAX_TORRENTS, table.torrentCount());
    assertEquals(List.of(7, 8), peers(announce(0, 9, 10, Announce.Event.STARTED)));
    assertEquals(List.of(), peers(announce(1, 9, 10, Announce.Event.STARTED)));
  }

  @Test
  void aPartIsChosenAtRandomWithoutRepetition() {
    for (int peer = 0; peer < 100; peer++) {
      announce(1, peer, 0, Announce.Event.STARTED);
    }

    List<Integer> first = peers(announce(1, 500, 10, Announce.Event.NONE, 20));
    List<Integer> second = peers(announce(1, 500, 10, Announce.Event.NONE, 20));

    assertEquals(20, new TreeSet<>(first).size());
    assertNotEquals(first, second);
  }
}
