package io.torrentstream.session;

import io.torrentstream.storage.StorageException;

/** Why a torrent ended without its data. The message is one line, safe to print. */
public final class TorrentFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** The stable words of the JSON output. */
  public enum Reason {
    NO_PEERS,
    TRACKERS_FAILED,
    STALLED,
    /** Nobody gave the info dictionary of a magnet link in time. */
    METADATA_TIMEOUT,
    /** It was given, and is no torrent that can be used. */
    INVALID_TORRENT,
    /** It was given, and the link asks for what is not in it. */
    INVALID_MAGNET,
    /** It was given, and the user asked for what is not in it. */
    USAGE,
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

  /** The disk failed. */
  static TorrentFailure of(StorageException fault) {
    Reason reason =
        switch (fault.kind()) {
          case DISK_FULL -> Reason.DISK_FULL;
          case PERMISSION -> Reason.PERMISSION;
          case IO -> Reason.IO;
        };
    return new TorrentFailure(reason, fault.getMessage(), fault);
  }

  /** What is there is not enough to seed. */
  static TorrentFailure unfitToShare(
      String name, Progress progress, TorrentOptions.Seeding seeding) {
    String bytes = progress.verified() + " of " + progress.wanted() + " bytes";
    String found = progress.left() == 0 ? bytes + ", but not every file" : bytes;
    String expected = seeding.partial() ? "some" : "all";
    return new TorrentFailure(
        Reason.BAD_DATA, name + ": fit to share " + found + " (expected: " + expected + ")", null);
  }

  public Reason reason() {
    return reason;
  }
}
