package io.torrentstream.tool;

/** How long the pieces of a torrent are. Pure functions. */
public final class PieceLength {
  /** One block: what is requested at a time. */
  public static final int MIN = 16 * 1024;

  /** The largest power of two that tsl and libtorrent read. */
  public static final int MAX = 256 * 1024 * 1024;

  /** Larger pieces are slow to verify and to pass on, and some clients refuse them. */
  private static final int MAX_AUTOMATIC = 16 * 1024 * 1024;

  private static final int MANY_PIECES = 2000;

  private PieceLength() {}

  /**
   * The length that gives about 1,000 to 2,000 pieces: fewer are slow to spread in a swarm, more
   * make a large .torrent. A power of two from 16 KiB to 16 MiB.
   */
  public static int of(long contentLength) {
    int length = MIN;
    while (length < MAX_AUTOMATIC && (contentLength - 1) / length >= MANY_PIECES) {
      length *= 2;
    }
    return length;
  }

  /** Whether a length is a power of two, which some clients ask for. */
  static boolean isPowerOfTwo(int length) {
    return Integer.bitCount(length) == 1;
  }
}
