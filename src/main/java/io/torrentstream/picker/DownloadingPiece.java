package io.torrentstream.picker;

import io.torrentstream.util.Bitfield;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * A started piece: the state of each block, who is asked for it, and who sent it.
 *
 * <pre>
 *             ask                 receive
 *   OPEN ------------> REQUESTED ----------> RECEIVED
 *     ^                    |                     |
 *     +---- release -------+                     |   the last one asked gives up
 *     +---- startOver -----+---------------------+
 * </pre>
 *
 * <p>A block is nearly always asked of one source; the others of endgame are kept apart, so that a
 * piece of 64 MiB (4,096 blocks) costs one reference and two bits a block.
 */
final class DownloadingPiece {
  /** What is known of one block. */
  enum BlockState {
    OPEN,
    REQUESTED,
    RECEIVED
  }

  private static final Source[] NOBODY = {};

  private final int index;
  private final Bitfield open;
  private final Bitfield requested; // neither open nor requested: received
  private final Source[] sources; // by block: the first that was asked, then the one that sent it
  private Source[][] others; // by block: further ones that were asked; null until endgame
  private Source owner;
  private boolean shared;

  /** Where {@link PieceList} keeps this piece; belongs to that class. */
  PieceList list;

  int slot;

  DownloadingPiece(int index, int blockCount, Source owner) {
    this.index = index;
    this.open = new Bitfield(blockCount);
    this.requested = new Bitfield(blockCount);
    this.sources = new Source[blockCount];
    this.owner = owner;
    open.setAll();
  }

  int index() {
    return index;
  }

  int blockCount() {
    return sources.length;
  }

  /** The source that began this piece, or took it over; never null, perhaps gone by now. */
  Source owner() {
    return owner;
  }

  /** Whether any source but the owner was ever asked for, or sent, a block that still counts. */
  boolean isShared() {
    return shared;
  }

  /** Whether all that is known of this piece comes from one source, and that is this one. */
  boolean isOnlyOf(Source source) {
    return owner == source && !shared;
  }

  /** Whether the piece is a trial: its owner is on parole and must not be mixed with others. */
  boolean isTrial() {
    return !shared && owner.onParole();
  }

  BlockState state(int block) {
    if (open.get(block)) {
      return BlockState.OPEN;
    }
    return requested.get(block) ? BlockState.REQUESTED : BlockState.RECEIVED;
  }

  int openCount() {
    return open.count();
  }

  int requestedCount() {
    return requested.count();
  }

  boolean isReceived() {
    return open.isEmpty() && requested.isEmpty();
  }

  /** Nothing received and nobody asked: starting it has left no trace. */
  boolean isUntouched() {
    return open.isFull();
  }

  /** The first OPEN block at or after a number, or -1. */
  int nextOpen(int from) {
    return open.nextSet(from);
  }

  /** The last REQUESTED block at or before a number (which may be -1), or -1. */
  int previousRequested(int from) {
    return requested.previousSet(from);
  }

  /** Whether a source is asked for a REQUESTED block. */
  boolean isAsked(int block, Source source) {
    if (!requested.get(block)) {
      return false;
    }
    for (Source other : others(block)) {
      if (other == source) {
        return true;
      }
    }
    return sources[block] == source;
  }

  /** Gives the piece to another source, which goes on where the last owner stopped. */
  void adopt(Source newOwner) {
    shared |= newOwner != owner;
    owner = newOwner;
  }

  /** Forgets all blocks and who sent them; the piece belongs to {@code newOwner} alone. */
  void startOver(Source newOwner) {
    open.setAll();
    for (int block = 0; block < sources.length; block++) {
      requested.clear(block);
      sources[block] = null;
    }
    others = null;
    owner = newOwner;
    shared = false;
    newOwner.onStartOver(index);
  }

  /** OPEN to REQUESTED; or, in endgame, one more source for a REQUESTED block. */
  void ask(int block, Source source) {
    shared |= source != owner;
    if (open.clear(block)) {
      requested.set(block);
      sources[block] = source;
    } else if (requested.get(block) && !isAsked(block, source)) {
      addOther(block, source);
    } else {
      throw new IllegalStateException(index + "/" + block + ": " + state(block) + ", cannot ask");
    }
  }

  /** OPEN or REQUESTED to RECEIVED. Others who were asked stay known until they are visited. */
  void receive(int block, Source source) {
    shared |= source != owner;
    if (requested.clear(block)) {
      if (sources[block] != source) {
        addOther(block, sources[block]);
        dropOther(block, source);
      }
    } else if (!open.clear(block)) {
      throw new IllegalStateException(index + "/" + block + ": RECEIVED twice");
    }
    sources[block] = source;
  }

  /** A source will not send a REQUESTED block: OPEN again when nobody else is asked for it. */
  void release(int block, Source source) {
    if (!isAsked(block, source)) {
      return;
    }
    if (sources[block] != source) {
      dropOther(block, source);
      return;
    }
    Source[] rest = others(block);
    if (rest.length > 0) {
      sources[block] = rest[0];
      dropOther(block, rest[0]);
    } else {
      requested.clear(block);
      open.set(block);
      sources[block] = null;
    }
  }

  /** A source is gone; its piece falls to someone who is asked for a block of it, if anyone is. */
  void releaseAll(Source source) {
    for (int b = requested.nextSet(0); b >= 0; b = requested.nextSet(b + 1)) {
      release(b, source);
    }
    if (owner == source && !requested.isEmpty()) {
      adopt(sources[requested.nextSet(0)]);
    }
  }

  /** Whether a source is asked for any block. */
  boolean isAsked(Source source) {
    for (int b = requested.nextSet(0); b >= 0; b = requested.nextSet(b + 1)) {
      if (isAsked(b, source)) {
        return true;
      }
    }
    return false;
  }

  /** How many sources are asked for a block. */
  int askedCount(int block) {
    return requested.get(block) ? 1 + others(block).length : 0;
  }

  /** One of the sources that are asked for a block, 0..askedCount - 1. */
  Source asked(int block, int number) {
    return number == 0 ? sources[block] : others[block][number - 1];
  }

  /** Forgets, and returns, those who were asked for a block that someone else has sent. */
  List<Source> takeOthers(int block, Source except) {
    Source[] late = others(block);
    if (late.length == 0 || state(block) != BlockState.RECEIVED) {
      return Collections.emptyList(); // nearly always: its iterator, unlike List.of()'s, is shared
    }
    others[block] = null;
    List<Source> taken = new ArrayList<>(List.of(late));
    taken.remove(except);
    return taken;
  }

  /** Who sent each block of a piece that is received whole. */
  List<Source> senders() {
    return List.of(sources);
  }

  /** The distinct sources of the received blocks. */
  Set<Source> contributors() {
    Set<Source> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int block = 0; block < sources.length; block++) {
      if (state(block) == BlockState.RECEIVED) {
        distinct.add(sources[block]);
      }
    }
    return distinct;
  }

  private Source[] others(int block) {
    return others == null || others[block] == null ? NOBODY : others[block];
  }

  private void addOther(int block, Source source) {
    if (others == null) {
      others = new Source[sources.length][];
    }
    Source[] old = others(block);
    others[block] = Arrays.copyOf(old, old.length + 1);
    others[block][old.length] = source;
  }

  private void dropOther(int block, Source source) {
    Source[] old = others(block);
    for (int i = 0; i < old.length; i++) {
      if (old[i] == source) {
        others[block] = Arrays.copyOf(old, old.length - 1);
        System.arraycopy(old, i + 1, others[block], i, old.length - 1 - i);
        return;
      }
    }
  }

  /** Throws when the block states and the sources do not agree. */
  void checkInvariants() {
    for (int block = 0; block < sources.length; block++) {
      boolean both = open.get(block) && requested.get(block);
      boolean known = sources[block] != null;
      if (both || known == open.get(block) || known && isTwice(block)) {
        throw new IllegalStateException(index + "/" + block + ": " + state(block));
      }
      if (!shared && known && sources[block] != owner) {
        throw new IllegalStateException(index + "/" + block + ": shared, but not said so");
      }
    }
  }

  private boolean isTwice(int block) {
    Set<Source> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    distinct.add(sources[block]);
    Collections.addAll(distinct, others(block));
    return distinct.size() != 1 + others(block).length;
  }
}
