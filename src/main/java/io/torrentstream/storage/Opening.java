package io.torrentstream.storage;

import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.Survey.View;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Finds out what of a torrent is on disk when it starts, and makes the files it will be written to.
 * A file under its own name that turns out complete stays untouched. One that does not is never
 * written to: what is good in it is copied to {@code NAME.part}, which takes its place once it is
 * complete. Used once; its steps run on the lanes, one after the other.
 */
final class Opening {

  /**
   * What was found.
   *
   * @param have pieces that are on disk and right
   * @param whole whether all files are, which pieces cannot tell: some files have no byte in any
   * @param flushed those of them known to have been forced
   * @param stamps of the files as the resume data knew them, null for all others
   * @param unwritten bytes for which room is still needed
   * @param banned those whom the resume data named
   */
  record Result(
      Bitfield have,
      boolean whole,
      Bitfield flushed,
      Stamp[] stamps,
      long unwritten,
      BannedAddresses banned) {}

  /** What the opening reports while it runs, on any lane. */
  interface Monitor {
    /** Bytes checked so far; may throw to end the opening. */
    void onChecked(long bytes);

    /** A file lacked only its own name, and got it. */
    void onFileCompleted(Path path);

    void onWarning(String oneLine);
  }

  private final TorrentInfo info;
  private final PieceLayout layout;
  private final TorrentFiles files;
  private final Bitfield wanted;
  private final StorageOptions options;
  private final DiskLanes lanes;
  private final Monitor monitor;
  private final Survey survey;
  private final Stamp[] stamps;

  /** Files under their own names, before anything was hashed. */
  private final Stamp[] seen;

  /** Pieces that are right; the three below are parts of it. */
  private final Bitfield good;

  /** Vouched for by resume data. */
  private final Bitfield trusted;

  /** Right where files under their own names are read first. */
  private final Bitfield goodByName;

  /** With bytes in a file under its own name that is not complete. */
  private final Bitfield misplaced;

  /** Files that are complete under their own names. */
  private final Bitfield inPlace;

  /** Bytes of pieces that are not right, but whose room on the disk is taken already. */
  private long occupied;

  private final List<InetSocketAddress> banned = new ArrayList<>();

  Opening(
      TorrentInfo info,
      TorrentFiles files,
      Bitfield wanted,
      StorageOptions options,
      DiskLanes lanes,
      Monitor monitor) {
    this.info = info;
    this.layout = info.layout();
    this.files = files;
    this.wanted = wanted;
    this.options = options;
    this.lanes = lanes;
    this.monitor = monitor;
    this.survey = new Survey(files);
    this.stamps = new Stamp[files.edges() + 1];
    this.seen = new Stamp[files.edges()];
    this.good = new Bitfield(layout.pieceCount());
    this.trusted = new Bitfield(layout.pieceCount());
    this.goodByName = new Bitfield(layout.pieceCount());
    this.misplaced = new Bitfield(layout.pieceCount());
    this.inPlace = new Bitfield(files.edges() + 1);
  }

  /** Called on a lane. */
  CompletableFuture<Result> run(Folders folders, StateDirectory state) {
    return CompletableFuture.completedFuture(state)
        .thenCompose(
            step(
                locked -> {
                  look(folders, locked);
                  return recheck(View.NAME_FIRST);
                }))
        .thenCompose(named -> recheck(View.PART_FIRST))
        .thenCompose(checked -> countOccupied())
        .thenCompose(step(counted -> settleFiles()))
        .thenCompose(made -> moveMisplaced())
        .thenCompose(step(moved -> CompletableFuture.completedFuture(finish())));
  }

  /** A step that may fail. */
  @FunctionalInterface
  private interface Step<A, B> {
    CompletableFuture<B> take(A input) throws IOException;
  }

  private <A, B> Function<A, CompletableFuture<B>> step(Step<A, B> step) {
    return input -> {
      try {
        return step.take(input);
      } catch (IOException e) {
        throw new CompletionException(StorageException.of(options.dir(), e));
      }
    };
  }

  private void look(Folders folders, StateDirectory state) throws IOException {
    survey.look(folders);
    for (int file = 0; file < files.edges(); file++) {
      if (survey.hasSizedName(file)) {
        seen[file] = files.links().stamp(files.names().name(file));
      }
    }
    ResumeFile resume = readResume(state);
    if (resume != null) {
      banned.addAll(resume.banned());
      if (!options.distrustResume()) {
        trust(resume);
      }
    }
  }

  /** Takes over what resume data says of files that have not been touched since. */
  private void trust(ResumeFile resume) throws IOException {
    for (int target = 0; target < files.edges(); target++) {
      Stamp known = resume.stamps()[target];
      if (known != null
          && known.size() == files.length(target)
          && survey.hasName(target) != survey.hasPart(target)
          && known.equals(Stamp.of(survey.source(target, View.NAME_FIRST)))) {
        stamps[target] = known;
      }
    }
    // The edge file is never trusted: what lies where in it depends on the files wanted now.
    // Nor is a piece of which no file is wanted any more: there is no place for its bytes.
    for (int p = wanted.nextSet(0); p >= 0; p = wanted.nextSet(p + 1)) {
      if (resume.flushed().get(p)
          && survey.every(p, t -> t != files.edges() && stamps[t] != null)) {
        trusted.set(p);
        goodByName.set(p);
        good.set(p);
      }
    }
  }

  private ResumeFile readResume(StateDirectory state) throws IOException {
    try {
      return ResumeFile.read(state.resume(), info, files.edges() + 1);
    } catch (ProtocolException e) {
      Path aside = state.setResumeAside();
      monitor.onWarning(
          "resume data set aside as " + aside + ", all is checked: " + e.getMessage());
      return null;
    }
  }

  /** Hashes what is there in a view and not known to be good yet. */
  private CompletableFuture<Bitfield> recheck(View view) {
    Bitfield candidates = survey.readable(wanted, view);
    for (int p = candidates.nextSet(0); p >= 0; p = candidates.nextSet(p + 1)) {
      boolean seen =
          view == View.PART_FIRST
              && survey.every(p, t -> survey.isByName(t, view) == survey.hasName(t));
      if (seen || good.get(p)) {
        candidates.clear(p);
      }
    }
    if (candidates.isEmpty()) {
      return CompletableFuture.completedFuture(candidates);
    }
    return check(candidates, target -> survey.open(target, view))
        .thenApply(
            found -> {
              add(found, good);
              if (view == View.NAME_FIRST) {
                add(found, goodByName);
              }
              return found;
            });
  }

  private CompletableFuture<Bitfield> check(Bitfield pieces, OpenFiles.Opener opener) {
    return new Recheck(info, files, opener, lanes, monitor::onChecked).run(pieces);
  }

  private static void add(Bitfield from, Bitfield into) {
    for (int i = from.nextSet(0); i >= 0; i = from.nextSet(i + 1)) {
      into.set(i);
    }
  }

  /** Where there is room for all that is lacking, nobody has to know. */
  private CompletableFuture<Long> countOccupied() {
    if (options.allocateFull() || DiskSpace.fits(options.dir(), unwritten())) {
      return CompletableFuture.completedFuture(0L);
    }
    Bitfield lacking = wanted.copy();
    for (int p = good.nextSet(0); p >= 0; p = good.nextSet(p + 1)) {
      lacking.clear(p);
    }
    return new Occupied(files, survey, lanes).count(lacking).thenApply(bytes -> occupied = bytes);
  }

  /** Decides which files are complete as they are, and takes over the unfinished ones. */
  private CompletableFuture<Bitfield> settleFiles() throws IOException {
    new OtherTorrents(info, files, options.dir()).requireNoneOf(survey, good);
    Bitfield unfinished = new Bitfield(files.edges() + 1);
    for (int target = 0; target <= files.edges(); target++) {
      if (!files.isStored(target)) {
        continue;
      }
      if (target != files.edges() && isInPlace(target)) {
        inPlace.set(target);
        files.adoptComplete(target, seen[target]);
        files.requireIdentity(target, survey.nameKey(target));
        if (survey.hasPart(target)) {
          Files.delete(files.part(target));
        }
      } else if (survey.hasPart(target) || options.allocateFull()) {
        unfinished.set(target); // the others are made when they are first written to
      }
    }
    for (int p = good.nextSet(0); p >= 0; p = good.nextSet(p + 1)) {
      int piece = p;
      if (!survey.every(p, target -> inPlace.get(target) || !isGoodAtName(piece, target))) {
        misplaced.set(p);
      }
    }
    requireRoom(unfinished);
    return lanes.filter(unfinished, (lane, target) -> prepare(target));
  }

  private boolean prepare(int target) throws IOException {
    try {
      if (survey.hasPart(target)) {
        files.adoptPart(target, options.allocateFull());
        files.requireIdentity(target, survey.partKey(target));
      } else {
        files.allocate(target);
      }
      return true;
    } catch (IOException e) {
      throw StorageException.of(files.part(target), e);
    }
  }

  private boolean isInPlace(int file) {
    boolean whole = survey.hasSizedName(file);
    for (int p = layout.firstPiece(file); whole && p <= layout.lastPiece(file); p++) {
      whole = good.get(p) && isGoodAtName(p, file);
    }
    return whole;
  }

  /** Whether the bytes of a good piece are those of the file under its own name. */
  private boolean isGoodAtName(int piece, int target) {
    return survey.isByName(target, goodByName.get(piece) ? View.NAME_FIRST : View.PART_FIRST);
  }

  private void requireRoom(Bitfield unfinished) throws IOException {
    long needed = unwritten();
    if (options.allocateFull()) {
      needed = 0;
      for (int t = unfinished.nextSet(0); t >= 0; t = unfinished.nextSet(t + 1)) {
        needed += survey.missingFromPart(t);
      }
    }
    DiskSpace.require(options.dir(), needed);
  }

  /**
   * The stored bytes of the wanted pieces that are not there, or not where they are to be yet, as
   * far as they still need room.
   */
  private long unwritten() {
    long sum = -occupied;
    for (int p = wanted.nextSet(0); p >= 0; p = wanted.nextSet(p + 1)) {
      if (!good.get(p) || misplaced.get(p)) {
        sum += files.storedLength(p, 0, layout.pieceLength(p));
      }
    }
    return sum;
  }

  /** Copies good bytes from files that are not complete, and hashes them where they are now. */
  private CompletableFuture<Bitfield> moveMisplaced() {
    if (misplaced.isEmpty()) {
      return CompletableFuture.completedFuture(misplaced);
    }
    return lanes
        .filter(
            misplaced,
            (lane, piece) -> {
              View view = goodByName.get(piece) ? View.NAME_FIRST : View.PART_FIRST;
              files.forEachSlice(
                  piece,
                  0,
                  layout.pieceLength(piece),
                  (target, offset, length) -> {
                    if (target != TorrentFiles.PAD
                        && !inPlace.get(target)
                        && survey.isByName(target, view)) {
                      copy(target, offset, length);
                    }
                  });
              return true;
            })
        .thenCompose(copied -> check(copied, files))
        .thenApply(
            right -> {
              for (int p = misplaced.nextSet(0); p >= 0; p = misplaced.nextSet(p + 1)) {
                misplaced.clear(p);
                trusted.clear(p);
                if (!right.get(p)) {
                  good.clear(p);
                }
              }
              return right;
            });
  }

  private void copy(int target, long offset, int length) throws IOException {
    try (FileChannel from = survey.open(target, View.NAME_FIRST);
        FileChannel to = files.open(target)) {
      for (long done = 0, n = 1; done < length && n > 0; done += n) {
        n = from.transferTo(offset + done, length - done, to.position(offset + done));
      }
    } catch (IOException e) {
      throw StorageException.of(files.part(target), e);
    }
  }

  /** Counts what each file lacks; those that lack nothing get their own names. */
  private Result finish() throws IOException {
    for (int file = 0; file < files.edges(); file++) {
      if (files.isStored(file) && !inPlace.get(file)) {
        finish(file);
      }
      if (options.sync() && files.isComplete(file)) { // an earlier run may have left that
        files.force(file);
        files.forceName(file);
      }
    }
    long unwritten = options.allocateFull() ? 0 : unwritten();
    return new Result(good, good.isFull(), trusted, stamps, unwritten, new BannedAddresses(banned));
  }

  private void finish(int file) throws IOException {
    int lacking = 0;
    for (int p = layout.firstPiece(file); p <= layout.lastPiece(file); p++) {
      lacking += good.get(p) ? 0 : 1;
    }
    files.setLacking(file, lacking);
    if (lacking == 0) {
      files.open(file).close(); // makes it if it is empty
      if (options.sync()) {
        files.force(file);
      }
      monitor.onFileCompleted(files.complete(file));
    }
  }
}
