package io.torrentstream.session;

/** A way to hear of peers besides being told by the user. */
public enum Discovery {
  /** The torrent's trackers, and those of the user (BEP 3, 12, 15). */
  TRACKERS,
  /** The DHT, where the session takes part in it (BEP 5); never for private torrents (BEP 27). */
  DHT
}
