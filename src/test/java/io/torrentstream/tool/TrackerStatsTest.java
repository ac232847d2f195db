package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TrackerStatsTest {
  private final TrackerStats stats = new TrackerStats();

  @Test
  void json() {
    stats.count(TrackerStats.Counter.UDP_ANNOUNCES);
    stats.count(TrackerStats.Counter.UDP_ANNOUNCES);

    assertEquals(
        "{\"peers\":7,\"httpAnnounces\":0,\"httpScrapes\":0,\"udpConnects\":0,\"udpAnnounces\":2,"
            + "\"udpScrapes\":0,\"malformed\":0,\"refused\":0,\"flooded\":0,\"unproven\":0}\n",
        stats.json(Map.of("peers", 7L)));
  }

  @Test
  void prometheus() {
    stats.count(TrackerStats.Counter.HTTP_SCRAPES);

    String text = stats.prometheus(Map.of("peers", 7L));

    assertTrue(text.startsWith("# TYPE tsl_tracker_peers gauge\ntsl_tracker_peers 7\n"), text);
    assertTrue(
        text.contains(
            "\n# TYPE tsl_tracker_http_scrapes_total counter\ntsl_tracker_http_scrapes_total 1\n"),
        text);
    assertTrue(text.endsWith("\ntsl_tracker_unproven_total 0\n"), text);
  }
}
