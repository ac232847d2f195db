package io.torrentstream.session;

/** What a torrent is doing. */
public enum TorrentState {
  STOPPED,
  CHECKING,
  DOWNLOADING,
  SEEDING,
  ERROR
}
