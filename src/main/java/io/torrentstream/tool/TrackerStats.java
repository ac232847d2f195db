package io.torrentstream.tool;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What the tracker has done and holds, for people and programs that watch it: numbers only, none of
 * which tells of a single peer or torrent. Not thread-safe.
 */
final class TrackerStats {
  private static final String PREFIX = "tsl_tracker_";

  /** Counted since the start. */
  enum Counter {
    HTTP_ANNOUNCES,
    HTTP_SCRAPES,
    UDP_CONNECTS,
    UDP_ANNOUNCES,
    UDP_SCRAPES,
    /** Nonsense. */
    MALFORMED,
    /** Torrents that are not allowed, and everything new while the table is full. */
    REFUSED,
    /** Too many from one address. */
    FLOODED,
    /** Over UDP, with a connection id that was never given to the sender, or long ago. */
    UNPROVEN
  }

  private final long[] counters = new long[Counter.values().length];

  void count(Counter counter) {
    counters[counter.ordinal()]++;
  }

  long of(Counter counter) {
    return counters[counter.ordinal()];
  }

  /**
   * One JSON object in one line.
   *
   * @param now what the tracker holds, by names in lower case with underscores
   */
  String json(Map<String, Long> now) {
    StringJoiner members = new StringJoiner(",", "{", "}\n");
    Map<String, Long> all = new LinkedHashMap<>(now);
    for (Counter counter : Counter.values()) {
      all.put(name(counter), of(counter));
    }
    all.forEach((name, value) -> members.add("\"" + camelCase(name) + "\":" + value));
    return members.toString();
  }

  /** The text format of Prometheus, version 0.0.4; {@code now} as above. */
  String prometheus(Map<String, Long> now) {
    StringBuilder text = new StringBuilder();
    now.forEach((name, value) -> metric(text, PREFIX + name, "gauge", value));
    for (Counter counter : Counter.values()) {
      metric(text, PREFIX + name(counter) + "_total", "counter", of(counter));
    }
    return text.toString();
  }

  private static void metric(StringBuilder to, String name, String type, long value) {
    to.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    to.append(name).append(' ').append(value).append('\n');
  }

  private static String name(Counter counter) {
    return counter.name().toLowerCase(Locale.ROOT);
  }

  private static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_")) {
      boolean first = camel.length() == 0;
      camel.append(
          first ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return camel.toString();
  }
}
