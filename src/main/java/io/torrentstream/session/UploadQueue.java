package io.torrentstream.session;

import io.torrentstream.metainfo.Block;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The blocks one peer asked us for and has not been sent yet, oldest first. Bounded: a peer that
 * asks for more than the limit we announced (BEP 10, reqq) is refused, so requests cost us at most
 * a few kilobytes a peer. Confined to the torrent's loop.
 */
final class UploadQueue {
  /**
   * What we announce as reqq. Clients that look after their requests once a second fetch no more
   * than this in it.
   */
  static final int LIMIT = 2000;

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

  /** A set, so that a flood of cancels costs no search each. */
  private final Set<Block> waiting = new LinkedHashSet<>();

  private final List<UploadBatch> reading = new ArrayList<>(MAX_READING);
  private boolean waitingForLimit;

  /** Takes a request; false when it is there already, or the queue is full. */
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
    Iterator<Block> oldest = waiting.iterator();
    while (oldest.hasNext() && blocks.size() < BATCH_BLOCKS) {
      Block next = oldest.next();
      if (!blocks.isEmpty() && (next.piece() != blocks.get(0).piece() || next.length() > room)) {
        break;
      }
      oldest.remove();
      room -= next.length();
      blocks.add(next);
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
    for (Iterator<Block> each = waiting.iterator(); each.hasNext(); ) {
      Block block = each.next();
      if (!stays.test(block)) {
        each.remove();
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
