package io.torrentstream.session;

/** What a torrent is doing. */
public enum TorrentState {
  STOPPED,
  CHECKING,
  /** The info dictionary of a magnet link is not there yet. */
  METADATA,
  DOWNLOADING,
  SEEDING,
  ERROR
}
