package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HashWarmUpTest {
  @Test
  void endsByItselfAndKeepsNoProgramAlive() throws InterruptedException {
    Thread thread = HashWarmUp.start();
    assertTrue(thread.isDaemon());
    thread.join(Duration.ofSeconds(30).toMillis());
    assertFalse(thread.isAlive());
  }
}
