package io.torrentstream.storage;

import io.torrentstream.metainfo.FileEntry;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The files of one torrent as they are on disk: what each is called now, which file it is (so that
 * one put in its place is noticed), and how many pieces it still lacks. A file is named by a number
 * here, its <em>target</em>: its index in the torrent, or {@link #edges()} for the edge file.
 *
 * <p>Shared by all lanes. Safe on any thread: what changes is atomic, and a file is made by the
 * first who needs it.
 */
final class TorrentFiles implements OpenFiles.Opener {
  /** The target of pad bytes (BEP 47): nowhere, always zeros. */
  static final int PAD = -1;

  private static final int COMPLETE = -1;
  private static final Object UNKNOWN = new Object();
  private static final int ZEROS = 1 << 20;

  private final TorrentInfo info;
  private final PieceLayout layout;
  private final FileNames names;
  private final BitSet stored = new BitSet();
  private final boolean padded;
  private final EdgeLayout edgeLayout;
  private final Path edgePath;
  private final Links links;

  /** Null until a file is made or found; {@link #UNKNOWN} where the system has no such thing. */
  private final AtomicReferenceArray<Object> identities;

  /** How many pieces each file lacks; {@link #COMPLETE} when it has its own name. */
  private final AtomicIntegerArray lacking;

  /** What each file looked like when it got its own name, or was found under it; null before. */
  private final AtomicReferenceArray<Stamp> named;

  /**
   * @param wantedFiles indices, or null for all
   * @param wantedPieces those with a byte of a wanted file
   * @param edgePath where {@link EdgeLayout} puts its bytes
   */
  TorrentFiles(
      TorrentInfo info,
      FileNames names,
      BitSet wantedFiles,
      Bitfield wantedPieces,
      Path edgePath,
      Links links) {
    this.info = info;
    this.layout = info.layout();
    this.names = names;
    boolean anyPadding = false;
    for (FileEntry file : info.files()) {
      stored.set(
          file.index(), !file.padding() && (wantedFiles == null || wantedFiles.get(file.index())));
      anyPadding |= file.padding();
    }
    this.padded = anyPadding;
    this.edgeLayout = new EdgeLayout(info, stored, wantedPieces);
    this.edgePath = edgePath;
    this.links = links;
    this.identities = new AtomicReferenceArray<>(edges() + 1);
    this.lacking = new AtomicIntegerArray(edges() + 1);
    this.named = new AtomicReferenceArray<>(edges() + 1);
  }

  PieceLayout layout() {
    return layout;
  }

  FileNames names() {
    return names;
  }

  /** The target of the edge file; one more than the last file's. */
  int edges() {
    return layout.fileCount();
  }

  /** Whether a target exists on disk: a wanted file, or the edge file when there are edges. */
  boolean isStored(int target) {
    return target == edges() ? edgeLayout.length() > 0 : stored.get(target);
  }

  /** All wanted files. */
  Bitfield stored() {
    Bitfield all = new Bitfield(layout.fileCount());
    for (int file = stored.nextSetBit(0); file >= 0; file = stored.nextSetBit(file + 1)) {
      all.set(file);
    }
    return all;
  }

  long length(int target) {
    return target == edges() ? edgeLayout.length() : layout.fileLength(target);
  }

  /** The path that a target has before it is complete. */
  Path part(int target) {
    return target == edges() ? edgePath : names.part(target);
  }

  /** The path that a target has now. */
  Path path(int target) {
    return isComplete(target) ? names.name(target) : part(target);
  }

  /** Visits the parts of a range of a piece in order: target, offset in it, length. */
  <E extends Exception> void forEachSlice(
      int piece, int begin, int length, PieceLayout.SliceVisitor<E> visitor) throws E {
    layout.forEachSlice(piece, begin, length, onDisk(visitor));
  }

  /**
   * What shows a visitor of targets the slices of a {@link PieceLayout}, for whoever visits so
   * often that it is to be made once.
   */
  <E extends Exception> PieceLayout.SliceVisitor<E> onDisk(PieceLayout.SliceVisitor<E> visitor) {
    return (file, offset, length) -> {
      if (stored.get(file)) {
        visitor.slice(file, offset, length);
      } else if (info.files().get(file).padding()) {
        visitor.slice(PAD, offset, length);
      } else {
        visitor.slice(edges(), edgeLayout.position(file, offset), length);
      }
    };
  }

  /** How many bytes of a range go to disk: all but those of pad files. */
  long storedLength(int piece, int begin, int length) {
    if (!padded) {
      return length;
    }
    long[] sum = {0};
    forEachSlice(piece, begin, length, (target, offset, n) -> sum[0] += target == PAD ? 0 : n);
    return sum[0];
  }

  /**
   * Opens a file where it is now, and only if it is still the one that was made or checked; makes
   * it when it is not there yet. A complete file is opened for reading only.
   */
  @Override
  public FileChannel open(int target) throws IOException {
    if (identities.get(target) == null) {
      FileChannel made = make(target, false);
      if (made != null) {
        return made;
      }
    }
    boolean complete = isComplete(target);
    try {
      return open(target, path(target), complete);
    } catch (IOException e) {
      if (!isComplete(target)) {
        throw e;
      }
    }
    // Its lane may be giving it its name at this moment: until then there is nothing under that
    // name, or the file that it replaces.
    try {
      return open(target, part(target), true);
    } catch (IOException renamedByNow) {
      return open(target, names.name(target), true);
    }
  }

  private FileChannel open(int target, Path path, boolean readOnly) throws IOException {
    requireSame(target, path);
    return FileChannel.open(
        path,
        readOnly
            ? links.with(StandardOpenOption.READ)
            : links.with(StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /** Makes a file with zeros in all of its room, so that nobody else can take it. */
  void allocate(int target) throws IOException {
    FileChannel made = make(target, true);
    if (made != null) {
      made.close();
    }
  }

  /**
   * Makes the unfinished file with its full length. Synchronized because two lanes may need it at
   * the same time.
   *
   * @return null when it has been made meanwhile
   */
  private synchronized FileChannel make(int target, boolean allocate) throws IOException {
    if (identities.get(target) != null) {
      return null;
    }
    Path part = part(target);
    FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE,
            StandardOpenOption.CREATE_NEW); // never through a link, never another's file
    boolean done = false;
    try {
      setLength(channel, length(target), allocate);
      identify(target, part);
      done = true;
      return channel;
    } finally {
      if (!done) {
        channel.close();
        Files.deleteIfExists(part); // or another lane would say that it is in the way
      }
    }
  }

  /**
   * Takes over an unfinished file of an earlier run, and gives it its full length.
   *
   * @param allocate write zeros to whatever it did not have
   */
  void adoptPart(int target, boolean allocate) throws IOException {
    Path part = part(target);
    links.requireRegular(part);
    try (FileChannel channel = FileChannel.open(part, links.with(StandardOpenOption.WRITE))) {
      setLength(channel, length(target), allocate);
    }
    identify(target, part);
  }

  private static void setLength(FileChannel channel, long length, boolean allocate)
      throws IOException {
    long size = channel.size();
    if (size > length) {
      channel.truncate(length);
    } else if (allocate) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
      for (long at = size; at < length; ) {
        at += channel.write(zeros.clear().limit((int) Math.min(ZEROS, length - at)), at);
      }
    } else if (size < length) {
      channel.write(ByteBuffer.allocate(1), length - 1);
    }
  }

  /** Remembers which file is at {@code path} now. */
  private void identify(int target, Path path) throws IOException {
    Object key = links.requireRegular(path).fileKey();
    identities.set(target, key == null ? UNKNOWN : key);
  }

  /**
   * Checks that a file is the one that was looked at before its bytes were hashed.
   *
   * @param key what it was then; null where the system has no such thing
   */
  void requireIdentity(int target, Object key) throws StorageException {
    if (key != null && !key.equals(identities.get(target))) {
      throw replaced(path(target));
    }
  }

  private static StorageException replaced(Path path) {
    return new StorageException(path, "was replaced by another file meanwhile");
  }

  /** Sets how many pieces a file lacks, after it was checked. */
  void setLacking(int file, int pieces) {
    lacking.set(file, pieces);
  }

  /**
   * Notes that a file under its own name is whole, and is that file from now on.
   *
   * @param before what it looked like before it was hashed
   */
  void adoptComplete(int file, Stamp before) throws IOException {
    identify(file, names.name(file));
    lacking.set(file, COMPLETE);
    named.set(file, before);
  }

  /** What a file looked like when all its bytes were right; null until it has its own name. */
  Stamp named(int target) {
    return named.get(target);
  }

  /** Whether files may be symbolic links. */
  Links links() {
    return links;
  }

  boolean isComplete(int target) {
    return lacking.get(target) == COMPLETE;
  }

  /** Counts one piece of a file as verified; true when it was the last it lacked. */
  boolean onPieceVerified(int file) {
    return lacking.decrementAndGet(file) == 0;
  }

  /**
   * Gives a file whose pieces are all verified its own name, in place of whatever is there.
   *
   * @return the final path
   * @throws IOException when the file is not the one that was written, or not of its length
   */
  Path complete(int file) throws IOException {
    Path part = part(file);
    requireWhole(file, part);
    Path name = names.name(file);
    lacking.set(file, COMPLETE); // first, so that nobody maps it for writing any more
    Files.move(part, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    named.set(file, links.stamp(name));
    return name;
  }

  /** Forces all of a file to the disk. */
  void force(int target) throws IOException {
    try (FileChannel channel = open(target)) {
      channel.force(true);
    }
  }

  /** Forces the name of a complete file to the disk, and those of the folders it lies in. */
  void forceName(int file) throws IOException {
    Path folder = names.name(file).getParent();
    for (int depth = info.files().get(file).path().size(); depth > 0; depth--) {
      Folders.force(folder);
      folder = folder.getParent();
    }
  }

  /** Checks that a complete file is still there, the same, and of its length. */
  void requireComplete(int file) throws StorageException {
    requireUntouched(file); // first: it says why a file did not get its name
    if (!isComplete(file)) {
      throw new StorageException(part(file), "did not get its own name");
    }
  }

  /** Whether a file is still the one that was made, and of its length. */
  boolean isUntouched(int target) {
    try {
      requireUntouched(target);
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  /** Checks that a file is still the one that was made, and of its length. */
  void requireUntouched(int target) throws StorageException {
    try {
      requireWhole(target, path(target));
    } catch (IOException e) {
      throw StorageException.of(path(target), e);
    }
  }

  private void requireWhole(int target, Path path) throws IOException {
    long size = requireSame(target, path).size();
    if (size != length(target)) {
      throw new StorageException(
          path, "its size was changed to " + size + " (expected: " + length(target) + ")");
    }
  }

  private BasicFileAttributes requireSame(int target, Path path) throws IOException {
    BasicFileAttributes attributes = links.requireRegular(path);
    Object identity = identities.get(target);
    if (identity != UNKNOWN && !identity.equals(attributes.fileKey())) {
      throw replaced(path);
    }
    return attributes;
  }
}
