package io.torrentstream.storage;

import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Which of a torrent's files are on disk, and under which name. A file can be there under its own
 * name, as {@code NAME.part}, or both; a {@link View} says which of the two is read. Written by one
 * thread, then read by all lanes.
 */
final class Survey {
  private static final long ABSENT = -1;

  /** Which file to read where both are there. */
  enum View {
    NAME_FIRST,
    PART_FIRST
  }

  private final TorrentFiles files;
  private final PieceLayout layout;
  private final long[] nameSize;
  private final long[] partSize;
  private final Object[] nameKey;
  private final Object[] partKey;

  Survey(TorrentFiles files) {
    this.files = files;
    this.layout = files.layout();
    this.nameSize = new long[files.edges() + 1];
    this.partSize = new long[files.edges() + 1];
    this.nameKey = new Object[files.edges() + 1];
    this.partKey = new Object[files.edges() + 1];
    Arrays.fill(nameSize, ABSENT);
    Arrays.fill(partSize, ABSENT);
  }

  /**
   * Looks at every file.
   *
   * @param folders makes those that are missing; null to make none
   */
  Survey look(Folders folders) throws StorageException {
    for (int target = 0; target <= files.edges(); target++) {
      if (files.isStored(target)) {
        look(target, folders);
      }
    }
    return this;
  }

  private void look(int target, Folders folders) throws StorageException {
    Path part = files.part(target);
    if (folders != null && folders.ensure(part.getParent())) {
      return; // a folder made just now holds nothing
    }
    look(target, part, partSize, partKey);
    if (target != files.edges()) {
      look(target, files.names().name(target), nameSize, nameKey);
    }
  }

  private void look(int target, Path path, long[] sizes, Object[] keys) throws StorageException {
    try {
      BasicFileAttributes attributes = files.links().requireRegular(path);
      sizes[target] = attributes.size();
      keys[target] = attributes.fileKey();
    } catch (NoSuchFileException e) {
      sizes[target] = ABSENT;
    } catch (IOException e) {
      throw StorageException.of(path, e);
    }
  }

  /** Which file was there under its own name; null when none, or where the system cannot tell. */
  Object nameKey(int target) {
    return nameKey[target];
  }

  /** The same for {@code NAME.part}. */
  Object partKey(int target) {
    return partKey[target];
  }

  /** Bytes of a file under its own name, -1 when it is not there. */
  long nameSize(int target) {
    return nameSize[target];
  }

  boolean hasName(int target) {
    return nameSize[target] != ABSENT;
  }

  boolean hasPart(int target) {
    return partSize[target] != ABSENT;
  }

  /** Whether a file is there under its own name and of the right size. */
  boolean hasSizedName(int target) {
    return nameSize[target] == files.length(target);
  }

  /** Whether all wanted files are there under their own names and of the right sizes. */
  boolean isWhole() {
    for (int file = 0; file < files.edges(); file++) {
      if (files.isStored(file) && !hasSizedName(file)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a file under its own name has fewer bytes than it should. */
  boolean isShort(int target) {
    return nameSize[target] < files.length(target);
  }

  /** Bytes that making the whole unfinished file would add to it. */
  long missingFromPart(int target) {
    return files.length(target) - Math.min(files.length(target), Math.max(0, partSize[target]));
  }

  /** Whether a view reads the file under its own name. */
  boolean isByName(int target, View view) {
    return hasName(target) && (view == View.NAME_FIRST || !hasPart(target));
  }

  /** Where a view reads a file; meaningless when it is absent. */
  Path source(int target, View view) {
    return isByName(target, view) ? files.names().name(target) : files.part(target);
  }

  /** Opens a file where a view reads it. */
  FileChannel open(int target, View view) throws IOException {
    return FileChannel.open(source(target, view), files.links().with(StandardOpenOption.READ));
  }

  /** The pieces of {@code pieces} all bytes of which are there to be read. */
  Bitfield readable(Bitfield pieces, View view) {
    Bitfield readable = new Bitfield(pieces.size());
    for (int p = pieces.nextSet(0); p >= 0; p = pieces.nextSet(p + 1)) {
      boolean[] all = {true};
      files.forEachSlice(
          p,
          0,
          layout.pieceLength(p),
          (target, offset, length) -> {
            if (target != TorrentFiles.PAD) {
              long size = isByName(target, view) ? nameSize[target] : partSize[target];
              all[0] &= size >= offset + length;
            }
          });
      if (all[0]) {
        readable.set(p);
      }
    }
    return readable;
  }

  /** Those of {@code pieces} for which something holds for every file they touch. */
  Bitfield where(Bitfield pieces, IntPredicate condition) {
    Bitfield found = new Bitfield(pieces.size());
    for (int p = pieces.nextSet(0); p >= 0; p = pieces.nextSet(p + 1)) {
      if (every(p, condition)) {
        found.set(p);
      }
    }
    return found;
  }

  /** Whether something holds for every file that a piece touches. */
  boolean every(int piece, IntPredicate condition) {
    boolean[] all = {true};
    files.forEachSlice(
        piece,
        0,
        layout.pieceLength(piece),
        (target, offset, length) -> all[0] &= target == TorrentFiles.PAD || condition.test(target));
    return all[0];
  }
}
