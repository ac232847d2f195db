package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.CompactPeers;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.util.Reach;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table against a map of maps that is looked through from end to end. */
class SwarmTablePropertyTest {
  private static final int INTERVAL = 100;
  private static final int TORRENTS = 8;

  private record Peer(boolean seed, int seenSeconds, Reach reach) {}

  /** The slow, obvious tracker. */
  private static final class Model {
    private final Map<Integer, Map<ByteBuffer, Peer>> swarms = new HashMap<>();
    private final Map<Integer, Integer> completed = new HashMap<>();

    Map<ByteBuffer, Peer> swarm(int torrent) {
      return swarms.computeIfAbsent(torrent, key -> new HashMap<>());
    }

    void expire(int deadline) {
      swarms.values().forEach(s -> s.values().removeIf(p -> p.seenSeconds() < deadline));
    }

    int count(int torrent, boolean seeds) {
      return (int) swarm(torrent).values().stream().filter(p -> p.seed() == seeds).count();
    }

    /** Whom the asker may hear of, in one address family. */
    Set<ByteBuffer> candidates(int torrent, Endpoint asker, boolean seed, int endpointLength) {
      Set<ByteBuffer> candidates = new HashSet<>();
      swarm(torrent)
          .forEach(
              (endpoint, peer) -> {
                if (endpoint.remaining() == endpointLength
                    && !endpoint.equals(ByteBuffer.wrap(asker.bytes()))
                    && !(seed && peer.seed())
                    && asker.reach().sees(peer.reach())) {
                  candidates.add(endpoint);
                }
              });
      return candidates;
    }
  }

  private final Model model = new Model();
  private SplittableRandom random;
  private SwarmTable table;
  private int nowSeconds;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agreesWithTheModel(long seed) throws ProtocolException {
    random = new SplittableRandom(seed);
    table =
        new SwarmTable(SwarmTable.Limits.usual(INTERVAL), new SipHash(seed, seed), random.split());
    for (int step = 0; step < 6_000; step++) {
      String context = "seed " + seed + ", step " + step;
      if (random.nextInt(200) == 0) {
        passTime();
      }
      announce(random.nextInt(TORRENTS), context);
      assertSameNumbers(context);
    }
  }

  /** Sometimes so long that all are gone. */
  private void passTime() {
    nowSeconds += random.nextInt(10) == 0 ? 3 * INTERVAL : random.nextInt(INTERVAL);
    for (int i = 0; i < TORRENTS; i++) {
      table.tick(nowSeconds);
    }
    model.expire(nowSeconds - 2 * INTERVAL);
    // How often it was completed is forgotten with the torrent, of which nobody was left.
    model.completed.keySet().removeIf(torrent -> table.scrape(hash(torrent)) == null);
  }

  private static InfoHash hash(int torrent) {
    byte[] bytes = new byte[InfoHash.LENGTH];
    Arrays.fill(bytes, (byte) torrent);
    return InfoHash.of(bytes);
  }

  private byte[] address() {
    byte[] address = new byte[random.nextBoolean() ? 4 : 16];
    byte[] beginnings = {8, 10, 127, (byte) 0xFD};
    address[0] = beginnings[random.nextInt(beginnings.length)];
    address[address.length - 1] = (byte) random.nextInt(4);
    return address;
  }

  private void announce(int torrent, String context) throws ProtocolException {
    Endpoint peer = Endpoint.of(address(), 1 + random.nextInt(20));
    boolean seed = random.nextInt(3) == 0;
    int numWant = random.nextInt(-1, 40);
    Announce.Event event = Announce.Event.values()[random.nextInt(4)];
    Announce.Request request =
        new Announce.Request(
            hash(torrent), new byte[20], 1, 0, 0, seed ? 0 : 5, event, numWant, 0, null);

    Announce.Answer answer =
        table.announce(request, peer, SwarmTable.Form.BOTH_FAMILIES, nowSeconds);

    update(torrent, peer, seed, event);
    int most = numWant < 0 ? 50 : numWant;
    if (event == Announce.Event.STOPPED) {
      most = 0;
    }
    Set<ByteBuffer> ipv4 = model.candidates(torrent, peer, seed, 6);
    Set<ByteBuffer> ipv6 = model.candidates(torrent, peer, seed, 18);
    Set<ByteBuffer> own = peer.isIpv6() ? ipv6 : ipv4;
    Set<ByteBuffer> other = peer.isIpv6() ? ipv4 : ipv6;
    int ownCount = Math.min(most, own.size());
    int otherCount = Math.min(most - ownCount, other.size());
    assertDrawn(answer.ipv4(), ipv4, peer.isIpv6() ? otherCount : ownCount, context);
    assertDrawn(answer.ipv6(), ipv6, peer.isIpv6() ? ownCount : otherCount, context);
    assertEquals(model.count(torrent, true), answer.seeders(), context);
    assertEquals(model.count(torrent, false), answer.leechers(), context);
  }

  private void update(int torrent, Endpoint endpoint, boolean seed, Announce.Event event) {
    Map<ByteBuffer, Peer> swarm = model.swarm(torrent);
    ByteBuffer key = ByteBuffer.wrap(endpoint.bytes());
    Peer before = swarm.remove(key);
    if (event != Announce.Event.STOPPED) {
      swarm.put(key, new Peer(seed, nowSeconds, endpoint.reach()));
    }
    if (event == Announce.Event.COMPLETED && seed && before != null && !before.seed()) {
      model.completed.merge(torrent, 1, Integer::sum);
    }
  }

  private static void assertDrawn(
      CompactPeers drawn, Set<ByteBuffer> candidates, int count, String context) {
    assertEquals(count, drawn.count(), context);
    Set<ByteBuffer> different = new HashSet<>();
    for (int i = 0; i < count; i++) {
      different.add(ByteBuffer.wrap(drawn.endpoints(), i * drawn.stride(), drawn.stride()));
    }
    assertEquals(count, different.size(), context);
    assertTrue(candidates.containsAll(different), context);
  }

  private void assertSameNumbers(String context) {
    int seeders = 0;
    int peers = 0;
    for (int torrent = 0; torrent < TORRENTS; torrent++) {
      int complete = model.count(torrent, true);
      int incomplete = model.count(torrent, false);
      Scrape.Response scrape = table.scrape(hash(torrent));
      if (scrape == null) {
        assertEquals(0, complete + incomplete, context);
      } else {
        int completed = model.completed.getOrDefault(torrent, 0);
        assertEquals(new Scrape.Response(complete, incomplete, completed), scrape, context);
      }
      seeders += complete;
      peers += complete + incomplete;
    }
    assertEquals(seeders, table.seeders(), context);
    assertEquals(peers, table.peers(), context);
  }
}
