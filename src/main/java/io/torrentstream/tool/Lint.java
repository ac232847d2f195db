package io.torrentstream.tool;

import java.util.Locale;

/** What is most likely a mistake in a new torrent, and can be allowed. */
public enum Lint {
  /** A private torrent without a tracker: peers of it come from trackers alone (BEP 27). */
  PRIVATE_TRACKERLESS,

  /** Pieces whose length is no power of two, which some clients refuse. */
  UNEVEN_PIECE_LENGTH,

  /** Folders with nothing in them are lost: a torrent lists files only. */
  EMPTY_FOLDER,

  /** Only empty files: most clients refuse a torrent without a byte. */
  NO_DATA;

  /**
   * One thing that was found.
   *
   * @param message what, value, what was expected
   */
  public record Finding(Lint lint, String message) {}

  /** The word for it on the command line: {@code "no-data"}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
