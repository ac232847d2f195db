package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Plain reads and writes at positions. Slower than {@link MappedStorage} for large files, faster
 * for small ones (which that class leaves to this one), and exact in its errors. Confined to one
 * lane.
 */
final class FileStorage implements TorrentStorage {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(256 * 1024).asReadOnlyBuffer();

  private final TorrentFiles files;
  private final OpenFiles open;
  private final BitSet written = new BitSet();
  private final ByteBuf scratch = Unpooled.wrappedBuffer(ByteBuffer.allocateDirect(64 * 1024));

  FileStorage(TorrentFiles files) {
    this.files = files;
    this.open = new OpenFiles(files);
  }

  @Override
  public void guard(Use use) throws StorageException {
    use.run(); // every fault is an IOException where it happens
  }

  @Override
  public void prepare(int piece, int begin, int length) {
    // Writing tells.
  }

  /** Writes zeros to a range of one file, which need not be forced. */
  void writeZeros(int target, long offset, int length) throws StorageException {
    try {
      FileChannel channel = channel(target);
      for (int done = 0; done < length; ) {
        ByteBuffer zeros = ZEROS.slice(0, Math.min(ZEROS.capacity(), length - done));
        done += channel.write(zeros, offset + done);
      }
    } catch (IOException e) {
      throw StorageException.of(files.path(target), e);
    }
  }

  @Override
  public void write(int piece, int begin, ByteBuf block) throws StorageException {
    files.forEachSlice(
        piece,
        begin,
        block.readableBytes(),
        (target, offset, length) -> {
          if (target == TorrentFiles.PAD) {
            block.skipBytes(length);
          } else {
            write(target, offset, length, block);
          }
        });
  }

  /** Writes the next {@code length} bytes of {@code data} into one file. */
  void write(int target, long offset, int length, ByteBuf data) throws StorageException {
    try {
      FileChannel channel = channel(target);
      written.set(target);
      for (int done = 0; done < length; ) {
        done += data.readBytes(channel, offset + done, length - done);
      }
    } catch (IOException e) {
      throw StorageException.of(files.path(target), e);
    }
  }

  @Override
  public void read(int piece, int begin, int length, ByteBuf into) throws StorageException {
    files.forEachSlice(
        piece,
        begin,
        length,
        (target, offset, sliceLength) -> {
          if (target == TorrentFiles.PAD) {
            into.writeZero(sliceLength);
          } else {
            read(target, offset, sliceLength, into);
          }
        });
  }

  /** Appends a range of one file to {@code into}. */
  void read(int target, long offset, int length, ByteBuf into) throws StorageException {
    try {
      FileChannel channel = channel(target);
      for (int done = 0; done < length; ) {
        int count = into.writeBytes(channel, offset + done, length - done);
        if (count < 0) {
          throw new StorageException(
              files.path(target), "was cut to " + (offset + done) + " bytes meanwhile");
        }
        done += count;
      }
    } catch (IOException e) {
      throw StorageException.of(files.path(target), e);
    }
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
            digestZeros(sliceLength, digest);
          } else {
            digest(target, offset, sliceLength, digest);
          }
        });
  }

  /** Feeds a range of one file to a digest. */
  void digest(int target, long offset, int length, MessageDigest digest) throws StorageException {
    for (int done = 0; done < length; done += scratch.readableBytes()) {
      scratch.clear();
      read(target, offset + done, Math.min(scratch.capacity(), length - done), scratch);
      digest.update(scratch.nioBuffer());
    }
  }

  static void putZeros(ByteBuffer into) {
    while (into.hasRemaining()) {
      into.put(ZEROS.slice(0, Math.min(ZEROS.capacity(), into.remaining())));
    }
  }

  static void digestZeros(int length, MessageDigest digest) {
    for (int left = length; left > 0; left -= ZEROS.capacity()) {
      digest.update(ZEROS.slice(0, Math.min(ZEROS.capacity(), left)));
    }
  }

  /**
   * The channel of a file that still has its length. A file that was cut must be an error: writing
   * behind its end would make it look whole again.
   */
  private FileChannel channel(int target) throws IOException {
    FileChannel channel = open.get(target);
    long size = channel.size();
    if (size != files.length(target)) {
      throw new StorageException(
          files.path(target),
          "its size was changed to " + size + " (expected: " + files.length(target) + ")");
    }
    return channel;
  }

  @Override
  public List<Unflushed> takeUnflushed() {
    List<Unflushed> taken = new ArrayList<>();
    written.stream().forEach(target -> taken.add(new UnflushedFile(files, target)));
    written.clear();
    return taken;
  }

  /** A file that was written through channels; forced through one of its own. */
  record UnflushedFile(TorrentFiles files, int target) implements Unflushed {
    @Override
    public void force() throws IOException {
      try (FileChannel channel = files.open(target)) {
        channel.force(false);
      }
    }

    // Written out: the first use of generated ones takes 20 ms, at the end of every run.
    @Override
    public boolean equals(Object o) {
      return o instanceof UnflushedFile other && target == other.target && files == other.files;
    }

    @Override
    public int hashCode() {
      return target;
    }
  }

  @Override
  public void close() {
    try {
      open.close();
    } catch (IOException e) {
      // Closing writes nothing: what mattered was forced or hashed before.
      written.clear();
    }
  }
}
