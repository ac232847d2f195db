package io.torrentstream.storage;

import io.torrentstream.storage.Survey.View;
import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much room on the disk unfinished files take up for pieces that are not right: to write those
 * again needs none there. Java does not say how many blocks a sparse file has; but a hole is all
 * zeros, so what is not zero has its room. Used once.
 */
final class Occupied {
  private static final int STEP = 16 * 1024;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(STEP).asReadOnlyBuffer();

  private final TorrentFiles files;
  private final Survey survey;
  private final DiskLanes lanes;
  private final Reader[] readers;
  private final AtomicLong bytes = new AtomicLong();

  Occupied(TorrentFiles files, Survey survey, DiskLanes lanes) {
    this.files = files;
    this.survey = survey;
    this.lanes = lanes;
    this.readers = new Reader[lanes.count()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = new Reader();
    }
  }

  /** Completes with the bytes of all {@code pieces}. */
  CompletableFuture<Long> count(Bitfield pieces) {
    CompletableFuture<Bitfield> counted =
        lanes.filter(
            pieces,
            (lane, piece) -> {
              readers[lane].read(piece);
              return true;
            });
    // Waited for: Windows lets nobody replace a file that is open.
    return counted
        .handle((done, failure) -> lanes.onEveryLane(lane -> readers[lane].close()))
        .thenCompose(closing -> closing)
        .thenCompose(closed -> counted)
        .thenApply(done -> bytes.get());
  }

  /** One lane's part; confined to the lane. */
  private final class Reader {
    private final OpenFiles open = new OpenFiles(target -> survey.open(target, View.PART_FIRST));
    private final ByteBuffer step = ByteBuffer.allocateDirect(STEP);

    void read(int piece) throws IOException {
      files.forEachSlice(
          piece,
          0,
          files.layout().pieceLength(piece),
          (target, offset, length) -> {
            if (target != TorrentFiles.PAD && survey.hasPart(target)) {
              read(target, offset, length);
            }
          });
    }

    private void read(int target, long offset, int length) throws IOException {
      try {
        FileChannel channel = open.get(target);
        long end = Math.min(offset + length, channel.size());
        for (long at = offset; at < end; ) {
          step.clear().limit((int) Math.min(STEP - at % STEP, end - at));
          int count = channel.read(step, at);
          if (count <= 0) {
            return; // it was cut meanwhile
          }
          step.flip();
          if (!step.equals(ZEROS.slice(0, count))) {
            bytes.addAndGet(count);
          }
          at += count;
        }
      } catch (IOException e) {
        throw StorageException.of(files.part(target), e);
      }
    }

    void close() {
      try {
        open.close();
      } catch (IOException e) {
        step.clear(); // closing what was only read cannot lose anything
      }
    }
  }
}
