package io.torrentstream.storage;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A torrent whose files are open and whose lock is held: what {@link TorrentDisk} has behind it on
 * the lanes and on the flush thread. Its methods may be called on any thread but for {@link #lane};
 * the futures complete on a lane or the flush thread, failures being {@link StorageException}s.
 */
final class OpenTorrent {
  /** How long a checkpoint goes on forcing files before it saves what it has. */
  private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The same at the end of a run, when somebody waits. */
  private static final long LAST_CHECKPOINT_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  /**
   * What is to be opened.
   *
   * @param wantedPieces those with a byte of a wanted file
   * @param wantedFiles indices, or null for all
   */
  record Request(
      TorrentInfo info, Bitfield wantedPieces, BitSet wantedFiles, StorageOptions options) {}

  /**
   * Keeps the info dictionary in resume data from the start on, where there is none yet. Called
   * with the lock held; the disk does the work behind all that is waited for.
   */
  private static void keepInfo(
      TorrentInfo info, int targets, StateDirectory state, DiskLanes lanes) {
    lanes
        .flusher()
        .execute(
            () -> {
              try {
                state.writeFirstResume(ResumeFile.empty(info, targets).encode(info));
              } catch (IOException e) {
                return; // the first checkpoint says what is wrong
              }
            });
  }

  private final StorageOptions options;
  private final DiskLanes lanes;
  private final TorrentFiles files;

  /** Null when the files are only read. */
  private final StateDirectory state;

  private final Checkpoints checkpoints;
  private final TorrentLane[] parts;
  private final AtomicLong unwritten;
  private final Bitfield have;
  private final boolean whole;
  private final BannedAddresses banned;

  private OpenTorrent(
      Request request,
      DiskLanes lanes,
      TorrentFiles files,
      StateDirectory state,
      Opening.Result found) {
    this.options = request.options();
    this.lanes = lanes;
    this.files = files;
    this.state = state;
    this.have = found.have();
    this.whole = found.whole();
    this.unwritten = new AtomicLong(found.unwritten());
    this.checkpoints =
        new Checkpoints(
            request.info(), files, have, found.flushed(), found.stamps(), found.banned());
    this.banned = found.banned();
    this.parts = new TorrentLane[lanes.count()];
    for (int lane = 0; lane < parts.length; lane++) {
      parts[lane] = new TorrentLane(request.info(), files, options, unwritten, parts.length);
      parts[lane].setHave(have, lane, parts.length);
    }
  }

  /** Takes the lock, finds out what is on disk, and makes the files. Called on a lane. */
  static CompletableFuture<OpenTorrent> open(
      Request request, DiskLanes lanes, Opening.Monitor monitor) {
    return open(request, false, lanes, monitor);
  }

  /**
   * The same.
   *
   * @param keepInfo whether the info dictionary is to be found there again from now on
   */
  static CompletableFuture<OpenTorrent> open(
      Request request, boolean keepInfo, DiskLanes lanes, Opening.Monitor monitor) {
    TorrentInfo info = request.info();
    Path dir = request.options().dir();
    try {
      Folders folders = new Folders(dir);
      FileNames names = new FileNames(info, dir);
      Path edges = StateDirectory.edges(dir, info.infoHash().toString());
      TorrentFiles files =
          new TorrentFiles(
              info, names, request.wantedFiles(), request.wantedPieces(), edges, Links.REFUSED);
      StateDirectory state;
      try {
        state = StateDirectory.lock(dir, info.infoHash(), names.top());
      } catch (StorageException e) {
        return openWhole(request, files, lanes, monitor, e);
      }
      if (keepInfo) {
        keepInfo(info, files.edges() + 1, state, lanes);
      }
      return new Opening(info, files, request.wantedPieces(), request.options(), lanes, monitor)
          .run(folders, state)
          .thenApply(found -> new OpenTorrent(request, lanes, files, state, found))
          .whenComplete(
              (opened, failure) -> {
                if (failure != null) {
                  release(state, false, monitor::onWarning);
                }
              });
    } catch (StorageException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Where nothing can be written, all of it may be there already, and then nothing has to be.
   *
   * @param refused why the lock cannot be taken: what is said unless it is so
   */
  private static CompletableFuture<OpenTorrent> openWhole(
      Request request,
      TorrentFiles files,
      DiskLanes lanes,
      Opening.Monitor monitor,
      StorageException refused)
      throws StorageException {
    if (refused.kind() != StorageException.Kind.PERMISSION
        || !new Survey(files).look(null).isWhole()) {
      throw refused;
    }
    return openReadOnly(request, lanes, monitor)
        .thenApply(
            opened -> {
              if (request.wantedPieces().hasAnyOutside(opened.have)) {
                throw new CompletionException(refused);
              }
              return opened;
            });
  }

  /** Finds out what is on disk, and makes, changes and locks nothing. Called on a lane. */
  static CompletableFuture<OpenTorrent> openReadOnly(
      Request request, DiskLanes lanes, Opening.Monitor monitor) {
    TorrentInfo info = request.info();
    try {
      FileNames names = FileNames.ofExisting(info, request.options().dir());
      // Links are the user's own, and are only read through; tsl makes none. All files are read,
      // wanted or not: a piece at the edge of a wanted one can be right with their help only.
      TorrentFiles files =
          new TorrentFiles(info, names, null, request.wantedPieces(), null, Links.FOLLOWED);
      return SeedOpening.run(request, files, lanes, monitor)
          .thenApply(found -> new OpenTorrent(request, lanes, files, null, found));
    } catch (StorageException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The pieces that were there at the start. */
  Bitfield have() {
    return have;
  }

  /** Whether every file was right then. */
  boolean isWhole() {
    return whole;
  }

  /** Kept in the resume data. */
  BannedAddresses banned() {
    return banned;
  }

  /** A lane's part; for that lane alone. */
  TorrentLane lane(int lane) {
    return parts[lane];
  }

  /** Gives verified files their own names; with {@code --sync} after forcing them. On a lane. */
  List<CompletableFuture<Path>> complete(List<Integer> verified) {
    List<CompletableFuture<Path>> completed = new ArrayList<>();
    for (int file : verified) {
      completed.add(complete(file));
    }
    return completed;
  }

  private CompletableFuture<Path> complete(int file) {
    if (!options.sync()) {
      return attempt(files.part(file), () -> files.complete(file));
    }
    return collect()
        .thenComposeAsync(
            collected ->
                attempt(
                    files.part(file),
                    () -> {
                      checkpoints.force(file);
                      Path path = files.complete(file);
                      files.forceName(file);
                      return path;
                    }),
            lanes.flusher());
  }

  /** Checks that every file is there under its own name, whole and the same that was written. */
  CompletableFuture<Path> finish() {
    if (state == null) {
      return CompletableFuture.completedFuture(files.names().top());
    }
    CompletableFuture<Void> fence = lanes.onEveryLane(lane -> {});
    if (options.sync()) {
      fence = fence.thenRunAsync(() -> {}, lanes.flusher()); // after the last forced file
    }
    return fence
        .thenCompose(
            passed ->
                lanes.filter(
                    files.stored(),
                    (lane, file) -> {
                      files.requireComplete(file);
                      return true;
                    }))
        .thenCompose(whole -> discardResume());
  }

  private CompletableFuture<Path> discardResume() {
    try {
      state.discardResume();
      return CompletableFuture.completedFuture(files.names().top());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(StorageException.of(state.resume(), e));
    }
  }

  /** Forces and lists what was verified; checks that the disk has room for the rest. */
  CompletableFuture<Void> checkpoint() {
    if (state == null) {
      return CompletableFuture.completedFuture(null);
    }
    return collect()
        .thenComposeAsync(
            collected ->
                attempt(
                    state.resume(),
                    () -> {
                      checkpoints.save(state, CHECKPOINT_NANOS);
                      DiskSpace.require(options.dir(), unwritten.get());
                      return null;
                    }),
            lanes.flusher());
  }

  /** Moves what the lanes have written and verified to the flush thread. */
  private CompletableFuture<Void> collect() {
    return lanes.onEveryLane(
        lane -> {
          TorrentLane.Progress progress = parts[lane].takeProgress();
          lanes.flusher().execute(() -> checkpoints.add(progress.unflushed(), progress.verified()));
        });
  }

  /**
   * Lets go of everything after what is queued is done.
   *
   * @param finished nothing is left to resume
   */
  CompletableFuture<Void> close(boolean finished, Consumer<String> warning) {
    if (state == null) {
      return closeParts();
    }
    if (finished) {
      // Not on the flush thread, which may be in the middle of a force that nobody needs now.
      return closeParts().thenRun(() -> release(state, true, warning));
    }
    return collect()
        .thenCompose(collected -> closeParts())
        .thenRunAsync(
            () -> {
              try {
                checkpoints.save(state, LAST_CHECKPOINT_NANOS);
              } catch (IOException e) {
                warning.accept(
                    "resume data not saved: "
                        + StorageException.of(state.resume(), e).getMessage());
              }
              release(state, false, warning);
            },
            lanes.flusher());
  }

  private CompletableFuture<Void> closeParts() {
    return lanes.onEveryLane(lane -> parts[lane].close());
  }

  private static void release(StateDirectory state, boolean finished, Consumer<String> warning) {
    try {
      state.close(finished);
    } catch (IOException e) {
      warning.accept("not cleaned up: " + StorageException.of(state.resume(), e).getMessage());
    }
  }

  /** Something that can fail. */
  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws IOException;
  }

  private static <T> CompletableFuture<T> attempt(Path path, Attempt<T> attempt) {
    try {
      return CompletableFuture.completedFuture(attempt.run());
    } catch (IOException e) {
      return CompletableFuture.failedFuture(StorageException.of(path, e));
    }
  }

  /** The failure itself, without what {@link CompletableFuture} wraps around it. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
