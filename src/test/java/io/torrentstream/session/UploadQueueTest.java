package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UploadQueueTest {
  private static final int FULL = UploadQueue.BATCH_BLOCKS;
  private static final int BLOCK = 16 * 1024;

  private final UploadQueue queue = new UploadQueue();

  private static Block block(int piece, int index) {
    return new Block(piece, index * BLOCK, BLOCK);
  }

  private void offer(int piece, int count) {
    for (int i = 0; i < count; i++) {
      assertTrue(queue.offer(block(piece, i)));
    }
  }

  private UploadBatch start() {
    return queue.startReading(Long.MAX_VALUE);
  }

  @Test
  void neighboursAreReadTogetherInOrder() {
    offer(0, 3);
    offer(1, 1);
    assertEquals(List.of(block(0, 0), block(0, 1), block(0, 2)), start().blocks());
    assertFalse(queue.isEmpty(), "another piece, which may lie on another lane");
  }

  @Test
  void whileOneBatchIsReadOnlyAFullOneIsBegun() {
    offer(0, 1);
    UploadBatch first = start();
    offer(1, FULL - 1);
    assertNull(start());
    offer(2, 1);
    assertEquals(FULL - 1, start().blocks().size());
    offer(3, FULL);
    assertNull(start(), "two are enough");
    queue.onRead(first);
    assertEquals(List.of(block(2, 0)), start().blocks());
  }

  @Test
  void whatIsLeftIsBegunWhenAllIsRead() {
    offer(0, 1);
    UploadBatch first = start();
    offer(1, 2);
    queue.onRead(first);
    assertEquals(2, start().blocks().size());
    assertTrue(queue.isEmpty());
    assertNull(start());
  }

  @Test
  void aBatchIsBoundedInBlocksAndBytes() {
    for (int i = 0; i < 100; i++) {
      queue.offer(new Block(0, i, 1));
    }
    assertEquals(FULL, start().blocks().size());
    UploadQueue large = new UploadQueue();
    for (int i = 0; i < 5; i++) {
      large.offer(new Block(0, i, 128 * 1024));
    }
    assertEquals(1, large.startReading(Long.MAX_VALUE).blocks().size());
  }

  @Test
  void aLimitMakesBatchesSmallerButNeverEmpty() {
    offer(0, 4);
    UploadBatch first = queue.startReading(1);
    assertEquals(List.of(block(0, 0)), first.blocks());
    queue.onRead(first);
    assertEquals(2, queue.startReading(2 * BLOCK).blocks().size());
  }

  @Test
  void refusesWhatIsOverTheAnnouncedLimit() {
    offer(0, UploadQueue.LIMIT);
    assertFalse(queue.offer(block(0, UploadQueue.LIMIT)));
  }

  @Test
  void refusesWhatItHasAlready() {
    offer(0, 1);
    assertFalse(queue.offer(block(0, 0)));
  }

  @Test
  void cancelsWhatWaitsAndWhatIsBeingRead() {
    offer(0, 2);
    offer(1, 1);
    UploadBatch batch = start();
    assertTrue(queue.cancel(block(1, 0)));
    assertFalse(queue.cancel(block(1, 0)));
    assertTrue(queue.cancel(block(0, 1)));
    assertFalse(queue.cancel(block(0, 1)));
    queue.onRead(batch);
    assertFalse(queue.cancel(block(0, 0)), "it is on its way");
    assertTrue(queue.isEmpty());
  }

  @Test
  void drainsAllButSome() {
    offer(0, 2);
    offer(1, 2);
    List<Block> dropped = new ArrayList<>();
    queue.drain(block -> block.piece() == 1, dropped::add);
    assertEquals(List.of(block(0, 0), block(0, 1)), dropped);
    assertEquals(List.of(block(1, 0), block(1, 1)), start().blocks());
  }
}
