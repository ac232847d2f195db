package io.torrentstream.cli;

import static java.util.stream.Collectors.joining;

import io.torrentstream.tool.Lint;
import io.torrentstream.tool.PieceLength;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The kinds of values that options have. Each says what it expected when it is given another. */
final class OptionValues {
  /** {@code 800}, {@code 500K}, {@code 1.5M}; in upper case. */
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)([KMG]?)");

  private OptionValues() {}

  /** The number of bytes that {@link #BYTES} has matched; 1024-based. */
  private static long bytes(Matcher m) {
    int shift =
        switch (m.group(2)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    return Math.round(Double.parseDouble(m.group(1)) * (1L << shift));
  }

  private static TypeConversionException wrong(String value, String expected) {
    return new TypeConversionException(value + " (expected: " + expected + ")");
  }

  /** Whether something is on, as settings say it. */
  static final class Switch implements ITypeConverter<Boolean> {
    @Override
    public Boolean convert(String value) {
      return switch (value.toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> throw wrong(value, "true or false");
      };
    }
  }

  /** Bytes per second: {@code 800}, {@code 500K}, {@code 1.5M}; 1024-based; 0 for no limit. */
  static final class Rate implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      Matcher m = BYTES.matcher(value.toUpperCase(Locale.ROOT));
      if (!m.matches()) {
        throw wrong(value, "bytes per second, as 800, 500K, 1.5M or 1G; 0 for no limit");
      }
      return bytes(m);
    }
  }

  /** {@code 90}, {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 2d}. */
  static final class Time implements ITypeConverter<Duration> {
    private static final Pattern FORM =
        Pattern.compile(
            "(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s?)?");
    // Nanoseconds in a long reach for 292 years.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** For what ends or repeats something after a time. */
    static final String ZERO_FOR_NEVER = "; 0 for never";

    private final String expected;

    Time() {
      this("");
    }

    /**
     * @param zero what no time at all means
     */
    Time(String zero) {
      this.expected = "a time, as 90s, 10m, 1h30m or 2d" + zero;
    }

    @Override
    public Duration convert(String value) {
      Matcher m = FORM.matcher(value);
      if (value.isEmpty() || !m.matches()) {
        throw wrong(value, expected);
      }
      Duration time =
          Duration.ofDays(number(m.group(1)))
              .plusHours(number(m.group(2)))
              .plusMinutes(number(m.group(3)))
              .plusSeconds(number(m.group(4)));
      if (time.compareTo(LONGEST) > 0) {
        throw wrong(value, "a hundred years at most");
      }
      return time;
    }

    private static long number(String digits) {
      return digits == null ? 0 : Long.parseLong(digits);
    }
  }

  /**
   * A range of ports to try.
   *
   * @param first 0 for any free port
   * @param last itself included
   */
  record Ports(int first, int last) {
    /** As it is typed. Written out, for the generated one costs every start 20 ms. */
    @Override
    public String toString() {
      return first == last ? Integer.toString(first) : first + "-" + last;
    }
  }

  /** {@code 6881} or {@code 6881-6889}; 0 for any free port. */
  static final class PortRange implements ITypeConverter<Ports> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

    @Override
    public Ports convert(String value) {
      Matcher m = FORM.matcher(value);
      if (m.matches()) {
        int first = Integer.parseInt(m.group(1));
        int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
        if (first <= last && last <= 65535 && (first > 0 || last == 0)) {
          return new Ports(first, last);
        }
      }
      throw wrong(value, "a port 1..65535, a range as 6881-6889, or 0 for any free port");
    }
  }

  /** One port; 0 for any free one. */
  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535) {
        return Integer.valueOf(value);
      }
      throw wrong(value, "a port 1..65535, or 0 for any free port");
    }
  }

  /** {@code host:port}, {@code 1.2.3.4:port} or {@code [::1]:port}; names are not resolved here. */
  static final class HostPort implements ITypeConverter<InetSocketAddress> {
    private static final Pattern FORM =
        Pattern.compile("(\\[[0-9A-Fa-f:.%a-z]+]|[^\\[\\]:/\\s]+):([0-9]{1,5})");

    @Override
    public InetSocketAddress convert(String value) {
      Matcher m = FORM.matcher(value);
      if (m.matches()) {
        int port = Integer.parseInt(m.group(2));
        if (port >= 1 && port <= 65535) {
          String host = m.group(1);
          return InetSocketAddress.createUnresolved(
              host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
        }
      }
      throw wrong(value, "host:port, as 192.0.2.1:6881 or [2001:db8::1]:6881");
    }
  }

  /** An address of this machine. */
  static final class LocalAddress implements ITypeConverter<InetAddress> {
    @Override
    public InetAddress convert(String value) {
      if (value.isEmpty()) { // which Java takes for the loopback address
        throw wrong("empty", "an address of this machine");
      }
      try {
        InetAddress address = InetAddress.getByName(value);
        // All of 127.0.0.0/8 is this machine's, though its interface names only one of them.
        if (address.isAnyLocalAddress()
            || address.isLoopbackAddress()
            || NetworkInterface.getByInetAddress(address) != null) {
          return address;
        }
      } catch (UnknownHostException | SocketException e) {
        // Said below like any other wrong address.
      }
      throw wrong(value, "an address of this machine");
    }
  }

  /** The address of a tracker. */
  static final class TrackerUrl implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      try {
        ServerUrl.parse(value);
        return value;
      } catch (ProtocolException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** How much to upload, as a multiple of the data's size. */
  static final class Ratio implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      if (!value.matches("[0-9]{1,6}(\\.[0-9]{1,6})?")) {
        throw wrong(value, "a number, as 1 or 1.5");
      }
      return Double.valueOf(value);
    }
  }

  /** How often something may happen in a second. */
  static final class Frequency implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (!value.matches("[0-9]{1,6}")) {
        throw wrong(value, "a number 0..999999; 0 for no limit");
      }
      return Integer.valueOf(value);
    }
  }

  /** How many connections. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      if (!value.matches("[1-9][0-9]{0,4}")) {
        throw wrong(value, "1..99999");
      }
      return Integer.valueOf(value);
    }
  }

  /** Trackers that stand in for each other (BEP 12): addresses with commas between them. */
  record Tier(List<String> trackers) {}

  /** {@code http://a/announce} or {@code http://a/announce,udp://b:80}. */
  static final class TrackerTier implements ITypeConverter<Tier> {
    @Override
    public Tier convert(String value) {
      List<String> trackers = new ArrayList<>();
      for (String tracker : value.split(",", -1)) {
        trackers.add(new TrackerUrl().convert(tracker.strip()));
      }
      return new Tier(List.copyOf(trackers));
    }
  }

  /** The address of a web server. */
  static final class WebUrl implements ITypeConverter<String> {
    private static final Pattern WEB_SCHEME = Pattern.compile("(?i)\\s*https?://");

    @Override
    public String convert(String value) {
      // First, for trackers may be asked over UDP too and their message says so.
      if (!WEB_SCHEME.matcher(value).lookingAt()) {
        throw wrong(ServerUrl.hide(value), "http or https");
      }
      return new TrackerUrl().convert(value);
    }
  }

  /** The length of a piece: {@code 65536}, {@code 64K}, {@code 1M}; 1024-based. */
  static final class PieceSize implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      Matcher m = BYTES.matcher(value.toUpperCase(Locale.ROOT));
      if (m.matches()) {
        long length = bytes(m);
        if (length >= PieceLength.MIN && length <= PieceLength.MAX) {
          return (int) length;
        }
      }
      throw wrong(value, "16K to 256M, as 256K or 1M");
    }
  }

  /** Text that goes into a file. */
  static final class Utf8Text implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      // In a POSIX locale Java reads U+FFFD for what is not ASCII.
      if (value.indexOf('\uFFFD') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
        throw wrong(value, "text in the encoding of the locale, LC_ALL=C.UTF-8 helps");
      }
      return value;
    }
  }

  /** The name of a file or folder. */
  static final class Name implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      String name = new Utf8Text().convert(value);
      if (name.matches("|\\.|\\.\\.|.*[/\\\\\\p{Cntrl}].*")) {
        throw wrong(value, "one name, without / and \\");
      }
      return name;
    }
  }

  /** The word for what may be wrong with a new torrent. */
  static final class LintName implements ITypeConverter<Lint> {
    @Override
    public Lint convert(String value) {
      for (Lint lint : Lint.values()) {
        if (lint.toString().equals(value)) {
          return lint;
        }
      }
      throw wrong(value, words());
    }

    /** All that there are. */
    static String words() {
      return Stream.of(Lint.values()).map(Lint::toString).collect(joining(", "));
    }
  }
}
