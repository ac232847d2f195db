package io.torrentstream.storage;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.TorrentStorage.Unflushed;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Forces what the lanes wrote to the disk and then, not before, lists it in the resume data: state
 * that says "done" must never be more durable than what it speaks of. Confined to the flush thread.
 */
final class Checkpoints {
  private final TorrentInfo info;
  private final TorrentFiles files;
  private final Bitfield flushed;
  private final Stamp[] stamps;

  /** Verified, but some of their bytes may not be on the disk yet. */
  private final Bitfield verified;

  /** By target; none of the sets is empty. */
  private final Map<Integer, Set<Unflushed>> unflushed = new LinkedHashMap<>();

  private final BannedAddresses banned;
  private List<InetSocketAddress> savedBanned;
  private boolean changed;

  /**
   * @param have pieces that are right
   * @param flushed those of them that have been forced
   * @param stamps what the files looked like then
   * @param banned saved with the rest
   */
  Checkpoints(
      TorrentInfo info,
      TorrentFiles files,
      Bitfield have,
      Bitfield flushed,
      Stamp[] stamps,
      BannedAddresses banned) {
    this.info = info;
    this.files = files;
    this.flushed = flushed;
    this.stamps = stamps;
    this.banned = banned;
    this.savedBanned = banned.all();
    this.verified = new Bitfield(have.size());
    for (int p = have.nextSet(0); p >= 0; p = have.nextSet(p + 1)) {
      if (!flushed.get(p)) {
        verified.set(p);
        forEachTarget(p, target -> add(new FileStorage.UnflushedFile(files, target)));
      }
    }
    this.changed = !verified.isEmpty();
  }

  /** Takes over what one lane has written and verified since it was last asked. */
  void add(List<Unflushed> written, BitSet verifiedPieces) {
    written.forEach(this::add);
    verifiedPieces.stream().forEach(verified::set);
    changed |= !verifiedPieces.isEmpty();
  }

  private void add(Unflushed bytes) {
    unflushed.computeIfAbsent(bytes.target(), target -> new LinkedHashSet<>()).add(bytes);
  }

  /** Forces one file. */
  void force(int target) throws IOException {
    for (Unflushed bytes : unflushed.getOrDefault(target, Set.of())) {
      bytes.force();
    }
    files.force(target);
  }

  /**
   * Forces and saves. What the time does not allow stays for the next call, and is not listed.
   *
   * @param nanos how long to go on forcing; what is begun is finished
   */
  void save(StateDirectory state, long nanos) throws IOException {
    List<InetSocketAddress> bannedNow = banned.all();
    if (!changed && bannedNow.equals(savedBanned)) {
      return;
    }
    BitSet forced = new BitSet();
    long start = System.nanoTime();
    while (!unflushed.isEmpty() && System.nanoTime() - start < nanos) {
      forced.set(forceNext());
    }
    // A file that was not written since keeps its old stamp: a new one would hide what others did.
    for (int t = forced.nextSetBit(0); t >= 0; t = forced.nextSetBit(t + 1)) {
      stamps[t] = files.isUntouched(t) ? Stamp.of(files.path(t)) : null;
    }
    markFlushed();
    state.writeResume(new ResumeFile(flushed, stamps, bannedNow).encode(info));
    savedBanned = bannedNow;
    changed = !verified.isEmpty();
  }

  /** Forces a part of the file that has waited longest, and returns its target. */
  private int forceNext() throws StorageException {
    Map.Entry<Integer, Set<Unflushed>> file = unflushed.entrySet().iterator().next();
    Iterator<Unflushed> parts = file.getValue().iterator();
    try {
      parts.next().force();
    } catch (IOException e) {
      throw StorageException.of(files.path(file.getKey()), e);
    }
    parts.remove();
    if (!parts.hasNext()) {
      unflushed.remove(file.getKey());
    }
    return file.getKey();
  }

  private void markFlushed() {
    for (int p = verified.nextSet(0); p >= 0; p = verified.nextSet(p + 1)) {
      boolean[] all = {true};
      forEachTarget(p, target -> all[0] &= !unflushed.containsKey(target));
      if (all[0]) {
        verified.clear(p);
        flushed.set(p);
      }
    }
  }

  private void forEachTarget(int piece, IntConsumer visitor) {
    files.forEachSlice(
        piece,
        0,
        files.layout().pieceLength(piece),
        (target, offset, length) -> {
          if (target != TorrentFiles.PAD) {
            visitor.accept(target);
          }
        });
  }
}
