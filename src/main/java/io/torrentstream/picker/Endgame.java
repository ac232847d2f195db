package io.torrentstream.picker;

/**
 * Which blocks a source may be asked for though others are asked already, because no OPEN block is
 * left for it. BEP 3 lets everyone ask for everything then, which wastes what arrives twice; here
 * it takes a reason to expect the block sooner:
 *
 * <ul>
 *   <li>all others asked are snubbed (at any time, not only in endgame), or
 *   <li>the source is more than twice as fast as any of them, or
 *   <li>the source is idle and only one other is asked: one block at a time, which finds out who of
 *       two apparent equals has stalled.
 * </ul>
 */
final class Endgame {
  /** Blocks that so many live sources (not snubbed) are asked for, or more, come last. */
  static final int MANY = 2;

  private static final int FASTER = 2;

  private final Source source;
  private final boolean endgame;
  private boolean idle;

  /**
   * @param endgame whether no OPEN block is left that anybody could send
   * @param idle whether the source is asked for nothing
   */
  Endgame(Source source, boolean endgame, boolean idle) {
    this.source = source;
    this.endgame = endgame;
    this.idle = idle;
  }

  /**
   * Whether to ask the source for a REQUESTED block. No limit is needed on how many are asked for
   * one: each further one must be twice as fast as all before.
   *
   * @param live how many others, not snubbed, are to be asked already, up to {@link #MANY}
   */
  boolean wants(DownloadingPiece piece, int block, int live) {
    if (piece.isAsked(block, source) || Math.min(live(piece, block), MANY) != live) {
      return false;
    }
    boolean worth =
        live == 0
            ? !source.isSnubbed() || idle
            : endgame && (isFaster(source.rate(), fastest(piece, block)) || idle && live == 1);
    if (worth) {
      idle = false;
    }
    return worth;
  }

  /** Whether two sources must not work on one piece, because one of them is on parole. */
  boolean mustNotMix(DownloadingPiece piece) {
    return !piece.isOnlyOf(source) && (source.onParole() || piece.isTrial());
  }

  /**
   * Whether the source should do a whole piece again rather than wait for those who work on it.
   * That may be so outside endgame, too: the piece may have OPEN blocks, which the source must not
   * have.
   */
  boolean wantsAnew(DownloadingPiece piece) {
    long fastest = -1;
    for (int b = last(piece); b >= 0; b = piece.previousRequested(b - 1)) {
      fastest = Math.max(fastest, fastest(piece, b));
    }
    boolean worth = fastest < 0 || isFaster(source.usualRate(), fastest);
    if (worth) {
      idle = false;
    }
    return worth;
  }

  private boolean isFaster(long rate, long others) {
    return !source.isSnubbed() && rate > FASTER * others;
  }

  static int last(DownloadingPiece piece) {
    return piece.previousRequested(piece.blockCount() - 1);
  }

  private static int live(DownloadingPiece piece, int block) {
    int live = 0;
    for (int i = 0; i < piece.askedCount(block); i++) {
      live += piece.asked(block, i).isSnubbed() ? 0 : 1;
    }
    return live;
  }

  /** The highest rate of those asked that are not snubbed, or -1. */
  private static long fastest(DownloadingPiece piece, int block) {
    long fastest = -1;
    for (int i = 0; i < piece.askedCount(block); i++) {
      Source asked = piece.asked(block, i);
      fastest = asked.isSnubbed() ? fastest : Math.max(fastest, asked.rate());
    }
    return fastest;
  }
}
