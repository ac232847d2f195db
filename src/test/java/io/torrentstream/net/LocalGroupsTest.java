package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LocalGroupsTest {
  @Test
  void ofAFloodAHundredASecondAreHeard() {
    LocalGroups.Flood flood = new LocalGroups.Flood(0);
    for (int i = 0; i < LocalGroups.MAX_PER_SECOND; i++) {
      assertFalse(flood.hasOneMore(i));
    }
    assertTrue(flood.hasOneMore(TimeUnit.SECONDS.toNanos(1)));
    assertFalse(flood.hasOneMore(TimeUnit.SECONDS.toNanos(1) + 1), "a new second");
  }
}
