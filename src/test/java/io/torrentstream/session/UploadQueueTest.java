package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import org.junit.jupiter.api.Test;

class UploadQueueTest {
  private final UploadQueue queue = new UploadQueue();

  @Test
  void servesInOrder() {
    queue.offer(block(1));
    queue.offer(block(2));
    assertEquals(block(1), queue.startReading());
    assertEquals(block(2), queue.startReading());
    assertNull(queue.startReading());
  }

  @Test
  void refusesWhatIsOverTheAnnouncedLimit() {
    for (int i = 0; i < UploadQueue.LIMIT; i++) {
      assertTrue(queue.offer(block(i)));
    }
    assertFalse(queue.offer(block(UploadQueue.LIMIT)));
  }

  @Test
  void readsAFewAtATime() {
    for (int i = 0; i < 100; i++) {
      queue.offer(block(i));
    }
    int started = 0;
    while (queue.startReading() != null) {
      started++;
    }
    assertEquals(16, started);
    queue.onRead(block(0));
    assertEquals(block(16), queue.startReading());
    assertNull(queue.startReading());
  }

  @Test
  void readsFewerThatAreLarge() {
    for (int i = 0; i < 5; i++) {
      queue.offer(new Block(0, i, 128 * 1024));
    }
    queue.startReading();
    queue.startReading();
    assertNull(queue.startReading());
  }

  @Test
  void cancelsOnlyWhatIsNotBeingRead() {
    queue.offer(block(1));
    queue.offer(block(2));
    queue.startReading();
    assertFalse(queue.cancel(block(1)));
    assertTrue(queue.cancel(block(2)));
    assertFalse(queue.cancel(block(2)));
    assertTrue(queue.isEmpty());
  }

  private static Block block(int begin) {
    return new Block(0, begin, 16 * 1024);
  }
}
