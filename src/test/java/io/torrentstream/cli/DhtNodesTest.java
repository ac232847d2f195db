package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.session.DhtSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DhtNodesTest {
  private static final InetSocketAddress NAMED = InetSocketAddress.createUnresolved("n.example", 1);

  @TempDir private Path dir;

  private DhtSettings settings(String bind, InetSocketAddress... named) throws Exception {
    InetAddress address = bind == null ? null : InetAddress.getByName(bind);
    return DhtNodes.settings(address, List.of(named), Program.consoleIn(dir));
  }

  @Test
  void aLoopbackAddressReachesNobodyOfTheWorld() throws Exception {
    assertNull(settings("127.0.0.1"));
    assertNull(settings("::1"));
    assertEquals(List.of(NAMED), settings("127.0.0.1", NAMED).nodes());
  }

  @Test
  void namedNodesTakeThePlaceOfTheWellKnown() throws Exception {
    assertEquals(DhtNodes.WELL_KNOWN, settings(null).nodes());
    assertEquals(DhtNodes.WELL_KNOWN, settings("192.0.2.1").nodes());
    assertEquals(List.of(NAMED), settings(null, NAMED).nodes());
    assertTrue(settings(null).stateFile().endsWith(Path.of("tsl", "dht")));
  }
}
