package io.torrentstream.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies blocks into mapped files: no system call a block, and the digest reads the very pages that
 * go to the disk. Files are mapped in windows of 1 GiB (a mapping ends at 2 GiB - 1), the least
 * recently used window is let go first, and small files are left to {@link FileStorage}, which is
 * faster for them and needs no mapping each. Confined to one lane.
 *
 * <p>Nothing is unmapped by hand. Java 17 has no safe way: touching an unmapped buffer kills the
 * process, and the unsafe one warns on newer releases. Windows that are let go are unmapped by the
 * garbage collector, the rest by the end of the process.
 */
final class MappedStorage implements TorrentStorage {
  /** Files below this are not mapped: a mapping costs more than it saves. */
  static final long MIN_MAPPED = 1 << 20;

  private static final int WINDOW_SHIFT = 30;
  private static final long WINDOW = 1L << WINDOW_SHIFT;
  private static final int MAX_WINDOWS = 64;

  private final TorrentFiles files;
  private final FileStorage plain;
  private final Map<Long, Window> windows = new LruWindows();
  private final List<Unflushed> written = new ArrayList<>();
  private Window last;
  private boolean canMap = true;

  // Not final, and not local: so that no compiler finds out that nothing is made of them.
  private int none;
  private byte[][] entered;

  MappedStorage(TorrentFiles files) {
    this.files = files;
    this.plain = new FileStorage(files);
  }

  @Override
  public void guard(Use use) throws StorageException {
    try {
      use.run();
      letFaultsThrow();
    } catch (InternalError e) { // the JVM's word for a fault in a mapping
      throw explain(e);
    }
  }

  /**
   * Java 17 notes a fault and throws only when the thread next enters the VM for other reasons: in
   * the next job, or in the middle of the queue. To make an array of arrays is a cheap way in, by
   * whatever compiler; Java 25 throws at once.
   */
  private void letFaultsThrow() {
    entered = new byte[none][none];
  }

  /** Finds out why a mapping failed: the system does not say. */
  private StorageException explain(InternalError fault) {
    for (Window window : windows.values()) {
      StorageException found = explain(window, fault);
      if (found != null) {
        return found;
      }
    }
    // With no window of ours it came late, from another torrent's mapping.
    Path path = last == null ? files.names().top() : files.path(last.target);
    return new StorageException(StorageException.Kind.IO, path, "input/output error", fault);
  }

  private StorageException explain(Window window, InternalError fault) {
    try (FileChannel channel = files.open(window.target)) {
      if (channel.size() != files.length(window.target)) {
        return new StorageException(
            files.path(window.target), "its size was changed to " + channel.size());
      }
    } catch (IOException e) {
      return StorageException.of(files.path(window.target), e);
    }
    return DiskSpace.isFull(files.path(window.target))
        ? new StorageException(
            StorageException.Kind.DISK_FULL,
            files.path(window.target),
            "no space left on device",
            fault)
        : null;
  }

  /**
   * Writes zeros the plain way. That says exactly when the disk is full, where a store to a hole
   * would be lost; it spares the page fault a look at the disk for what the page held before; and
   * it lets the system take large pages, which makes the copy into them cheap.
   */
  @Override
  public void prepare(int piece, int begin, int length) throws StorageException {
    files.forEachSlice(
        piece,
        begin,
        length,
        (target, offset, sliceLength) -> {
          if (target != TorrentFiles.PAD && isMapped(target)) {
            plain.writeZeros(target, offset, sliceLength);
          }
        });
  }

  @Override
  public void write(int piece, int begin, ByteBuffer block) throws StorageException {
    int end = block.limit();
    files.forEachSlice(
        piece,
        begin,
        block.remaining(),
        (target, offset, length) -> {
          int sliceEnd = block.position() + length;
          if (target == TorrentFiles.PAD) {
            block.position(sliceEnd);
          }
          for (long at = offset; block.position() < sliceEnd; at = WINDOW * (at / WINDOW + 1)) {
            block.limit(block.position() + part(at, sliceEnd - block.position()));
            Window window = window(target, at);
            if (window == null) {
              plain.write(target, at, block);
            } else {
              window.at(at, block.remaining()).put(block);
              markWritten(window);
            }
          }
          block.limit(end);
        });
  }

  @Override
  public void read(int piece, int begin, ByteBuffer into) throws StorageException {
    int end = into.limit();
    files.forEachSlice(
        piece,
        begin,
        into.remaining(),
        (target, offset, length) -> {
          int sliceEnd = into.position() + length;
          if (target == TorrentFiles.PAD) {
            FileStorage.putZeros(into.limit(sliceEnd));
          }
          for (long at = offset; into.position() < sliceEnd; at = WINDOW * (at / WINDOW + 1)) {
            into.limit(into.position() + part(at, sliceEnd - into.position()));
            Window window = window(target, at);
            if (window == null) {
              plain.read(target, at, into);
            } else {
              into.put(window.at(at, into.remaining()));
            }
          }
          into.limit(end);
        });
  }

  @Override
  public void digest(int piece, int begin, int length, MessageDigest digest)
      throws StorageException {
    files.forEachSlice(
        piece,
        begin,
        length,
        (target, offset, sliceLength) -> {
          if (target == TorrentFiles.PAD) {
            FileStorage.digestZeros(sliceLength, digest);
            return;
          }
          for (long at = offset; at < offset + sliceLength; at = WINDOW * (at / WINDOW + 1)) {
            int part = part(at, (int) (offset + sliceLength - at));
            Window window = window(target, at);
            if (window == null) {
              plain.digest(target, at, part, digest);
            } else {
              digest.update(window.at(at, part));
            }
          }
        });
  }

  /** How many of {@code length} bytes lie in the window of the first one. */
  private static int part(long offset, int length) {
    return (int) Math.min(length, WINDOW - offset % WINDOW);
  }

  private boolean isMapped(int target) {
    return canMap && target != files.edges() && files.length(target) >= MIN_MAPPED;
  }

  /** The window that holds a byte, or null when that file is not to be mapped. */
  private Window window(int target, long offset) throws StorageException {
    if (!isMapped(target)) {
      return null;
    }
    long key = ((long) target << 32) | (offset >>> WINDOW_SHIFT);
    if (last != null && last.key == key) {
      return last;
    }
    Window window = windows.get(key);
    if (window == null) {
      MappedByteBuffer bytes = map(target, offset);
      if (bytes == null) {
        return null;
      }
      window = new Window(target, key, bytes);
      windows.put(key, window);
    }
    last = window;
    return window;
  }

  private MappedByteBuffer map(int target, long offset) throws StorageException {
    try (FileChannel channel = files.open(target)) {
      long length = files.length(target);
      if (channel.size() != length) { // mapping more than there is would lengthen it silently
        throw new StorageException(
            files.path(target),
            "its size was changed to " + channel.size() + " (expected: " + length + ")");
      }
      return map(channel, target, offset / WINDOW * WINDOW, length);
    } catch (IOException e) {
      throw StorageException.of(files.path(target), e);
    }
  }

  private MappedByteBuffer map(FileChannel channel, int target, long start, long length) {
    MapMode mode = files.isComplete(target) ? MapMode.READ_ONLY : MapMode.READ_WRITE;
    try {
      return channel.map(mode, start, Math.min(WINDOW, length - start));
    } catch (IOException e) {
      // Some file systems cannot map, and some processes lack the address space.
      canMap = false;
      return null;
    }
  }

  private void markWritten(Window window) {
    if (!window.written) {
      window.written = true;
      written.add(window);
    }
  }

  @Override
  public List<Unflushed> takeUnflushed() {
    List<Unflushed> taken = plain.takeUnflushed();
    for (Unflushed window : written) {
      ((Window) window).written = false;
    }
    taken.addAll(written);
    written.clear();
    return taken;
  }

  @Override
  public void close() {
    windows.clear();
    last = null;
    plain.close();
  }

  /** Part of one file in memory. Only {@link #force} is called by other threads than the lane's. */
  private static final class Window implements Unflushed {
    private final int target;
    private final long key;
    private final MappedByteBuffer bytes;
    private boolean written;

    Window(int target, long key, MappedByteBuffer bytes) {
      this.target = target;
      this.key = key;
      this.bytes = bytes;
    }

    /** The buffer, set to a range; valid until the next call. */
    ByteBuffer at(long offset, int length) {
      int position = (int) (offset & (WINDOW - 1));
      return bytes.limit(position + length).position(position);
    }

    @Override
    public int target() {
      return target;
    }

    @Override
    public void force() throws IOException {
      try {
        bytes.force();
      } catch (java.io.UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }

  private static final class LruWindows extends LinkedHashMap<Long, Window> {
    private static final long serialVersionUID = 1;

    LruWindows() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Long, Window> eldest) {
      return size() > MAX_WINDOWS;
    }
  }
}
