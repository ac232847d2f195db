package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Block;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestQueueTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int BLOCK = 16 * 1024;

  private final RequestQueue queue = new RequestQueue();

  @Test
  void answersAndDropsLikeAPlainQueueInAnyOrder() {
    Random random = new Random(7);
    ArrayDeque<Block> model = new ArrayDeque<>();
    int next = 0;
    for (int step = 0; step < 20_000; step++) {
      if (model.isEmpty() || random.nextInt(100) < 52) {
        Block block = new Block(next / 64, next % 64 * BLOCK, BLOCK);
        next++;
        model.add(block);
        queue.add(block, step);
      } else {
        Block block = new ArrayList<>(model).get(random.nextInt(Math.min(3, model.size())));
        model.remove(block);
        assertEquals(
            block,
            random.nextBoolean()
                ? queue.answer(block.piece(), block.begin(), step)
                : queue.drop(block.piece(), block.begin()));
      }
      assertEquals(model.size(), queue.size());
    }
    List<Block> rest = new ArrayList<>();
    queue.drain(rest::add);
    assertEquals(new ArrayList<>(model), rest);
    assertTrue(queue.isEmpty());
  }

  @Test
  void knowsNothingOfBlocksThatWereNotAskedFor() {
    queue.add(new Block(1, 0, BLOCK), 0);
    assertNull(queue.answer(1, BLOCK, 0));
    assertNull(queue.answer(0, 0, 0));
    assertNull(queue.drop(2, 0));
    assertEquals(1, queue.size());
  }

  @Test
  void growsByOneABlockWhileTheRateGrows() {
    int before = queue.room();
    for (int i = 0; i < 50; i++) {
      queue.add(new Block(0, i * BLOCK, BLOCK), 0);
      queue.answer(0, i * BLOCK, SECOND / 100);
    }
    assertEquals(before + 50, queue.room());
  }

  @Test
  void neverAsksForMoreThanThePeerTakes() {
    queue.limit(40);
    for (int i = 0; i < 500; i++) {
      queue.add(new Block(0, i * BLOCK, BLOCK), 0);
      queue.answer(0, i * BLOCK, 0);
    }
    assertEquals(40, queue.room());
    queue.limit(Integer.MAX_VALUE);
    queue.limit(-5);
    assertEquals(2, queue.room(), "nonsense is bounded");
  }

  @Test
  void followsTheRateOnceItStopsGrowing() {
    queue.add(new Block(0, 0, BLOCK), 0);
    queue.onRate(1_000_000);
    queue.onRate(1_000_000);
    // Nothing was answered yet, so no delay is known: 1.5 s of 1 MB/s are 91 blocks.
    assertEquals(91 - 1, queue.room());
    queue.onRate(0);
    assertEquals(2 - 1, queue.room(), "two at the least");
  }

  @Test
  void asksForOneBlockAtATimeAfterASnub() {
    queue.onSnubbed();
    assertEquals(1, queue.room());
    queue.add(new Block(0, 0, BLOCK), 0);
    queue.answer(0, 0, SECOND);
    assertEquals(2, queue.room(), "and trusts again, block by block");
  }

  @Test
  void asksInBurstsWhileThePeerHasEnoughToSend() {
    for (int i = 0; i < 32; i++) {
      queue.add(new Block(0, i * BLOCK, BLOCK), 0);
    }
    for (int i = 0; i < 4; i++) {
      assertEquals(0, queue.room(), "after " + i);
      queue.drop(0, i * BLOCK);
    }
    queue.drop(0, 4 * BLOCK);
    queue.drop(0, 5 * BLOCK);
    queue.drop(0, 6 * BLOCK);
    queue.drop(0, 7 * BLOCK);
    assertEquals(8, queue.room(), "a quarter of 32");
  }

  @Test
  void tellsSinceWhenTheOldestWaits() {
    assertEquals(99, queue.oldestNanos(99));
    queue.add(new Block(0, 0, BLOCK), 10);
    queue.add(new Block(0, BLOCK, BLOCK), 20);
    assertEquals(10, queue.oldestNanos(99));
    queue.drop(0, 0);
    assertEquals(20, queue.oldestNanos(99));
  }
}
