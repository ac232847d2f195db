package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.Survey.View;
import io.torrentstream.util.Bitfield;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/** Checks a torrent's data where it lies: hashes all of it on all cores, and writes nothing. */
public final class DataVerifier {
  /** What became of one file. */
  public enum FileState {
    /** There, of the right size, and every piece that touches it is right. */
    OK,
    /** There, but wrong: its size, or a piece that no unfinished file can be blamed for. */
    BAD,
    /** Not there under either name. */
    MISSING,
    /**
     * There, but not all of it: shorter than it should be, still called {@code NAME.part}, or right
     * as far as it can be told while a file that shares a piece with it is not there.
     */
    PARTIAL
  }

  /**
   * One file and what became of it.
   *
   * @param found bytes it has on disk under its own name, -1 when it is not there
   */
  public record FileResult(FileEntry file, FileState state, long found) {
    /** The path in the torrent and, where that is what is wrong, the size; one line. */
    public String describe() {
      String path = String.join("/", file.path());
      return found < 0 || found == file.length()
          ? path
          : path + ": " + found + " bytes (expected: " + file.length() + ")";
    }
  }

  /**
   * What a check found.
   *
   * @param good pieces whose hash is right
   * @param files in the torrent's order, without pad files
   */
  public record Result(Bitfield good, List<FileResult> files) {
    /** Whether everything is there and right. */
    public boolean isComplete() {
      return good.isFull() && files.stream().allMatch(file -> file.state() == FileState.OK);
    }
  }

  private final TorrentInfo info;
  private final PieceLayout layout;
  private final Survey survey;
  private int lastPiece = -1;
  private boolean lastWhollyThere;

  private DataVerifier(TorrentInfo info, Survey survey) {
    this.info = info;
    this.layout = info.layout();
    this.survey = survey;
  }

  /**
   * Checks everything; blocks until that is done.
   *
   * @param dir the download directory
   * @param progress told the bytes hashed so far, about a hundred times, on other threads; ends the
   *     check with a {@link CancellationException}
   * @throws StorageException when something is there that cannot be read
   */
  public static Result verify(TorrentInfo info, Path dir, LongConsumer progress)
      throws StorageException {
    Bitfield all = new Bitfield(info.layout().pieceCount());
    all.setAll();
    FileNames names = FileNames.ofExisting(info, dir);
    TorrentFiles files = new TorrentFiles(info, names, null, all, null, Links.FOLLOWED);
    try (DiskLanes lanes = new DiskLanes(Runtime.getRuntime().availableProcessors())) {
      Survey survey = new Survey(files).look(null);
      return verify(info, files, survey, all, lanes, progress).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StorageException cause) {
        throw cause;
      }
      if (e.getCause() instanceof CancellationException cancelled) {
        throw cancelled;
      }
      throw e;
    }
  }

  /**
   * The same on lanes that do other work too.
   *
   * @param survey has looked
   * @param pieces to be hashed; the others are known to be right
   */
  static CompletableFuture<Result> verify(
      TorrentInfo info,
      TorrentFiles files,
      Survey survey,
      Bitfield pieces,
      DiskLanes lanes,
      LongConsumer progress) {
    OpenFiles.Opener opener = target -> survey.open(target, View.NAME_FIRST);
    return new Recheck(info, files, opener, lanes, progress)
        .run(survey.readable(pieces, View.NAME_FIRST))
        .thenApply(
            found -> {
              Bitfield good = found.copy();
              for (int p = pieces.nextClear(0); p >= 0; p = pieces.nextClear(p + 1)) {
                good.set(p);
              }
              return new DataVerifier(info, survey).result(good);
            });
  }

  private Result result(Bitfield good) {
    List<FileResult> results = new ArrayList<>();
    for (FileEntry file : info.files()) {
      if (!file.padding()) {
        int index = file.index();
        results.add(new FileResult(file, state(index, good), survey.nameSize(index)));
      }
    }
    return new Result(good, results);
  }

  private FileState state(int file, Bitfield good) {
    if (!survey.hasName(file)) {
      return survey.hasPart(file) ? FileState.PARTIAL : FileState.MISSING;
    }
    if (survey.isShort(file)) {
      return FileState.PARTIAL;
    }
    if (!survey.hasSizedName(file)) {
      return FileState.BAD;
    }
    FileState state = FileState.OK;
    for (int p = layout.firstPiece(file); p <= layout.lastPiece(file); p++) {
      if (!good.get(p)) {
        if (isWhollyThere(p)) {
          return FileState.BAD;
        }
        state = FileState.PARTIAL;
      }
    }
    return state;
  }

  /**
   * Whether all files of a piece are there. Kept for the next file: it often shares the piece, and
   * a piece may touch 100,000 of them.
   */
  private boolean isWhollyThere(int piece) {
    if (piece != lastPiece) {
      lastPiece = piece;
      lastWhollyThere = survey.every(piece, survey::hasSizedName);
    }
    return lastWhollyThere;
  }
}
