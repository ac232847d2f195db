package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RunMeterTest {
  private static final long MIB = 1024 * 1024;

  private final RunMeter meter = new RunMeter();
  private long now;

  private void run(int seconds, int bytes) {
    meter.onStart(now);
    meter.onBytes(bytes);
    now += TimeUnit.SECONDS.toNanos(seconds);
    meter.onDone(now);
  }

  @Test
  void runsGrowWhileTheyAreShort() {
    assertEquals(64, meter.blocks());
    run(3, 1);
    assertEquals(128, meter.blocks());
    for (int i = 0; i < 10; i++) {
      run(1, 1);
    }
    assertEquals(4096, meter.blocks());
    run(5, 1);
    assertEquals(4096, meter.blocks());
    run(11, 1);
    assertEquals(2048, meter.blocks());
    for (int i = 0; i < 10; i++) {
      run(60, 1);
    }
    assertEquals(64, meter.blocks());
  }

  @Test
  void theRateIsThatOfTheLastRunOrOfThisOneOnceItTells() {
    assertEquals(MIB, meter.rate(now));
    run(2, 1000);
    assertEquals(500, meter.rate(now));
    meter.onStart(now);
    meter.onBytes(6000);
    assertEquals(500, meter.rate(now + 999_999_999));
    assertEquals(6000, meter.rate(now + 1_000_000_000));
    assertEquals(2000, meter.rate(now + 3_000_000_000L));
    meter.onBroken(now + 3_000_000_000L);
    assertEquals(2000, meter.rate(now + 60_000_000_000L));
  }

  @Test
  void whoSendsNothingIsNotFast() {
    meter.onStart(now);
    meter.onBroken(now);
    assertEquals(0, meter.rate(now));
    run(1, 700);
    assertEquals(700, meter.rate(now));
  }

  @Test
  void padFilesSayNothing() {
    run(0, 0);
    assertEquals(MIB, meter.rate(now));
  }
}
