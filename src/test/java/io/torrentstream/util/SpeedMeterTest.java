package io.torrentstream.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SpeedMeterTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void aSteadyStreamShowsItsRate() {
    SpeedMeter meter = new SpeedMeter(0);
    for (int tenth = 1; tenth <= 300; tenth++) {
      meter.add(100, tenth * SECOND / 10);
    }
    assertEquals(1000, meter.rate(30 * SECOND), 30);
    assertEquals(30_000, meter.total());
  }

  @Test
  void earlyOnTheRateIsOverTheTimeSoFar() {
    SpeedMeter meter = new SpeedMeter(5 * SECOND);
    meter.add(500, 5 * SECOND + SECOND / 2);
    assertEquals(1000, meter.rate(5 * SECOND + SECOND / 2));
    assertEquals(500, meter.rate(6 * SECOND));
  }

  @Test
  void aMomentAfterTheStartThereIsNoRate() {
    SpeedMeter meter = new SpeedMeter(0);
    meter.add(1_000_000, 1);
    assertEquals(0, meter.rate(0));
    assertEquals(0, meter.rate(SECOND / 100));
  }

  @Test
  void aBurstIsForgottenWithinEightSeconds() {
    SpeedMeter meter = new SpeedMeter(0);
    meter.add(8000, SECOND);
    assertEquals(1000, meter.rate(8 * SECOND), 150);
    assertEquals(0, meter.rate(9 * SECOND));
    assertEquals(0, meter.rate(1_000_000 * SECOND));
    assertEquals(8000, meter.total());
  }

  @Test
  void aLongSilenceLeavesNothingBehind() {
    SpeedMeter meter = new SpeedMeter(0);
    for (int second = 1; second < 20; second++) {
      meter.add(5000, second * SECOND);
    }
    meter.add(700, 100 * SECOND);
    assertEquals(100, meter.rate(100 * SECOND));
  }

  @Test
  void aClockThatStepsBackDoesNoHarm() {
    SpeedMeter meter = new SpeedMeter(10 * SECOND);
    meter.add(100, 15 * SECOND);
    meter.add(100, 9 * SECOND);
    assertEquals(0, meter.rate(9 * SECOND));
    assertEquals(40, meter.rate(15 * SECOND));
  }

  @Test
  void worksWhereTheClockWrapsAround() {
    SpeedMeter meter = new SpeedMeter(Long.MAX_VALUE - SECOND);
    meter.add(300, Long.MIN_VALUE + SECOND);
    meter.add(300, Long.MIN_VALUE + 2 * SECOND - 1);
    assertEquals(200, meter.rate(Long.MIN_VALUE + 2 * SECOND - 1));
  }
}
