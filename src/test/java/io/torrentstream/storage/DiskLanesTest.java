package io.torrentstream.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.Bitfield;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DiskLanesTest {
  private final DiskLanes lanes = new DiskLanes(3);

  @AfterEach
  void close() {
    lanes.close();
  }

  private static <T> T join(CompletableFuture<T> future) {
    return future.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void aLaneKeepsTheOrder() {
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 1000; i++) {
      int n = i;
      lanes.execute(1, () -> seen.add(n));
    }
    join(lanes.onEveryLane(lane -> {}));
    assertEquals(1000, seen.size());
    assertEquals(seen.stream().sorted().toList(), seen);
  }

  @Test
  void everyLaneIsADaemonThreadOfItsOwn() {
    Set<String> names = ConcurrentHashMap.newKeySet();
    join(
        lanes.onEveryLane(
            lane -> {
              assertTrue(Thread.currentThread().isDaemon());
              names.add(Thread.currentThread().getName());
            }));
    assertEquals(Set.of("tsl-disk-0", "tsl-disk-1", "tsl-disk-2"), names);
  }

  @Test
  void aFenceComesAfterWhatWasQueuedBefore() {
    CountDownLatch gate = new CountDownLatch(1);
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    for (int lane = 0; lane < 3; lane++) {
      int n = lane;
      lanes.execute(
          lane,
          () -> {
            await(gate);
            done.add(n);
          });
    }
    CompletableFuture<Set<Integer>> fence =
        lanes.onEveryLane(lane -> {}).thenApply(passed -> Set.copyOf(done));
    gate.countDown();
    assertEquals(Set.of(0, 1, 2), join(fence));
  }

  private static void await(CountDownLatch gate) {
    try {
      assertTrue(gate.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void filterVisitsEachItemOnceOnItsLane() {
    Bitfield items = new Bitfield(1000);
    for (int i = 0; i < 1000; i += 3) {
      items.set(i);
    }
    Set<Integer> visited = ConcurrentHashMap.newKeySet();
    Bitfield even =
        join(
            lanes.filter(
                items,
                (lane, item) -> {
                  assertEquals("tsl-disk-" + lane, Thread.currentThread().getName());
                  assertEquals(item % 3, lane);
                  assertTrue(visited.add(item));
                  return item % 2 == 0;
                }));
    assertEquals(items.count(), visited.size());
    for (int i = 0; i < 1000; i++) {
      assertEquals(i % 6 == 0, even.get(i), "item " + i);
    }
  }

  @Test
  void filterLetsOtherJobsIn() {
    Bitfield items = new Bitfield(1_000_000);
    items.setAll();
    CountDownLatch other = new CountDownLatch(1);
    boolean[] waited = new boolean[1];
    CompletableFuture<Bitfield> swept =
        lanes.filter(
            items,
            (lane, item) -> {
              if (item == 0) {
                lanes.execute(0, other::countDown);
              }
              // Seen before the sweep is at its end, as it would not be if it held the lane.
              waited[0] |= lane == 0 && item < 999_999 && other.getCount() == 0;
              return true;
            });
    assertTrue(join(swept).isFull());
    assertTrue(waited[0]);
  }

  @Test
  void filterFailsWithTheFirstFailure() {
    Bitfield items = new Bitfield(100_000);
    items.setAll();
    CompletableFuture<Bitfield> swept =
        lanes.filter(
            items,
            (lane, item) -> {
              if (item == 10) {
                throw new IOException("no");
              }
              return true;
            });
    CompletionException e = assertThrows(CompletionException.class, () -> join(swept));
    assertEquals("no", assertInstanceOf(IOException.class, e.getCause()).getMessage());
  }

  @Test
  void aJobThatThrowsDoesNotEndItsLane() {
    lanes.execute(
        0,
        () -> {
          throw new IllegalStateException("thrown by a test");
        });
    assertEquals(7, join(CompletableFuture.supplyAsync(() -> 7, job -> lanes.execute(0, job))));
  }

  @Test
  void thereIsAtLeastOneLane() {
    assertThrows(IllegalArgumentException.class, () -> new DiskLanes(0));
    assertTrue(DiskLanes.defaultCount() >= 1 && DiskLanes.defaultCount() <= 4);
  }
}
