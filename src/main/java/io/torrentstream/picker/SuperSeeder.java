package io.torrentstream.picker;

import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which piece the only seed shows to whom, so that it has to upload little more than one copy (BEP
 * 16). It pretends to have nothing and shows each peer a single piece, one that is rare among the
 * others. The peer is shown another when somebody else has the first one, because then the peer has
 * passed it on.
 *
 * <p>Peers that have nobody to pass a piece on to, or do not get through to the others, must not
 * wait for ever: who is alone is shown the next piece at once, and anyone after a while. Confined
 * to the torrent's loop.
 */
public final class SuperSeeder {
  /** How long a peer that has its piece waits for others to have it, too. */
  static final long PATIENCE_NANOS = 30_000_000_000L;

  private static final int NONE = -1;

  /** A peer as the super-seeder sees it. Compared by identity. */
  public interface Peer {
    /** What it has; never longer than the torrent. */
    Bitfield pieces();

    /** Tell it that we have a piece. Must not call back. */
    void show(int piece);
  }

  /** What is known of a peer. */
  private final class Entry {
    final Peer peer;
    final Bitfield counted = new Bitfield(copies.length); // it has it, or was shown it
    int shown = NONE;
    boolean delivered; // it has the shown piece
    long deliveredNanos;

    Entry(Peer peer) {
      this.peer = peer;
    }
  }

  private final RandomGenerator random;
  private final List<Entry> entries = new ArrayList<>();

  /** How many peers have each piece or were shown it. */
  private final int[] copies;

  /**
   * @param random breaks ties, so that peers get different pieces
   */
  public SuperSeeder(int pieceCount, RandomGenerator random) {
    this.copies = new int[pieceCount];
    this.random = random;
  }

  /** A peer is connected, and is shown its first piece. */
  public void onPeer(Peer peer) {
    Entry entry = new Entry(peer);
    entries.add(entry);
    showNext(entry);
  }

  /** A peer is gone; it is not called any more. */
  public void onPeerGone(Peer peer) {
    Entry entry = entry(peer);
    if (entry != null) {
      entries.remove(entry);
      for (int p = entry.counted.nextSet(0); p >= 0; p = entry.counted.nextSet(p + 1)) {
        copies[p]--;
      }
    }
  }

  /** A peer has said what it has. */
  public void onPieces(Peer peer, long nowNanos) {
    Bitfield pieces = peer.pieces();
    for (int p = pieces.nextSet(0); p >= 0; p = pieces.nextSet(p + 1)) {
      onHave(peer, p, nowNanos);
    }
  }

  /** A peer has one more piece. */
  public void onHave(Peer peer, int piece, long nowNanos) {
    Entry entry = entry(peer);
    if (entry == null) {
      return;
    }
    count(entry, piece);
    for (Entry other : entries) {
      if (other != entry && other.shown == piece) {
        showNext(other);
      }
    }
    if (entry.shown == piece) {
      onDelivered(entry, nowNanos);
    }
  }

  /**
   * A peer was sent all of a piece. Many do not say that they have what we showed to them, because
   * they know that we have it.
   */
  public void onSent(Peer peer, int piece, long nowNanos) {
    Entry entry = entry(peer);
    if (entry != null && entry.shown == piece) {
      onDelivered(entry, nowNanos);
    }
  }

  private void onDelivered(Entry entry, long nowNanos) {
    entry.delivered = true;
    entry.deliveredNanos = nowNanos;
    boolean elsewhere = entries.size() == 1;
    for (Entry other : entries) {
      elsewhere |= other != entry && other.peer.pieces().get(entry.shown);
    }
    if (elsewhere) {
      showNext(entry);
    }
  }

  /** To be called about once a second. */
  public void onTick(long nowNanos) {
    for (Entry entry : entries) {
      boolean alone = entries.size() == 1;
      if (entry.delivered && (alone || nowNanos - entry.deliveredNanos > PATIENCE_NANOS)) {
        showNext(entry);
      }
    }
  }

  private Entry entry(Peer peer) {
    for (Entry entry : entries) {
      if (entry.peer == peer) {
        return entry;
      }
    }
    return null;
  }

  private void count(Entry entry, int piece) {
    if (entry.counted.set(piece)) {
      copies[piece]++;
    }
  }

  /** Shows the rarest piece that the peer neither has nor was shown. */
  private void showNext(Entry entry) {
    int best = NONE;
    int equals = 0;
    Bitfield counted = entry.counted;
    for (int p = counted.nextClear(0); p >= 0; p = counted.nextClear(p + 1)) {
      if (best != NONE && copies[p] > copies[best]) {
        continue;
      }
      equals = best == NONE || copies[p] < copies[best] ? 1 : equals + 1;
      if (random.nextInt(equals) == 0) { // the n-th of equals replaces the others once in n
        best = p;
      }
    }
    entry.shown = best;
    entry.delivered = false;
    if (best != NONE) {
      count(entry, best);
      entry.peer.show(best);
    }
  }
}
