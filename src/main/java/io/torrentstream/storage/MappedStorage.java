package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.PieceLayout.SliceVisitor;
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
  private final PieceLayout layout;
  private final FileStorage plain;
  private final Map<Long, Window> windows = new LruWindows();
  private final List<Unflushed> written = new ArrayList<>();
  private Window last;
  private boolean canMap = true;

  // Made once, for some are used for each block; what they work on is in the fields behind them.
  private final SliceVisitor<StorageException> preparing;
  private final SliceVisitor<StorageException> writing;
  private final SliceVisitor<StorageException> reading;
  private final SliceVisitor<StorageException> digesting;
  private ByteBuf data;
  private MessageDigest digest;

  // Not final, and not local: so that no compiler finds out that nothing is made of them.
  private int none;
  private byte[][] entered;

  MappedStorage(TorrentFiles files) {
    this.files = files;
    this.layout = files.layout();
    this.plain = new FileStorage(files);
    this.preparing = files.onDisk(this::prepareSlice);
    this.writing = files.onDisk(inWindows(this::writePart));
    this.reading = files.onDisk(inWindows(this::readPart));
    this.digesting = files.onDisk(inWindows(this::digestPart));
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
    layout.forEachSlice(piece, begin, length, preparing);
  }

  private void prepareSlice(int target, long offset, int length) throws StorageException {
    if (isMapped(target)) {
      plain.writeZeros(target, offset, length);
    }
  }

  @Override
  public void write(int piece, int begin, ByteBuf block) throws StorageException {
    data = block;
    layout.forEachSlice(piece, begin, block.readableBytes(), writing);
  }

  private void writePart(int target, long offset, int length) throws StorageException {
    Window window = window(target, offset);
    if (target == TorrentFiles.PAD) {
      data.skipBytes(length);
    } else if (window == null) {
      plain.write(target, offset, length, data);
    } else {
      data.readBytes(window.at(offset, length));
      markWritten(window);
    }
  }

  @Override
  public void read(int piece, int begin, int length, ByteBuf into) throws StorageException {
    data = into;
    layout.forEachSlice(piece, begin, length, reading);
  }

  private void readPart(int target, long offset, int length) throws StorageException {
    Window window = window(target, offset);
    if (target == TorrentFiles.PAD) {
      data.writeZero(length);
    } else if (window == null) {
      plain.read(target, offset, length, data);
    } else {
      data.writeBytes(window.at(offset, length));
    }
  }

  @Override
  public void digest(int piece, int begin, int length, MessageDigest into) throws StorageException {
    digest = into;
    layout.forEachSlice(piece, begin, length, digesting);
  }

  private void digestPart(int target, long offset, int length) throws StorageException {
    Window window = window(target, offset);
    if (target == TorrentFiles.PAD) {
      FileStorage.digestZeros(length, digest);
    } else if (window == null) {
      plain.digest(target, offset, length, digest);
    } else {
      digest.update(window.at(offset, length));
    }
  }

  /** Shows a visitor each slice in parts of which none lies in two windows. */
  private static SliceVisitor<StorageException> inWindows(SliceVisitor<StorageException> visitor) {
    return (target, offset, length) -> {
      int part;
      for (int done = 0; done < length; done += part) {
        long at = offset + done;
        part = (int) Math.min(length - done, WINDOW - at % WINDOW);
        visitor.slice(target, at, part);
      }
    };
  }

  private boolean isMapped(int target) {
    return canMap
        && target != TorrentFiles.PAD
        && target != files.edges()
        && files.length(target) >= MIN_MAPPED;
  }

  /** The window that holds a byte, or null when it is not to be mapped, or no file's. */
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
