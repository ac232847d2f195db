package io.torrentstream.storage;

import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.util.Digests;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Hashes files that are to become a torrent, on all cores: each thread takes the next piece, reads
 * and digests it, and takes another. Files that do not stay as they are meanwhile are an error, for
 * the torrent would promise bytes that nobody has. Used once.
 */
public final class DataHasher {
  /**
   * Small enough to lie in a core's own cache still when it is digested: chunks of twice the size
   * took a third longer.
   */
  private static final int CHUNK = 64 * 1024;

  /**
   * A disk that does not answer lets no thread come to its next report; so often one is made all
   * the same.
   */
  private static final long REPORT_SECONDS = 1;

  private final List<Path> files;
  private final Stamp[] stamps;
  private final PieceLayout layout;
  private final LinkOption[] links;
  private final LongConsumer progress;
  private final byte[] hashes;
  private final AtomicInteger nextPiece = new AtomicInteger();
  private final AtomicLong hashed = new AtomicLong();
  private volatile boolean failed;

  private DataHasher(
      List<Path> files, PieceLayout layout, boolean followLinks, LongConsumer progress) {
    this.files = files;
    this.stamps = new Stamp[files.size()];
    this.layout = layout;
    this.links = followLinks ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    this.progress = progress;
    this.hashes = new byte[Math.multiplyExact(layout.pieceCount(), Digests.SHA1_BYTES)];
  }

  /**
   * Hashes everything; blocks until that is done.
   *
   * @param files in the order of the torrent
   * @param layout their lengths, and the length of a piece
   * @param followLinks whether a file may be a symbolic link
   * @param progress told the bytes hashed so far after each piece, on other threads, and once a
   *     second, on this one; ends the hashing with a {@link CancellationException}
   * @return 20 bytes a piece
   * @throws StorageException when a file cannot be read, or is not the same all the time
   */
  public static byte[] hash(
      List<Path> files, PieceLayout layout, boolean followLinks, LongConsumer progress)
      throws StorageException {
    return new DataHasher(files, layout, followLinks, progress).run();
  }

  private byte[] run() throws StorageException {
    for (int i = 0; i < stamps.length; i++) {
      stamps[i] = stamp(i);
      if (stamps[i].size() != layout.fileLength(i)) {
        throw changed(i);
      }
    }
    hashPieces();
    for (int i = 0; i < stamps.length; i++) {
      requireSame(i);
    }
    return hashes;
  }

  private void requireSame(int file) throws StorageException {
    if (!stamps[file].equals(stamp(file))) {
      throw changed(file);
    }
  }

  private Stamp stamp(int file) throws StorageException {
    try {
      Stamp stamp = Stamp.of(files.get(file), links);
      if (stamp == null) {
        throw vanished(file);
      }
      return stamp;
    } catch (IOException e) {
      throw StorageException.of(files.get(file), e);
    }
  }

  private void hashPieces() throws StorageException {
    CompletableFuture<?>[] shares = new CompletableFuture<?>[cores()];
    for (int i = 0; i < shares.length; i++) {
      String name = "tsl-hash-" + i;
      shares[i] = CompletableFuture.runAsync(this::hashSome, job -> startThread(job, name));
    }
    try {
      await(CompletableFuture.allOf(shares));
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io
          && io.getCause() instanceof StorageException cause) {
        throw cause;
      }
      if (e.getCause() instanceof CancellationException cancelled) {
        throw cancelled;
      }
      throw e;
    }
  }

  /**
   * Waits for the threads, unless the progress ends it: one that hangs (in a network disk, or in a
   * file that became a pipe just when it was opened) is left behind, and keeps no process alive.
   */
  private void await(CompletableFuture<Void> shares) {
    try {
      while (!shares
          .thenApply(done -> true)
          .completeOnTimeout(false, REPORT_SECONDS, TimeUnit.SECONDS)
          .join()) {
        progress.accept(hashed.get());
      }
    } finally {
      failed |= !shares.isDone();
    }
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static void startThread(Runnable job, String name) {
    Thread thread = new Thread(job, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One thread's share: the pieces that no other was faster to take. */
  private void hashSome() {
    boolean done = false;
    try (Reader reader = new Reader()) {
      int piece;
      while (!failed && (piece = nextPiece.getAndIncrement()) < layout.pieceCount()) {
        byte[] hash = reader.hash(piece);
        System.arraycopy(hash, 0, hashes, piece * hash.length, hash.length);
        progress.accept(hashed.addAndGet(layout.pieceLength(piece)));
      }
      done = true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      failed |= !done;
    }
  }

  private StorageException changed(int file) {
    return new StorageException(
        files.get(file), "changed while it was hashed (expected: a file that stays as it is)");
  }

  private StorageException vanished(int file) {
    return new StorageException(
        files.get(file), "vanished while it was hashed (expected: a file that stays as it is)");
  }

  /** Reads pieces in ascending order, one file open at a time; confined to a thread. */
  private final class Reader implements Closeable {
    private final Set<OpenOption> readOnly =
        links.length == 0
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private final MessageDigest digest = Digests.sha1();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    private int openFile = -1;
    private FileChannel channel;

    byte[] hash(int piece) throws StorageException {
      int length = layout.pieceLength(piece);
      for (int begin = 0; begin < length; begin += CHUNK) {
        int end = Math.min(CHUNK, length - begin);
        chunk.clear();
        layout.forEachSlice(piece, begin, end, this::read);
        digest.update(chunk.flip());
      }
      return digest.digest();
    }

    private void read(int file, long offset, int length) throws StorageException {
      try {
        open(file);
        chunk.limit(chunk.position() + length);
        for (long at = offset; chunk.hasRemaining(); ) {
          int read = channel.read(chunk, at);
          if (read < 0) {
            throw changed(file);
          }
          at += read;
        }
      } catch (NoSuchFileException e) {
        throw vanished(file);
      } catch (IOException e) {
        throw StorageException.of(files.get(file), e);
      }
    }

    private void open(int file) throws IOException {
      if (file != openFile) {
        close();
        requireSame(file); // to open a pipe would wait for ever
        channel = FileChannel.open(files.get(file), readOnly);
        openFile = file;
      }
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
