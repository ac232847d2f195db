package io.torrentstream.tool;

import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Finds rows of a table by their key: a hash table with linear probing that holds row numbers only,
 * four bytes each, while keys stay in the rows. At most three quarters of it are taken. Not
 * thread-safe.
 */
final class RowIndex {
  private static final int LEAST_SLOTS = 4;

  /** The hash of the key in a row. */
  private final IntUnaryOperator hashOfRow;

  /** Row number and one; 0 where nothing is. Its length is a power of two. */
  private int[] slots = new int[LEAST_SLOTS];

  private int size;

  RowIndex(IntUnaryOperator hashOfRow) {
    this.hashOfRow = hashOfRow;
  }

  /**
   * The row that {@code isIt}, among those whose key may have this hash.
   *
   * @return -1 when there is none
   */
  int find(int hash, IntPredicate isIt) {
    for (int slot = home(hash); slots[slot] != 0; slot = after(slot)) {
      if (isIt.test(slots[slot] - 1)) {
        return slots[slot] - 1;
      }
    }
    return -1;
  }

  /** Adds a row that is not there yet; its key is in place already. */
  void add(int row) {
    if (4 * (size + 1) > 3 * slots.length) {
      rehash(2 * slots.length);
    }
    insert(row);
    size++;
  }

  /** Removes a row that is there; its key is still in place. */
  void remove(int row) {
    int hole = slotOf(row);
    // Whoever probed past the hole to its slot would not be found any more: it moves up.
    for (int slot = after(hole); slots[slot] != 0; slot = after(slot)) {
      int home = home(hashOfRow.applyAsInt(slots[slot] - 1));
      if (distance(home, slot) >= distance(hole, slot)) {
        slots[hole] = slots[slot];
        hole = slot;
      }
    }
    slots[hole] = 0;
    size--;
  }

  /** Two rows are about to change places; their keys are where they were. */
  void swap(int a, int b) {
    int slotOfA = slotOf(a);
    int slotOfB = slotOf(b);
    slots[slotOfA] = b + 1;
    slots[slotOfB] = a + 1;
  }

  /** Gives back room that removals left. */
  void trim() {
    int least = LEAST_SLOTS;
    while (4 * size > 3 * least) {
      least *= 2;
    }
    if (2 * least < slots.length) {
      rehash(2 * least);
    }
  }

  private void rehash(int length) {
    int[] old = slots;
    slots = new int[length];
    for (int entry : old) {
      if (entry != 0) {
        insert(entry - 1);
      }
    }
  }

  private void insert(int row) {
    int slot = home(hashOfRow.applyAsInt(row));
    while (slots[slot] != 0) {
      slot = after(slot);
    }
    slots[slot] = row + 1;
  }

  private int slotOf(int row) {
    int slot = home(hashOfRow.applyAsInt(row));
    while (slots[slot] != row + 1) {
      slot = after(slot);
    }
    return slot;
  }

  private int home(int hash) {
    return hash & (slots.length - 1);
  }

  private int after(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  /** How many steps of probing lead from one slot to another. */
  private int distance(int from, int to) {
    return (to - from) & (slots.length - 1);
  }
}
