package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

class OptionValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "800, 800",
    "1K, 1024",
    "500k, 512000",
    "1.5M, 1572864",
    "2M, 2097152",
    "1G, 1073741824",
    "999999999G, 1073741822926258176"
  })
  void ratesAre1024Based(String text, long bytesPerSecond) {
    assertEquals(bytesPerSecond, new OptionValues.Rate().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "1,5M", "M", "1T", "1e3", "1.M", "0x10", " 1", "1 M", "1MB"})
  void otherRatesAreRefused(String text) {
    assertRefused(new OptionValues.Rate(), text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "45, PT45S",
    "90s, PT90S",
    "10m, PT10M",
    "1h30m, PT90M",
    "2d, PT48H",
    "1d2h3m4s, PT26H3M4S",
    "1m30, PT90S"
  })
  void timesHaveUnits(String text, Duration time) {
    assertEquals(time, new OptionValues.Time().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "-5s", "1.5h", "10 m", "1m1h", "1w", "99999999999", "36501d"})
  void otherTimesAreRefused(String text) {
    assertRefused(new OptionValues.Time(), text);
  }

  /** As of an unset variable: Java would take it for the loopback address. */
  @Test
  void noAddressIsNotALocalOne() {
    assertRefused(new OptionValues.LocalAddress(), "");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 1, 1",
    "6881, 6881, 6881",
    "6881-6889, 6881, 6889",
    "65535, 65535, 65535"
  })
  void portsAreOneOrARange(String text, int first, int last) {
    assertEquals(new OptionValues.Ports(first, last), new OptionValues.PortRange().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "65536", "6889-6881", "0-100", "1-", "-2", "a", "1-2-3"})
  void otherPortsAreRefused(String text) {
    assertRefused(new OptionValues.PortRange(), text);
  }

  @ParameterizedTest
  @CsvSource({
    "host:6881, host, 6881",
    "192.0.2.1:1, 192.0.2.1, 1",
    "[2001:db8::1]:65535, 2001:db8::1, 65535"
  })
  void peersAreHostAndPort(String text, String host, int port) {
    InetSocketAddress peer = new OptionValues.HostPort().convert(text);

    assertEquals(host, peer.getHostString());
    assertEquals(port, peer.getPort());
    assertTrue(peer.isUnresolved(), "a look-up would block");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "host", "host:", "host:0", "host:65536", ":1", "::1:6881", "a b:1"})
  void otherPeersAreRefused(String text) {
    assertRefused(new OptionValues.HostPort(), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://t/announce", "https://t:1/a?k=v", "udp://t:6969", "HTTP://[::1]/"})
  void trackersAreOfThreeKinds(String text) {
    assertEquals(text, new OptionValues.TrackerUrl().convert(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "t", "ftp://t/", "file:///etc/passwd", "http:///", "http://t:0/"})
  void otherTrackersAreRefused(String text) {
    assertRefused(new OptionValues.TrackerUrl(), text);
  }

  @Test
  void webSeedsAreOfTwo() {
    String url = "https://t:1/a/";
    assertEquals(url, new OptionValues.WebUrl().convert(url));
    assertEquals(" HTTP://t", new OptionValues.WebUrl().convert(" HTTP://t"));
    assertRefused(new OptionValues.WebUrl(), "udp://t:1/a");
    assertRefused(new OptionValues.WebUrl(), "ftp://t/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "x", "1,5", "Infinity", "NaN", "1e9"})
  void ratiosAreNumbers(String text) {
    assertRefused(new OptionValues.Ratio(), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "100000", "1.5"})
  void countsBeginAtOne(String text) {
    assertRefused(new OptionValues.Count(), text);
  }

  private static void assertRefused(ITypeConverter<?> converter, String text) {
    String message =
        assertThrows(TypeConversionException.class, () -> converter.convert(text)).getMessage();
    assertTrue(message.contains("expected"), message);
  }
}
