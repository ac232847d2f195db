package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048524, 1023.9 KiB",
    "1048575, 1.0 MiB",
    "52428800, 50.0 MiB",
    "9223372036854775807, 8.0 EiB"
  })
  void bytes(long bytes, String text) {
    assertEquals(text, Units.bytes(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0:00",
    "9, 0:09",
    "3599, 59:59",
    "3600, 1:00:00",
    "172799, 47:59:59",
    "172800, 2 d 00:00",
    "9223372036854775807, 106751991167300 d 15:30"
  })
  void clock(long seconds, String text) {
    assertEquals(text, Units.clock(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "420000000, 0.42 s",
    "9994000000, 9.99 s",
    "9996000000, 10 s",
    "59400000000, 59 s",
    "61000000000, 1:01"
  })
  void elapsed(long nanos, String text) {
    assertEquals(text, Units.elapsed(nanos));
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 100", "0, 10, 0", "999, 1000, 99", "1000, 1000, 100", "11, 10, 100"})
  void aHundredPercentIsAllOfIt(long done, long of, int percent) {
    assertEquals(percent, Units.percent(done, of));
  }
}
