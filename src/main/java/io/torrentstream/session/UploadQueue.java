package io.torrentstream.session;

import io.torrentstream.metainfo.Block;
import java.util.ArrayDeque;

/**
 * The blocks one peer asked us for and has not been sent yet, oldest first. Bounded: a peer that
 * asks for more than the limit we announced (BEP 10, reqq) is refused, so requests cost us at most
 * a few kilobytes a peer. Confined to the torrent's loop.
 */
final class UploadQueue {
  /** What we announce as reqq. */
  static final int LIMIT = 500;

  /**
   * Bytes being read for one peer at a time: enough to keep the disk lanes and the socket busy
   * together, and all that a peer which never reads can make us hold beyond the socket's buffers.
   */
  private static final int MAX_READING = 256 * 1024;

  private final ArrayDeque<Block> waiting = new ArrayDeque<>();
  private int readingBytes;
  private boolean waitingForLimit;

  /** Takes a request; false when the queue is full. */
  boolean offer(Block block) {
    return waiting.size() < LIMIT && waiting.add(block);
  }

  /** Takes back a request that is not being read yet; false when it is unknown or too late. */
  boolean cancel(Block block) {
    return waiting.remove(block);
  }

  /**
   * The next block to read, which then counts as being read; null when there is none or enough is
   * under way.
   */
  Block startReading() {
    if (readingBytes >= MAX_READING || waiting.isEmpty()) {
      return null;
    }
    Block block = waiting.poll();
    readingBytes += block.length();
    return block;
  }

  /** A block that was being read has been sent or given up. */
  void onRead(Block block) {
    readingBytes -= block.length();
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

  /** Takes out the oldest request that is not being read yet, or null. */
  Block poll() {
    return waiting.poll();
  }
}
