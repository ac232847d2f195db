package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.torrentstream.dht.DhtNode;
import io.torrentstream.dht.LookupResult;
import io.torrentstream.metainfo.InfoHash;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a torrent asks the DHT, in virtual time; the test is the DHT. */
class DhtAnnouncerTest implements DhtAnnouncer.Dht {
  private static final InfoHash HASH = InfoHash.of(new byte[20]);
  private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 5);
  private static final int PORT = 6881;
  private static final int LOOK_ONLY = DhtNode.PeerQuery.NO_ANNOUNCE;

  private final MockTicker time = Ticker.newMockTicker();
  private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(time).build();
  private final List<DhtNode.PeerQuery> asked = new ArrayList<>();
  private final List<InetSocketAddress> nodes = new ArrayList<>();
  private final List<InetSocketAddress> found = new ArrayList<>();
  private DhtNode.PeerListener listener;
  private boolean seed;

  @Override
  public void findPeers(DhtNode.PeerQuery query, DhtNode.PeerListener waiting) {
    asked.add(query);
    listener = waiting;
  }

  @Override
  public void addNode(InetSocketAddress address) {
    nodes.add(address);
  }

  private DhtAnnouncer announcer(boolean alone) {
    return announcer(alone, List.of("router.example:1", "[2001:db8::1]:2"));
  }

  private DhtAnnouncer announcer(boolean alone, List<String> named) {
    return new DhtAnnouncer(
        channel.eventLoop(),
        this,
        new DhtAnnouncer.Torrent(HASH, PORT, named, alone),
        () -> seed,
        found::addAll);
  }

  private void pass(long seconds) {
    time.advance(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  private void answer(int answered, int stored) {
    listener.onDone(new LookupResult(10, answered, 1, List.of(), stored, null), 0, 0);
  }

  private List<Integer> announcedPorts() {
    return asked.stream().map(DhtNode.PeerQuery::announcePort).toList();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aTorrentWithoutAnyoneElseToAskLooksAtOnce() {
    announcer(true).start();
    pass(0);
    assertEquals(
        List.of(new DhtNode.PeerQuery(HASH, PORT, false, false, false)), asked, "announces, too");
    assertEquals(
        List.of(
            InetSocketAddress.createUnresolved("router.example", 1),
            InetSocketAddress.createUnresolved("2001:db8::1", 2)),
        nodes);
    listener.onPeers(List.of(PEER));
    assertEquals(List.of(PEER), found);
  }

  @Test
  void ofManyNodesAFewAreAsked() {
    announcer(true, Collections.nCopies(10_000, "router.example:1")).start();
    pass(0);
    assertEquals(DhtAnnouncer.MAX_NODES, nodes.size());
  }

  @Test
  void othersGetAStart() {
    announcer(false).start();
    pass(DhtAnnouncer.OTHERS_FIRST_SECONDS - 1);
    assertEquals(List.of(), asked);
    pass(1);
    assertEquals(1, asked.size());
  }

  @Test
  void looksAndAnnouncesAgainInTime() {
    announcer(true).start();
    pass(0);
    answer(8, 8);
    pass(DhtAnnouncer.INTERVAL_SECONDS - 1);
    assertEquals(1, asked.size());
    pass(1);
    answer(8, 8);
    assertEquals(List.of(PORT, PORT), announcedPorts());
  }

  @Test
  void withFewPeersItLooksSoonerAndDoesNotAnnounceEachTime() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(0);
    announcer.hurry();
    answer(8, 8);
    for (int second = 0; second < DhtAnnouncer.HURRY_SECONDS; second++) {
      announcer.hurry();
      assertEquals(1, asked.size());
      pass(1);
    }
    announcer.hurry();
    announcer.hurry();
    assertEquals(List.of(PORT, LOOK_ONLY), announcedPorts());
    answer(8, 0);
    pass(DhtAnnouncer.INTERVAL_SECONDS);
    assertEquals(List.of(PORT, LOOK_ONLY, PORT), announcedPorts());
  }

  @Test
  void whereNobodyAnswersItTriesAgain() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(0);
    assertTrue(announcer.isUntried());
    answer(0, 0);
    assertFalse(announcer.isUntried());
    assertFalse(announcer.isAnswered());
    announcer.hurry();
    pass(DhtAnnouncer.RETRY_SECONDS - 1);
    assertEquals(1, asked.size());
    pass(1);
    answer(1, 1);
    assertTrue(announcer.isAnswered());
    assertEquals(List.of(PORT, PORT), announcedPorts());
  }

  @Test
  void aSearchThatTakesTooLongHadItsChance() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(DhtAnnouncer.CHANCE_SECONDS - 1);
    assertTrue(announcer.isUntried());
    pass(1);
    assertFalse(announcer.isUntried());
  }

  @Test
  void aSeedSaysThatItIsOneAndLooksForOthers() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(0);
    answer(8, 8);
    seed = true;
    announcer.onComplete();
    pass(DhtAnnouncer.OTHERS_FIRST_SECONDS);
    assertEquals(2, asked.size());
    assertEquals(new DhtNode.PeerQuery(HASH, PORT, true, true, false), asked.get(1));
  }

  @Test
  void whoeverBecomesASeedDuringASearchSaysSoAfterIt() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(0);
    seed = true;
    announcer.onComplete();
    pass(DhtAnnouncer.OTHERS_FIRST_SECONDS);
    assertEquals(1, asked.size());
    answer(8, 8);
    pass(DhtAnnouncer.OTHERS_FIRST_SECONDS);
    assertEquals(2, asked.size());
    assertTrue(asked.get(1).seed());
  }

  @Test
  void aDownloadThatIsOverBeforeItLookedNeverLooks() {
    DhtAnnouncer announcer = announcer(false);
    announcer.start();
    announcer.onComplete();
    announcer.stop();
    pass(DhtAnnouncer.INTERVAL_SECONDS);
    assertEquals(List.of(), asked);
  }

  @Test
  void afterTheEndNothingIsTakenOrAsked() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(0);
    announcer.stop();
    listener.onPeers(List.of(PEER));
    answer(8, 8);
    pass(2 * DhtAnnouncer.INTERVAL_SECONDS);
    assertEquals(List.of(), found);
    assertEquals(1, asked.size());
  }

  /** So ends a magnet link's search, too, when its torrent turns out to be private (BEP 27). */
  @Test
  void afterTheEndScarcePeersAreNoReasonToAsk() {
    DhtAnnouncer announcer = announcer(true);
    announcer.start();
    pass(0);
    answer(8, 8);
    announcer.stop();
    pass(DhtAnnouncer.HURRY_SECONDS);
    announcer.hurry();
    announcer.onComplete();
    pass(DhtAnnouncer.INTERVAL_SECONDS);
    assertEquals(1, asked.size());
  }
}
