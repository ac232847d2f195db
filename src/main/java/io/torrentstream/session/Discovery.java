package io.torrentstream.session;

/** A way to hear of peers besides being told by the user. */
public enum Discovery {
  /** The torrent's trackers, and those of the user (BEP 3, 12, 15). */
  TRACKERS,

  /** Peers that tell of each other (BEP 11). */
  PEX,

  /** Calls into the local network (BEP 14). */
  LSD,

  /** The DHT, where the session takes part in it (BEP 5). */
  DHT
}
