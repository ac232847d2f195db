package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.LocalGroups;
import io.torrentstream.wire.LocalAnnouncement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When torrents are announced in the local network, and who is heard (BEP 14). */
class LocalPeersTest implements LocalPeers.Network {
  private final MockTicker time = Ticker.newMockTicker();
  private final EmbeddedChannel self = EmbeddedChannel.builder().ticker(time).build();
  private final LocalGroups groups = mock(LocalGroups.class);
  private final List<LocalAnnouncement> announced = new ArrayList<>();
  private final List<InetSocketAddress> found = new ArrayList<>();
  private LocalGroups.Receiver ear;
  private IOException refusal;
  private final LocalPeers peers = new LocalPeers(self.eventLoop(), this, new SplittableRandom(1));
  private final PeerSources.Taker taker = (addresses, source) -> found.addAll(addresses);

  @Override
  public int port() {
    return 6881;
  }

  @Override
  public LocalGroups open(LocalGroups.Receiver receiver) throws IOException {
    if (refusal != null) {
      throw refusal;
    }
    doAnswer(call -> announced.add(call.getArgument(0))).when(groups).send(any());
    ear = receiver;
    return groups;
  }

  @AfterEach
  void close() {
    self.close();
  }

  private static InfoHash infoHash(int number) {
    byte[] bytes = new byte[InfoHash.LENGTH];
    bytes[0] = (byte) number;
    return InfoHash.of(bytes);
  }

  private void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      time.advance(1, TimeUnit.SECONDS);
      self.runScheduledPendingTasks();
    }
  }

  private void hear(LocalAnnouncement heard) throws Exception {
    ear.onAnnouncement(heard, InetAddress.getByName("10.0.0.7"));
    self.runPendingTasks();
  }

  private static LocalAnnouncement from(int port, InfoHash... torrents) {
    return new LocalAnnouncement(port, List.of(torrents), "");
  }

  @Test
  void announcesEachTorrentEveryFiveMinutes() {
    peers.add(infoHash(1), taker);
    assertNull(ear, "nothing is opened yet");
    pass(1);
    assertEquals(List.of(infoHash(1)), announced.get(0).infoHashes());
    assertEquals(6881, announced.get(0).port());
    pass(299);
    assertEquals(1, announced.size());
    pass(1);
    assertEquals(2, announced.size());
    assertEquals(announced.get(0), announced.get(1));
  }

  @Test
  void announcesOnceAMinuteAtMost() {
    peers.add(infoHash(1), taker);
    pass(1);
    peers.add(infoHash(2), taker);
    peers.add(infoHash(3), taker);
    pass(59);
    assertEquals(1, announced.size());
    pass(1);
    assertEquals(List.of(infoHash(2), infoHash(3)), announced.get(1).infoHashes());
  }

  @Test
  void manyTorrentsHaveTheirTurns() {
    Map<InfoHash, Integer> times = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      peers.add(infoHash(i), taker);
    }
    pass(3 * 60 - 30);
    assertEquals(3, announced.size());
    announced.forEach(a -> a.infoHashes().forEach(hash -> times.merge(hash, 1, Integer::sum)));
    assertEquals(50, times.size());
    assertEquals(Set.of(1), new HashSet<>(times.values()));
  }

  @Test
  void aTorrentThatEndedIsNotAnnounced() throws Exception {
    peers.add(infoHash(1), taker);
    peers.remove(infoHash(1));
    peers.remove(infoHash(2));
    pass(600);
    assertEquals(List.of(), announced);
    peers.add(infoHash(1), taker);
    pass(1);
    peers.remove(infoHash(1));
    pass(600);
    assertEquals(1, announced.size());
    hear(from(7000, infoHash(1)));
    assertEquals(List.of(), found);
  }

  @Test
  void offersWhoeverHasOneOfItsTorrents() throws Exception {
    peers.add(infoHash(1), taker);
    pass(1);
    hear(from(7000, infoHash(3)));
    hear(from(7001, infoHash(3), infoHash(1)));
    hear(new LocalAnnouncement(7002, List.of(infoHash(1)), "another's"));
    hear(announced.get(0));
    assertEquals(
        List.of(new InetSocketAddress("10.0.0.7", 7001), new InetSocketAddress("10.0.0.7", 7002)),
        found);
    assertEquals(1, announced.size(), "nobody is answered");
  }

  @Test
  void whatCannotBeOpenedIsTriedAgain() {
    refusal = new IOException("too many open files");
    peers.add(infoHash(1), taker);
    pass(300);
    refusal = null;
    pass(1);
    assertEquals(1, announced.size());
    peers.close();
    verify(groups).close();
  }

  @Test
  void closesWithoutHavingOpened() {
    peers.close();
    assertTrue(announced.isEmpty());
  }
}
