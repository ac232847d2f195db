package io.torrentstream.storage;

import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.storage.DataVerifier.FileResult;
import io.torrentstream.storage.DataVerifier.FileState;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Finds out which pieces can be seeded, and makes and changes nothing. Everything is hashed: what
 * resume data knows of a file could have been changed since in ways that do not show, and a seed is
 * to send no byte that it has not checked itself. Only files that stand under their own names and
 * have their right sizes are read from.
 */
final class SeedOpening {
  /** So many files that are not right are named; a torrent may have 100,000. */
  private static final int MOST_NAMED = 20;

  private final TorrentInfo info;
  private final TorrentFiles files;
  private final Survey survey;
  private final Opening.Monitor monitor;
  private final Stamp[] stamps;

  private SeedOpening(TorrentInfo info, TorrentFiles files, Opening.Monitor monitor) {
    this.info = info;
    this.files = files;
    this.survey = new Survey(files, LinkOption.NOFOLLOW_LINKS);
    this.monitor = monitor;
    this.stamps = new Stamp[files.edges() + 1];
  }

  /**
   * Called on a lane; completes on one. The stamps of the result are those of all files that can be
   * read from, as they were before their bytes were hashed.
   */
  static CompletableFuture<Opening.Result> run(
      TorrentInfo info, TorrentFiles files, DiskLanes lanes, Opening.Monitor monitor)
      throws StorageException {
    SeedOpening opening = new SeedOpening(info, files, monitor);
    opening.look();
    return DataVerifier.verify(info, files, opening.survey, lanes, monitor::onChecked)
        .thenApply(opening::finish);
  }

  private void look() throws StorageException {
    survey.look(null);
    for (int file = 0; file < files.edges(); file++) {
      if (files.isStored(file) && survey.hasSizedName(file)) {
        try {
          files.adoptComplete(file);
          stamps[file] = Stamp.of(files.names().name(file));
        } catch (IOException e) {
          throw StorageException.of(files.names().name(file), e);
        }
      }
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
    name(checked.files().stream().filter(file -> file.state() != FileState.OK).toList());
    Bitfield have = checked.good().copy();
    for (int p = have.nextSet(0); p >= 0; p = have.nextSet(p + 1)) {
      if (!survey.every(p, survey::hasSizedName)) {
        have.clear(p);
      }
    }
    return new Opening.Result(have, have, stamps, 0, new BannedAddresses(List.of()));
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
