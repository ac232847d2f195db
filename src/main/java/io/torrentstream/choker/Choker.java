package io.torrentstream.choker;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides which of a torrent's peers may download from us. There is a number of slots; only
 * interested peers get one.
 *
 * <ul>
 *   <li><b>Downloading</b> (BEP 3): those who send us most have the regular slots, looked at anew
 *       every 10 s. One slot in five, at least one, is optimistic: it goes to someone at random for
 *       30 s, so that new peers can show what they give. A peer that snubs us has no regular slot.
 *   <li><b>Seeding</b>: a slot is kept for a spell of a minute, then those who waited longest are
 *       next; where nobody waits, the fastest stay.
 * </ul>
 *
 * <p>A slot that is free goes to the next interested peer at once; only taking one away waits for
 * the round. Confined to the torrent's loop. {@link Peer#choke} and {@link Peer#unchoke} are called
 * last in each method, when all is decided, and may call this choker.
 */
public final class Choker {
  /** The time between two calls of {@link #round}. */
  public static final long ROUND_NANOS = 10_000_000_000L;

  private static final int OPTIMISTIC_ROUNDS = 3;
  private static final int OPTIMISTIC_SHARE = 5;
  private static final int NEW_PEER_WEIGHT = 3;
  private static final long SPELL_NANOS = 60_000_000_000L;

  private static final int FEW_SLOTS = 4;
  private static final int USUAL_SLOTS = 8;
  private static final int MOST_SLOTS = 32;

  /** A peer as the choker sees it. Compared by identity. */
  public interface Peer {
    /** It wants something we have (peerInterested). */
    boolean isInterested();

    /** It owes us blocks and has sent none for long. */
    boolean isSnubbed();

    /** Payload bytes per second it sends us. */
    long downRate();

    /** Payload bytes per second we send it. */
    long upRate();

    /** It may download no longer: send Choke and drop what it asked for. */
    void choke();

    /** It may download: send Unchoke. */
    void unchoke();
  }

  /** What a peer has; among equals, those further up keep it. */
  private enum Slot {
    REGULAR,
    OPTIMISTIC,
    NONE
  }

  /** What the choker knows of a peer. */
  private static final class Entry {
    final Peer peer;
    final long connectedNanos;
    Slot slot = Slot.NONE;
    Slot next = Slot.NONE; // while deciding
    boolean told; // that it is unchoked
    boolean gone;
    long sinceNanos; // it got or lost its slot, or connected
    long rate; // while ranking: what counts, bytes per second
    int lot; // while ranking: a random number that breaks ties

    Entry(Peer peer, long nowNanos) {
      this.peer = peer;
      this.connectedNanos = nowNanos;
      this.sinceNanos = nowNanos;
    }
  }

  private final RandomGenerator random;
  private final List<Entry> entries = new ArrayList<>();
  private int slots = USUAL_SLOTS;
  private boolean seeding;
  private int rounds;

  public Choker(RandomGenerator random) {
    this.random = random;
  }

  /**
   * How many slots suit an upload: with a low limit few, so that each is worth having; one more for
   * each 256 KiB/s that go out, so that many slow peers can fill a fast line.
   *
   * @param maxUpRate the limit in bytes per second, 0 for none
   * @param upRate what goes out now, in bytes per second
   * @return 4..32
   */
  public static int slotsFor(long maxUpRate, long upRate) {
    long least =
        maxUpRate == 0 ? USUAL_SLOTS : clamp(maxUpRate / (16 * 1024), FEW_SLOTS, USUAL_SLOTS);
    return (int) clamp(least + upRate / (256 * 1024), FEW_SLOTS, MOST_SLOTS);
  }

  private static long clamp(long value, long least, long most) {
    return Math.max(least, Math.min(value, most));
  }

  /** Takes effect at the next event or round. */
  public void setSlots(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("slots: " + count + " (expected: >= 1)");
    }
    slots = count;
  }

  /** Whether we have everything we want. Takes effect at the next event or round. */
  public void setSeeding(boolean seeding) {
    this.seeding = seeding;
  }

  /** A peer is connected; it is choked until told otherwise (BEP 3). */
  public void onPeer(Peer peer, long nowNanos) {
    entries.add(new Entry(peer, nowNanos));
    onInterestChanged(nowNanos);
  }

  /** A peer is gone; its slot goes to another at once. It is not called any more. */
  public void onPeerGone(Peer peer, long nowNanos) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).peer == peer) {
        entries.remove(i).gone = true;
        onInterestChanged(nowNanos);
        return;
      }
    }
  }

  /** {@link Peer#isInterested} changed: a slot may be free, or a free one may be of use. */
  public void onInterestChanged(long nowNanos) {
    int optimistic = optimisticSlots();
    for (Entry entry : entries) {
      entry.next = entry.peer.isInterested() ? entry.slot : Slot.NONE;
      if (entry.next == Slot.OPTIMISTIC && --optimistic < 0) {
        entry.next = Slot.REGULAR; // there are fewer now, but slots are taken away in rounds only
      }
    }
    fillFree(nowNanos);
    apply(nowNanos);
  }

  /** How many peers have a slot. */
  public int unchokedCount() {
    int count = 0;
    for (Entry entry : entries) {
      count += entry.slot == Slot.NONE ? 0 : 1;
    }
    return count;
  }

  /** Gives the slots to those who deserve them now; to be called every 10 s. */
  public void round(long nowNanos) {
    boolean rotate = rounds++ % OPTIMISTIC_ROUNDS == 0;
    int optimistic = rotate ? 0 : optimisticSlots();
    for (Entry entry : entries) {
      entry.next = Slot.NONE;
      if (entry.slot == Slot.OPTIMISTIC && entry.peer.isInterested() && --optimistic >= 0) {
        entry.next = Slot.OPTIMISTIC;
      }
    }
    fillFree(nowNanos);
    apply(nowNanos);
  }

  /** Gives away the slots that nobody has in {@code next}. */
  private void fillFree(long nowNanos) {
    if (count(Slot.NONE) <= entries.size() - slots) {
      return; // the usual case, cheap because peers may change their interest at any rate
    }
    int regular = slots - optimisticSlots() - count(Slot.REGULAR);
    for (Entry entry : ranked(nowNanos)) {
      if (regular > 0 && entry.next != Slot.REGULAR) {
        entry.next = Slot.REGULAR;
        regular--;
      }
    }
    int optimistic = Math.min(optimisticSlots(), slots - count(Slot.REGULAR));
    for (int free = optimistic - count(Slot.OPTIMISTIC); free > 0; free--) {
      // Those who have had their turn only when there is nobody else.
      if (!draw(nowNanos, false) && !draw(nowNanos, true)) {
        return;
      }
    }
  }

  private int optimisticSlots() {
    return seeding ? 0 : Math.max(1, slots / OPTIMISTIC_SHARE);
  }

  private int count(Slot slot) {
    int count = 0;
    for (Entry entry : entries) {
      count += entry.next == slot ? 1 : 0;
    }
    return count;
  }

  /** The peers that may have a regular slot, the best first. */
  private List<Entry> ranked(long nowNanos) {
    List<Entry> ranked = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.peer.isInterested() && (seeding || !entry.peer.isSnubbed())) {
        entry.rate = seeding ? entry.peer.upRate() : entry.peer.downRate();
        entry.lot = random.nextInt();
        ranked.add(entry);
      }
    }
    ranked.sort((a, b) -> seeding ? compareSpells(a, b, nowNanos) : compareGifts(a, b));
    return ranked;
  }

  /** Among equals, such as all peers in the first seconds, those who have a slot keep it. */
  private static int compareGifts(Entry a, Entry b) {
    if (a.rate != b.rate) {
      return Long.compare(b.rate, a.rate);
    }
    return a.slot != b.slot ? a.slot.compareTo(b.slot) : Integer.compare(a.lot, b.lot);
  }

  private static int compareSpells(Entry a, Entry b, long nowNanos) {
    int turns = Integer.compare(turn(a, nowNanos), turn(b, nowNanos));
    if (turns != 0) {
      return turns;
    }
    if (a.slot != Slot.NONE && a.rate != b.rate) { // both have a slot, or neither has
      return Long.compare(b.rate, a.rate);
    }
    long longer = a.sinceNanos - b.sinceNanos;
    return longer != 0 ? Long.signum(longer) : Integer.compare(a.lot, b.lot);
  }

  /** First those amid their spell, then those who wait, then those who had their spell. */
  private static int turn(Entry entry, long nowNanos) {
    if (entry.slot == Slot.NONE) {
      return 1;
    }
    return nowNanos - entry.sinceNanos < SPELL_NANOS ? 0 : 2;
  }

  /**
   * Gives an optimistic slot to an interested peer without one, at random; a new peer is three
   * times as likely to get it (BEP 3).
   *
   * @param again whether those count too that have the slot until now
   */
  private boolean draw(long nowNanos, boolean again) {
    int total = 0;
    for (Entry entry : entries) {
      total += weight(entry, nowNanos, again);
    }
    if (total == 0) {
      return false;
    }
    int ticket = random.nextInt(total);
    for (Entry entry : entries) {
      ticket -= weight(entry, nowNanos, again);
      if (ticket < 0) {
        entry.next = Slot.OPTIMISTIC;
        break;
      }
    }
    return true;
  }

  private static int weight(Entry entry, long nowNanos, boolean again) {
    boolean had = entry.slot == Slot.OPTIMISTIC;
    if (entry.next != Slot.NONE || !entry.peer.isInterested() || had && !again) {
      return 0;
    }
    boolean isNew = nowNanos - entry.connectedNanos < OPTIMISTIC_ROUNDS * ROUND_NANOS;
    return isNew ? NEW_PEER_WEIGHT : 1;
  }

  private void apply(long nowNanos) {
    for (Entry entry : entries) {
      if (entry.slot == Slot.NONE != (entry.next == Slot.NONE)) {
        entry.sinceNanos = nowNanos;
      }
      entry.slot = entry.next;
    }
    tell(false);
    tell(true);
  }

  /** Tells those who do not know yet. What they do then may change entries, and whom to tell. */
  private void tell(boolean unchoked) {
    for (Entry entry : List.copyOf(entries)) {
      boolean hasSlot = entry.slot != Slot.NONE;
      if (hasSlot == unchoked && entry.told != unchoked && !entry.gone) {
        entry.told = unchoked;
        if (unchoked) {
          entry.peer.unchoke();
        } else {
          entry.peer.choke();
        }
      }
    }
  }
}
