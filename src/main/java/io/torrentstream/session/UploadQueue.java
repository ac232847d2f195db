package io.torrentstream.session;

import io.torrentstream.metainfo.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The blocks one peer asked us for and has not been sent yet, oldest first. Bounded: a peer that
 * asks for more than the limit we announced (BEP 10, reqq) is refused, so requests cost us at most
 * a few kilobytes a peer. Confined to the torrent's loop.
 */
final class UploadQueue {
  /** What we announce as reqq. */
  static final int LIMIT = 500;

  /**
   * Blocks that are read together: with their headers they fit into 128 KiB, so that the second
   * batch is read while the first one is sent, and both are still in the processor's cache.
   */
  static final int BATCH_BLOCKS = 7;

  /** The same as above, for larger blocks. */
  private static final int BATCH_BYTES = BATCH_BLOCKS * 16 * 1024;

  /**
   * Batches being read for one peer at a time: enough to keep the disk lanes and the socket busy
   * together, and all that a peer which never reads can make us hold beyond the socket's buffers.
   */
  private static final int MAX_READING = 2;

  private final ArrayDeque<Block> waiting = new ArrayDeque<>();
  private final List<UploadBatch> reading = new ArrayList<>(MAX_READING);
  private boolean waitingForLimit;

  /** Takes a request; false when the queue is full. */
  boolean offer(Block block) {
    return waiting.size() < LIMIT && waiting.add(block);
  }

  /** Takes back a request, unless it is unknown or too late. */
  boolean cancel(Block block) {
    if (waiting.remove(block)) {
      return true;
    }
    for (UploadBatch batch : reading) {
      if (batch.drop(block)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The oldest requests, those of one piece, which then count as being read; null when there are
   * none or enough is under way. While something is under way only a full batch is begun, because
   * what comes in meanwhile makes the next one larger, and fewer.
   *
   * @param maxBytes an upload limit; one block is given whatever it is
   */
  UploadBatch startReading(long maxBytes) {
    boolean enough =
        reading.size() >= MAX_READING || !reading.isEmpty() && waiting.size() < BATCH_BLOCKS;
    if (enough || waiting.isEmpty()) {
      return null;
    }
    List<Block> blocks = new ArrayList<>(BATCH_BLOCKS);
    long room = Math.min(maxBytes, BATCH_BYTES);
    int piece = waiting.peek().piece();
    for (Block next = waiting.peek();
        next != null
            && next.piece() == piece
            && blocks.size() < BATCH_BLOCKS
            && (blocks.isEmpty() || next.length() <= room);
        next = waiting.peek()) {
      room -= next.length();
      blocks.add(waiting.poll());
    }
    UploadBatch batch = new UploadBatch(blocks);
    reading.add(batch);
    return batch;
  }

  /** A batch that was being read is there. */
  void onRead(UploadBatch batch) {
    reading.remove(batch);
  }

  /**
   * Drops the requests that wait, but for some.
   *
   * @param dropped gets each of the others
   */
  void drain(Predicate<Block> stays, Consumer<Block> dropped) {
    for (int count = waiting.size(); count > 0; count--) {
      Block block = waiting.poll();
      if (stays.test(block)) {
        waiting.add(block);
      } else {
        dropped.accept(block);
      }
    }
  }

  /** Drops what is being read, too. */
  void dropReading() {
    reading.forEach(UploadBatch::dropAll);
  }

  /** An upload limit holds the queue back; false when that is known already. */
  boolean startWaiting() {
    boolean started = !waitingForLimit;
    waitingForLimit = true;
    return started;
  }

  void stopWaiting() {
    waitingForLimit = false;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }
}
