package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowIndexTest {
  private final List<Integer> keys = new ArrayList<>();
  private int hashBits;
  private final RowIndex index = new RowIndex(row -> hash(keys.get(row)));

  /** The fewer bits, the more keys collide. */
  private int hash(int key) {
    return (key * 0x9E3779B1) >>> (32 - hashBits);
  }

  private int find(int key) {
    return index.find(hash(key), row -> keys.get(row) == key);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 31})
  void findsWhatAListFinds(int bits) {
    hashBits = bits;
    SplittableRandom random = new SplittableRandom(bits);
    for (int step = 0; step < 20_000; step++) {
      // Up to a hundred keys for a while, then down to none.
      boolean growing = step / 1_000 % 2 == 0;
      int key = random.nextInt(100);
      int row = find(key);
      assertEquals(keys.indexOf(key), row, "step " + step);
      if (row < 0 && growing) {
        keys.add(key);
        index.add(keys.size() - 1);
      } else if (row >= 0 && random.nextInt(growing ? 4 : 1) == 0) {
        removeBySwapping(row);
      }
      if (random.nextInt(50) == 0) {
        index.trim();
      }
    }
  }

  private void removeBySwapping(int row) {
    int last = keys.size() - 1;
    if (row != last) {
      index.swap(row, last);
      int moved = keys.get(last);
      keys.set(last, keys.get(row));
      keys.set(row, moved);
    }
    index.remove(last);
    keys.remove(last);
  }
}
