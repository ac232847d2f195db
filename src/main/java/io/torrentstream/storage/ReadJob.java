package io.torrentstream.storage;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.Block;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Reads the blocks of one {@link BlockRead} on their lane into one pooled buffer, and brings it to
 * the loop. Never hands out a mapping itself: a page fault, or a file that was cut, must not hit
 * the event loop.
 */
final class ReadJob implements Runnable {
  private final OpenTorrent torrent;
  private final int lane;
  private final BlockRead read;
  private final Executor loop;
  private final Consumer<Throwable> onFailure;

  /**
   * @param onFailure gets a {@link StorageException} or a {@link RejectedExecutionException}, the
   *     latter when the loop is gone; called on the lane
   */
  ReadJob(
      OpenTorrent torrent, int lane, BlockRead read, Executor loop, Consumer<Throwable> onFailure) {
    this.torrent = torrent;
    this.lane = lane;
    this.read = read;
    this.loop = loop;
    this.onFailure = onFailure;
  }

  @Override
  public void run() {
    int length = 0;
    for (Block block : read.blocks()) {
      length += read.gap() + block.length();
    }
    ByteBuf data = read.alloc().directBuffer(length, length);
    boolean handedOver = false;
    Exception failure = null;
    try {
      torrent.lane(lane).read(read.blocks(), read.gap(), data.nioBuffer(0, length));
      data.writerIndex(length);
      loop.execute(() -> read.answer().accept(data));
      handedOver = true;
    } catch (StorageException | RejectedExecutionException e) {
      failure = e;
    } finally {
      if (!handedOver) { // without a failure: a bug, or a fault that came too late for its guard
        data.release();
        onFailure.accept(failure == null ? new IllegalStateException("a read failed") : failure);
      }
    }
  }
}
