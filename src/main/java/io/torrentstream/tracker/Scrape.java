package io.torrentstream.tracker;

/** A scrape: how large a swarm is, without taking part in it (BEP 48). */
public final class Scrape {
  private Scrape() {}

  /**
   * The tracker's numbers for one torrent; -1 where it told none. Immutable.
   *
   * @param seeders peers that have everything now
   * @param leechers peers that do not
   * @param downloaded how often a download was completed, ever
   */
  public record Response(int seeders, int leechers, int downloaded) {}
}
