package io.torrentstream.session;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.util.Digests;
import io.torrentstream.util.ProtocolException;
import io.torrentstream.wire.UtMetadata;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Puts an info dictionary together from the pieces that several peers send at the same time (BEP
 * 9). There is no hash of a piece, only one of the whole, and even the size is but the word of
 * whoever sends it. So:
 *
 * <ul>
 *   <li>Peers that name the same size work on one {@link Attempt} together. Whoever names another
 *       size works on another, and can do no harm to the first.
 *   <li>When an attempt turns out wrong and one peer sent all of it, that peer is to blame, and
 *       asked no more. If there were several, each becomes a suspect, and works on an attempt of
 *       its own from then on: the honest ones are right with it, and the others show.
 *   <li>A piece that does not come within a second is asked of another peer, too, and of one that
 *       has nothing else to do at once; after ten seconds, or a refusal, the peer has a pause that
 *       doubles each time.
 *   <li>Memory grows as pieces come, never with what a peer promises. When all attempts together
 *       hold more than {@value #MAX_HELD_BYTES} bytes, the largest is given up.
 * </ul>
 *
 * Pure: time comes in, effects go out through the {@link Mediator}. Confined to the torrent's loop.
 *
 * @param <P> a peer; compared by identity
 */
final class MetadataAssembler<P> {
  /** Pieces that are asked of one peer at a time. */
  static final int MAX_ASKED = 8;

  /** Peers that one piece is asked of at a time, if they have nothing else to do. */
  static final int MAX_ASKERS = 3;

  static final int MAX_HELD_BYTES = 64 * 1024 * 1024;

  /** Pieces that nobody asked for, or that came too late; then the peer is a nuisance. */
  static final int MAX_USELESS = 64;

  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LEAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MOST_DOUBLINGS = 6;

  /** What the assembler does to the world. It may be called back from within any of these. */
  interface Mediator<P> {
    /** Asks a peer for a piece. */
    void request(P peer, int piece);

    /** How many pieces a peer may be asked for at a time, at most {@link #MAX_ASKED}. */
    int window(P peer);

    /** A peer sent metadata that is wrong, all of it alone; it is asked no more. */
    void onWrong(P peer);

    /** Here it is, with the right hash; nothing is asked for any more. */
    void onInfo(byte[] info);
  }

  /** What is known of a peer that has the metadata. */
  private static final class Source<P> {
    final P peer;
    final int size;

    /** What was asked of it, and when. */
    final Map<Integer, Long> asked = new LinkedHashMap<>();

    Attempt<P> attempt;
    boolean suspect;
    int failures;
    long pausedUntilNanos;
    boolean paused;
    int useless;

    Source(P peer, int size) {
      this.peer = peer;
      this.size = size;
    }
  }

  /** Metadata of one size as far as it has come. */
  private static final class Attempt<P> {
    final int size;
    final byte[][] pieces;
    final Set<Source<P>> members = new LinkedHashSet<>();
    final Set<P> senders = new HashSet<>();

    /** How many peers each piece is asked of now, and when it was last asked. */
    final int[] askers;

    final long[] askedNanos;
    int received;
    int heldBytes;

    Attempt(int size) {
      this.size = size;
      this.pieces = new byte[UtMetadata.pieceCount(size)][];
      this.askers = new int[pieces.length];
      this.askedNanos = new long[pieces.length];
    }

    /**
     * A piece to ask of a member now, or -1.
     *
     * @param idle whether it may also be one that others are quick enough with
     */
    int next(Source<P> member, boolean idle, long nowNanos) {
      int second = -1;
      for (int i = 0; i < pieces.length; i++) {
        if (pieces[i] != null || member.asked.containsKey(i)) {
          continue;
        }
        if (askers[i] == 0 || nowNanos - askedNanos[i] > PATIENCE_NANOS) {
          return i;
        }
        if (idle && second < 0 && askers[i] < MAX_ASKERS) {
          second = i;
        }
      }
      return second;
    }

    void put(int piece, byte[] data, P sender) {
      if (pieces[piece] == null) {
        pieces[piece] = data;
        received++;
        heldBytes += data.length;
        senders.add(sender);
      }
    }

    byte[] assembled() {
      byte[] whole = new byte[size];
      for (int i = 0; i < pieces.length; i++) {
        System.arraycopy(pieces[i], 0, whole, i * UtMetadata.PIECE_BYTES, pieces[i].length);
      }
      return whole;
    }
  }

  private final InfoHash infoHash;
  private final Mediator<P> mediator;
  private final Map<P, Source<P>> sources = new LinkedHashMap<>();
  private final Set<Attempt<P>> attempts = new LinkedHashSet<>();
  private boolean done;

  MetadataAssembler(InfoHash infoHash, Mediator<P> mediator) {
    this.infoHash = infoHash;
    this.mediator = mediator;
  }

  /** Asks for nothing any more. */
  void close() {
    done = true;
    sources.clear();
    attempts.clear();
  }

  /** How many peers say that they have it. */
  int sourceCount() {
    return sources.size();
  }

  /** Bytes that have come of the attempt that is furthest. */
  int received() {
    return attempts.stream().mapToInt(attempt -> attempt.heldBytes).max().orElse(0);
  }

  /**
   * A peer says that it has the metadata.
   *
   * @param size bytes, 1..{@link UtMetadata#MAX_BYTES}; 0 when it says that it has none
   */
  void onSize(P peer, int size, long nowNanos) {
    Source<P> known = sources.get(peer);
    if (done || size == (known == null ? 0 : known.size)) {
      return;
    }
    onGone(peer, nowNanos);
    if (size > 0) {
      Source<P> source = new Source<>(peer, size);
      source.suspect = known != null; // it has told two stories
      sources.put(peer, source);
      join(source, nowNanos);
    }
  }

  /** Works on the attempt of all who name that size; a suspect on its own. */
  private void join(Source<P> source, long nowNanos) {
    Attempt<P> attempt = source.suspect ? null : shared(source.size);
    if (attempt == null) {
      attempt = new Attempt<>(source.size);
      attempts.add(attempt);
    }
    source.attempt = attempt;
    attempt.members.add(source);
    fill(source, nowNanos);
  }

  private Attempt<P> shared(int size) {
    for (Attempt<P> attempt : attempts) {
      if (attempt.size == size && attempt.members.stream().noneMatch(member -> member.suspect)) {
        return attempt;
      }
    }
    return null;
  }

  /** A peer is gone. */
  void onGone(P peer, long nowNanos) {
    Source<P> source = sources.remove(peer);
    if (source == null) {
      return;
    }
    Attempt<P> attempt = source.attempt;
    reopen(source);
    attempt.members.remove(source);
    if (attempt.members.isEmpty()) {
      attempts.remove(attempt);
    }
    fillAll(attempt, nowNanos);
  }

  /**
   * A piece came; whether it was asked for is seen here.
   *
   * @throws ProtocolException when it does not fit what the peer said before
   */
  void onData(P peer, UtMetadata data, long nowNanos) throws ProtocolException {
    Source<P> source = sources.get(peer);
    if (source == null || done) {
      return;
    }
    if (source.asked.remove(data.piece()) == null) {
      if (++source.useless > MAX_USELESS) {
        throw new ProtocolException(
            "ut_metadata data: piece " + data.piece() + " (expected: one that was asked for)");
      }
      return;
    }
    if (data.totalSize() != source.size) {
      throw new ProtocolException(
          "ut_metadata total_size: " + data.totalSize() + " (expected: " + source.size + ")");
    }
    int length = UtMetadata.pieceLength(data.piece(), source.size);
    if (data.data().length != length) {
      throw new ProtocolException(
          "ut_metadata data: " + data.data().length + " bytes (expected: " + length + ")");
    }
    source.failures = 0;
    source.attempt.askers[data.piece()]--;
    source.attempt.put(data.piece(), data.data(), peer);
    if (source.attempt.received == source.attempt.pieces.length) {
      finish(source.attempt, nowNanos);
    } else {
      limitMemory(nowNanos);
      fill(source, nowNanos);
    }
  }

  /** A peer refused a piece. */
  void onReject(P peer, int piece, long nowNanos) {
    Source<P> source = sources.get(peer);
    if (source != null && source.asked.containsKey(piece)) {
      pause(source, nowNanos);
      fillAll(source.attempt, nowNanos);
    }
  }

  /** Once a second: gives up on answers that do not come, and asks others. */
  void onTick(long nowNanos) {
    for (Source<P> source : sources.values()) {
      if (source.asked.values().stream().anyMatch(asked -> nowNanos - asked > TIMEOUT_NANOS)) {
        pause(source, nowNanos);
      }
    }
    List.copyOf(attempts).forEach(attempt -> fillAll(attempt, nowNanos));
  }

  /** Every piece is there: is it what the link names? */
  private void finish(Attempt<P> attempt, long nowNanos) {
    byte[] whole = attempt.assembled();
    if (infoHash.equals(InfoHash.of(Digests.sha1().digest(whole)))) {
      close();
      mediator.onInfo(whole);
      return;
    }
    attempts.remove(attempt);
    List<Source<P>> members = new ArrayList<>(attempt.members);
    if (attempt.senders.size() == 1) {
      P liar = attempt.senders.iterator().next();
      members.remove(sources.remove(liar));
      mediator.onWrong(liar);
    }
    for (Source<P> member : members) {
      member.asked.clear(); // late answers count as useless, but are too few to matter
      member.suspect |= attempt.senders.contains(member.peer);
    }
    // The peers that took no part in it first: there is nothing against them.
    members.sort(Comparator.comparing(member -> member.suspect));
    for (Source<P> member : members) {
      if (sources.get(member.peer) == member) { // a ban may have ended more than one
        join(member, nowNanos);
      }
    }
  }

  private void limitMemory(long nowNanos) {
    long held = attempts.stream().mapToLong(attempt -> attempt.heldBytes).sum();
    if (held <= MAX_HELD_BYTES) {
      return;
    }
    Attempt<P> largest =
        attempts.stream().max(Comparator.comparingInt(attempt -> attempt.heldBytes)).orElseThrow();
    attempts.remove(largest);
    for (Source<P> member : largest.members) {
      member.failures = MOST_DOUBLINGS;
      pause(member, nowNanos);
      join(member, nowNanos);
    }
  }

  private void pause(Source<P> source, long nowNanos) {
    reopen(source);
    source.paused = true;
    source.pausedUntilNanos = nowNanos + (LEAST_PAUSE_NANOS << source.failures);
    source.failures = Math.min(source.failures + 1, MOST_DOUBLINGS);
  }

  /** What was asked of a peer is to be asked of others. */
  private void reopen(Source<P> source) {
    for (int piece : source.asked.keySet()) {
      source.attempt.askers[piece]--;
    }
    source.asked.clear();
  }

  private void fillAll(Attempt<P> attempt, long nowNanos) {
    List.copyOf(attempt.members).forEach(member -> fill(member, nowNanos));
  }

  private void fill(Source<P> source, long nowNanos) {
    if (done || source.paused && nowNanos - source.pausedUntilNanos < 0) {
      return;
    }
    source.paused = false;
    while (source.asked.size() < mediator.window(source.peer)) {
      int piece = source.attempt.next(source, source.asked.isEmpty(), nowNanos);
      if (piece < 0) {
        return;
      }
      source.asked.put(piece, nowNanos);
      source.attempt.askers[piece]++;
      source.attempt.askedNanos[piece] = nowNanos;
      mediator.request(source.peer, piece);
    }
  }
}
