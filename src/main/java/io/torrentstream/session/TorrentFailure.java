package io.torrentstream.session;

/** Why a torrent ended without its data. The message is one line, safe to print. */
public final class TorrentFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** The stable words of the JSON output. */
  public enum Reason {
    NO_PEERS,
    TRACKERS_FAILED,
    STALLED,
    /** Data that is to be seeded is missing or wrong. */
    BAD_DATA,
    DISK_FULL,
    PERMISSION,
    IO,
    BUG
  }

  private final Reason reason;

  public TorrentFailure(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
