package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.util.ProtocolException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/security.md says of the tracker's memory. */
class SwarmTableMemoryTest {
  private static final int MOST_ATTEMPTS = 5;

  private static long usedBytes() {
    // The second one takes what the first one's finalizers and references have let go.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static SwarmTable filled(int addressLength, int torrents, int peersEach)
      throws ProtocolException {
    SwarmTable table =
        new SwarmTable(SwarmTable.Limits.usual(1800), new SipHash(1, 2), new SplittableRandom(1));
    byte[] peerId = new byte[20];
    for (int torrent = 0; torrent < torrents; torrent++) {
      InfoHash infoHash = InfoHash.of(ByteBuffer.allocate(20).putInt(torrent).array());
      for (int peer = 0; peer < peersEach; peer++) {
        byte[] address = ByteBuffer.allocate(addressLength).putInt(0x08000000 + peer).array();
        Announce.Request request =
            new Announce.Request(
                infoHash, peerId, 6881, 0, 0, peer % 5, Announce.Event.NONE, 0, 0, null);
        table.announce(request, Endpoint.of(address, 6881), SwarmTable.Form.OWN_FAMILY, 0);
      }
    }
    return table;
  }

  @ParameterizedTest
  @CsvSource({"4, 1000, 100, 64", "16, 1000, 100, 84", "4, 1, 100000, 84", "4, 10000, 1, 500"})
  void aPeerTakesSoManyBytes(int addressLength, int torrents, int peersEach, int most)
      throws ProtocolException {
    filled(addressLength, 10, 10); // loads the classes
    // What earlier tests left may go just then, and makes it less: that measurement is void. A
    // table that takes more has no valid one.
    long each = 0;
    for (int attempt = 0; attempt < MOST_ATTEMPTS && each <= 0; attempt++) {
      each = measured(addressLength, torrents, peersEach);
    }
    assertTrue(each > 0 && each <= most, "bytes for each peer: " + each);
  }

  private static long measured(int addressLength, int torrents, int peersEach)
      throws ProtocolException {
    long before = usedBytes();
    SwarmTable table = filled(addressLength, torrents, peersEach);
    long each = (usedBytes() - before) / table.peers();
    assertEquals(torrents * peersEach, table.peers());
    return each;
  }
}
