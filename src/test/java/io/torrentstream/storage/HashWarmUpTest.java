package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HashWarmUpTest {
  @Test
  void endsByItself() {
    assertTimeoutPreemptively(Duration.ofSeconds(30), HashWarmUp::run);
  }

  /** It must never keep the program alive. */
  @Test
  void runsOnADaemonThread() {
    HashWarmUp.start();
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("tsl-warm-up"))
            .allMatch(Thread::isDaemon));
  }
}
