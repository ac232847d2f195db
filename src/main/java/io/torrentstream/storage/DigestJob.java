package io.torrentstream.storage;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Digests the blocks of a piece on their lane, and brings the digests to the loop. */
final class DigestJob implements Runnable {
  private final TorrentLane lane;
  private final int piece;
  private final Executor loop;
  private final Consumer<long[]> answer;
  private final Consumer<Throwable> onFailure;

  /**
   * @param onFailure gets a {@link StorageException} or a {@link RejectedExecutionException}, the
   *     latter when the loop is gone; called on the lane
   */
  DigestJob(
      TorrentLane lane,
      int piece,
      Executor loop,
      Consumer<long[]> answer,
      Consumer<Throwable> onFailure) {
    this.lane = lane;
    this.piece = piece;
    this.loop = loop;
    this.answer = answer;
    this.onFailure = onFailure;
  }

  @Override
  public void run() {
    boolean handedOver = false;
    Exception failure = new IllegalStateException("a digest failed"); // if nothing is caught: a bug
    try {
      long[] digests = lane.digestBlocks(piece);
      loop.execute(() -> answer.accept(digests));
      handedOver = true;
    } catch (StorageException | RejectedExecutionException e) {
      failure = e;
    } finally {
      if (!handedOver) {
        onFailure.accept(failure);
      }
    }
  }
}
