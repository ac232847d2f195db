package io.torrentstream.cli;

import io.torrentstream.session.TorrentState;
import io.torrentstream.session.TorrentStatus;

/** A torrent's status as a person reads it. Pure. */
final class StatusText {
  private static final int LONGEST_BAR = 40;

  private StatusText() {}

  /** For a terminal: as much of a bar as there is room for, then the numbers. */
  static String live(TorrentStatus status, int width) {
    String numbers = line(status);
    boolean moving =
        status.state() == TorrentState.CHECKING || status.state() == TorrentState.DOWNLOADING;
    return moving ? withBar(percent(status), numbers, width) : numbers;
  }

  /** Numbers with as much of a bar before them as there is room for in a terminal. */
  static String withBar(int percent, String numbers, int width) {
    // Brackets, a blank, and the last column, which would make some terminals wrap.
    int room = Math.min(LONGEST_BAR, width - numbers.length() - 4);
    return room >= 5 ? bar(percent, room) + " " + numbers : numbers;
  }

  /** How many characters of a live text are its bar; 0 when it has none. */
  static int barLength(String live) {
    return live.startsWith("[") ? live.indexOf(']') + 1 : 0;
  }

  private static String bar(int percent, int length) {
    int full = length * percent / 100;
    return "[" + "#".repeat(full) + "-".repeat(length - full) + "]";
  }

  /** One line, whatever the state. */
  static String line(TorrentStatus status) {
    return switch (status.state()) {
      case CHECKING -> percent(status) + "% checked of " + Units.bytes(status.wanted());
      case METADATA -> metadata(status);
      case DOWNLOADING -> downloading(status);
      case SEEDING -> "seeding, " + Units.bytes(status.uploaded()) + " sent, " + traffic(status);
      case STOPPED, ERROR -> "stopping";
    };
  }

  private static String metadata(TorrentStatus status) {
    if (status.peers() == 0) {
      return "metadata, " + waiting(status);
    }
    return "metadata, "
        + Units.count(status.peers(), "peer")
        + ", "
        + status.seeds()
        + " with it, "
        + Units.bytes(status.checked())
        + " here";
  }

  private static int percent(TorrentStatus status) {
    long done = status.state() == TorrentState.CHECKING ? status.checked() : status.verified();
    return Units.percent(done, status.wanted());
  }

  private static String downloading(TorrentStatus status) {
    String text = percent(status) + "% of " + Units.bytes(status.wanted()) + ", ";
    if (status.peers() + status.webSeeds() == 0) {
      return text + waiting(status);
    }
    long eta = status.etaSeconds();
    return text + traffic(status) + (eta < 0 ? "" : ", ETA " + Units.clock(eta));
  }

  private static String waiting(TorrentStatus status) {
    if (status.trackerError() != null) {
      return "no peers: " + status.trackerError();
    }
    return status.knownAddresses() == 0
        ? "looking for peers"
        : "connecting to " + Units.count(status.knownAddresses(), "peer");
  }

  private static String traffic(TorrentStatus status) {
    String down = status.state() == TorrentState.DOWNLOADING ? rate(status.downRate(), "down") : "";
    String up = status.upRate() > 0 || down.isEmpty() ? rate(status.upRate(), "up") : "";
    String peers = Units.count(status.peers(), "peer");
    if (status.webSeeds() == 0) {
      return down + up + peers;
    }
    String webSeeds = Units.count(status.webSeeds(), "web seed");
    return down + up + (status.peers() == 0 ? webSeeds : peers + ", " + webSeeds);
  }

  private static String rate(long bytesPerSecond, String direction) {
    return Units.rate(bytesPerSecond) + " " + direction + ", ";
  }
}
