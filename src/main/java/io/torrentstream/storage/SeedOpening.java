package io.torrentstream.storage;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.DataVerifier.FileResult;
import io.torrentstream.storage.DataVerifier.FileState;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Finds out which pieces can be seeded, and makes and changes nothing. What resume data of a
 * download vouches for is taken over where the files look as they did, the rest is hashed. Only
 * files that stand under their own names and have their right sizes are read from; they may be
 * symbolic links, as those of {@code create --follow-symlinks} are.
 */
final class SeedOpening {
  /** So many files that are not right are named; a torrent may have 100,000. */
  private static final int MOST_NAMED = 20;

  private final TorrentInfo info;

  /** Those to be named when they are not right; null for all. */
  private final BitSet wanted;

  private final TorrentFiles files;
  private final Survey survey;
  private final Opening.Monitor monitor;
  private final Stamp[] stamps;

  private SeedOpening(OpenTorrent.Request request, TorrentFiles files, Opening.Monitor monitor) {
    this.info = request.info();
    this.wanted = request.wantedFiles();
    this.files = files;
    this.survey = new Survey(files);
    this.monitor = monitor;
    this.stamps = new Stamp[files.edges() + 1];
  }

  /**
   * Called on a lane; completes on one.
   *
   * @param files all of them to be read
   */
  static CompletableFuture<Opening.Result> run(
      OpenTorrent.Request request, TorrentFiles files, DiskLanes lanes, Opening.Monitor monitor)
      throws StorageException {
    TorrentInfo info = request.info();
    StorageOptions options = request.options();
    SeedOpening opening = new SeedOpening(request, files, monitor);
    opening.look();
    Bitfield doubtful = new Bitfield(info.layout().pieceCount());
    doubtful.setAll();
    if (!options.distrustResume()) {
      opening.trust(options.dir(), doubtful);
    }
    return DataVerifier.verify(info, files, opening.survey, doubtful, lanes, monitor::onChecked)
        .thenApply(opening::finish);
  }

  private void look() throws StorageException {
    survey.look(null);
    for (int file = 0; file < files.edges(); file++) {
      if (files.isStored(file) && survey.hasSizedName(file)) {
        try {
          stamps[file] = files.links().stamp(files.names().name(file));
          files.adoptComplete(file, stamps[file]);
        } catch (IOException e) {
          throw StorageException.of(files.names().name(file), e);
        }
      }
    }
  }

  private void trust(Path dir, Bitfield doubtful) throws StorageException {
    Path path = StateDirectory.resume(dir, info.infoHash().toString());
    try {
      ResumeFile resume = ResumeFile.read(path, info, stamps.length);
      if (resume != null) {
        Bitfield same =
            survey.where(
                resume.flushed(),
                file -> stamps[file] != null && stamps[file].equals(resume.stamps()[file]));
        for (int p = same.nextSet(0); p >= 0; p = same.nextSet(p + 1)) {
          doubtful.clear(p);
        }
      }
    } catch (ProtocolException e) { // left where it is: that is for the next download to settle
      monitor.onWarning("resume data not used, all is checked: " + e.getMessage());
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }

  private Opening.Result finish(DataVerifier.Result checked) {
    try {
      for (int file = 0; file < files.edges(); file++) {
        if (stamps[file] != null) {
          files.requireIdentity(file, survey.nameKey(file)); // it is the one that was hashed
        }
      }
    } catch (StorageException e) {
      throw new CompletionException(e);
    }
    name(checked.files().stream().filter(this::isToBeNamed).toList());
    Bitfield have = survey.where(checked.good(), survey::hasSizedName);
    return new Opening.Result(have, checked.isComplete(), have, stamps, 0, BannedAddresses.none());
  }

  private boolean isToBeNamed(FileResult result) {
    return result.state() != FileState.OK && (wanted == null || wanted.get(result.file().index()));
  }

  private void name(List<FileResult> wrong) {
    for (FileResult file : wrong.subList(0, Math.min(wrong.size(), MOST_NAMED))) {
      String state = file.state().name().toLowerCase(Locale.ROOT);
      monitor.onWarning(state + ": " + file.describe());
    }
    if (wrong.size() > MOST_NAMED) {
      int others = wrong.size() - MOST_NAMED;
      monitor.onWarning(
          "and " + others + " more of the " + info.files().size() + " files of " + info.name());
    }
  }
}
