package io.torrentstream.storage;

import io.torrentstream.metainfo.PieceLayout;
import io.torrentstream.metainfo.TorrentInfo;
import io.torrentstream.util.Bitfield;
import io.torrentstream.util.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Hashes pieces as they lie on disk, on all lanes at once. Reads through channels even where data
 * is written through mappings: a mapping of a file that somebody cuts shows stale bytes for a
 * while, a read does not. Used once.
 */
final class Recheck {
  private static final int CHUNK = 128 * 1024;
  private static final long PROGRESS_BYTES = 64L << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(CHUNK).asReadOnlyBuffer();

  private final TorrentInfo info;
  private final TorrentFiles files;
  private final DiskLanes lanes;
  private final LongConsumer progress;
  private final Reader[] readers;
  private final AtomicLong hashed = new AtomicLong();

  /**
   * @param opener where each file's bytes are read from
   * @param progress told the bytes hashed so far, on any lane, a hundred times or so; what it
   *     throws ends the check
   */
  Recheck(
      TorrentInfo info,
      TorrentFiles files,
      OpenFiles.Opener opener,
      DiskLanes lanes,
      LongConsumer progress) {
    this.info = info;
    this.files = files;
    this.lanes = lanes;
    this.progress = progress;
    this.readers = new Reader[lanes.count()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = new Reader(new OpenFiles(opener));
    }
  }

  /** Completes with those of {@code pieces} whose hash is right. */
  CompletableFuture<Bitfield> run(Bitfield pieces) {
    if (pieces.isEmpty()) {
      return CompletableFuture.completedFuture(pieces);
    }
    long step = Math.max(1, Math.min(PROGRESS_BYTES, info.length() / 100));
    CompletableFuture<Bitfield> checked =
        lanes.filter(
            pieces,
            (lane, piece) -> {
              boolean good = readers[lane].isGood(piece);
              int length = info.layout().pieceLength(piece);
              long now = hashed.addAndGet(length);
              if (now / step != (now - length) / step) {
                progress.accept(now);
              }
              return good;
            });
    // Waited for: Windows lets nobody replace a file that is open.
    return checked
        .handle((good, failure) -> lanes.onEveryLane(lane -> readers[lane].close()))
        .thenCompose(closing -> closing)
        .thenCompose(closed -> checked);
  }

  /** One lane's part; confined to the lane. */
  private final class Reader {
    private final OpenFiles open;
    private final MessageDigest digest = Digests.sha1();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    private byte[] zeroHash = {};
    private int zeroHashLength = -1;

    Reader(OpenFiles open) {
      this.open = open;
    }

    /**
     * Whether a piece is right. The hole that a sparse file has in place of a missing piece is all
     * zeros, which is seen at the speed of memory and needs no hashing.
     */
    boolean isGood(int piece) throws IOException {
      PieceLayout layout = info.layout();
      int length = layout.pieceLength(piece);
      int zeros = 0;
      for (int at = 0; at < length; at += chunk.limit()) {
        chunk.clear().limit(Math.min(CHUNK, length - at));
        if (!read(piece, at)) {
          digest.reset();
          return false;
        }
        chunk.flip();
        if (zeros == at && chunk.equals(ZEROS.slice(0, chunk.limit()))) {
          zeros += chunk.limit();
          continue;
        }
        if (zeros == at) {
          FileStorage.digestZeros(zeros, digest);
        }
        digest.update(chunk);
      }
      return info.isPieceHash(piece, zeros == length ? zeroHash(length) : digest.digest());
    }

    private byte[] zeroHash(int length) {
      if (zeroHashLength != length) {
        FileStorage.digestZeros(length, digest);
        zeroHash = digest.digest();
        zeroHashLength = length;
      }
      return zeroHash;
    }

    /** Fills the chunk; false when a file ends before. */
    private boolean read(int piece, int begin) throws IOException {
      int end = chunk.limit();
      files.forEachSlice(
          piece,
          begin,
          end,
          (target, offset, length) -> {
            chunk.limit(chunk.position() + length);
            if (target == TorrentFiles.PAD) {
              FileStorage.putZeros(chunk);
            } else {
              read(target, offset);
            }
          });
      return chunk.position() == end;
    }

    private void read(int target, long offset) throws IOException {
      try {
        FileChannel channel = open.get(target);
        long at = offset;
        for (int n = 0; chunk.hasRemaining() && n >= 0; at += n) {
          n = channel.read(chunk, at);
        }
      } catch (IOException e) {
        throw StorageException.of(files.path(target), e);
      }
    }

    void close() {
      try {
        open.close();
      } catch (IOException e) {
        digest.reset(); // closing what was only read cannot lose anything
      }
    }
  }
}
