package io.torrentstream.tool;

import io.torrentstream.tracker.CompactPeers;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Draws peers of one address family at random, none of them twice, from several runs of rows. It
 * costs as much as there are peers drawn, however large the swarm is: the rows are taken as a ring,
 * cut into as many arcs as peers are wanted, and one row is drawn of each arc. Where the first arc
 * begins is random too, so every row has the same chance. Not thread-safe.
 */
final class PeerDraw {
  /** Rows from {@code first} to the end but for one, which is passed over; -1: for none. */
  private record Run(PeerRows rows, int first, int skipped) {
    int count() {
      return rows.size() - first - (skipped >= first ? 1 : 0);
    }

    int row(int number) {
      int row = first + number;
      return skipped >= first && row >= skipped ? row + 1 : row;
    }
  }

  private final List<Run> runs = new ArrayList<>(3);
  private final boolean ipv6;
  private int total;

  PeerDraw(boolean ipv6) {
    this.ipv6 = ipv6;
  }

  /**
   * Adds rows to draw from.
   *
   * @param first the first of them; the others are all that follow
   * @param skipped not to be drawn, or -1
   */
  void add(PeerRows rows, int first, int skipped) {
    Run run = new Run(rows, first, skipped);
    runs.add(run);
    total += run.count();
  }

  /**
   * Draws.
   *
   * @param most 0 or more
   */
  CompactPeers draw(int most, boolean withPeerIds, RandomGenerator random) {
    int count = Math.min(most, total);
    CompactPeers drawn = CompactPeers.room(ipv6, count, withPeerIds);
    int begin = count == 0 ? 0 : random.nextInt(total);
    for (int i = 0; i < count; i++) {
      int arc = (int) ((long) i * total / count);
      int nextArc = (int) ((i + 1L) * total / count);
      copy((begin + random.nextInt(arc, nextArc)) % total, drawn, i);
    }
    return drawn;
  }

  /** Copies the peer at a place of the ring. */
  private void copy(int ring, CompactPeers to, int place) {
    int number = ring;
    for (Run run : runs) {
      if (number < run.count()) {
        run.rows().copy(run.row(number), to, place);
        return;
      }
      number -= run.count();
    }
  }
}
