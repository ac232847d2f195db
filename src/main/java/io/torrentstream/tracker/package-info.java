/**
 * What is said to trackers and when: {@link io.torrentstream.tracker.Announce} and {@link
 * io.torrentstream.tracker.Scrape} (the values), {@link io.torrentstream.tracker.HttpTrackerCodec}
 * and {@link io.torrentstream.tracker.UdpTrackerCodec} (their bytes), {@link
 * io.torrentstream.tracker.HttpTrackerQuery}, {@link
 * io.torrentstream.tracker.HttpTrackerServerCodec} and {@link
 * io.torrentstream.tracker.UdpTrackerServerCodec} (the same from a tracker's side), {@link
 * io.torrentstream.tracker.TrackerTiers} (which tracker next, and when). BEP 3, 7, 12, 15, 23, 24,
 * 31, 41, 48. Pure: no sockets, threads, clocks or random numbers of its own. Values are immutable;
 * {@code TrackerTiers} is confined to its torrent's loop.
 */
package io.torrentstream.tracker;
