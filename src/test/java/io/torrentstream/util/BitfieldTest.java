package io.torrentstream.util;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BitfieldTest {
  private static final int[] SIZES = {0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 1000};

  @Test
  void firstIndexIsTheHighestBitOfTheFirstByte() throws ProtocolException {
    Bitfield bits = Bitfield.fromBytes(new byte[] {(byte) 0x80, 0x40}, 10);

    assertEquals(2, bits.count());
    assertTrue(bits.get(0));
    assertTrue(bits.get(9));
    assertArrayEquals(new byte[] {(byte) 0x80, 0x40}, bits.toBytes());
  }

  @Test
  void behavesAsASetOfIndices() {
    for (int size : SIZES) {
      for (long seed = 0; seed < 20; seed++) {
        compareWithBitSet(size, seed);
      }
    }
  }

  private static void compareWithBitSet(int size, long seed) {
    Random random = new Random(seed);
    Bitfield bits = new Bitfield(size);
    BitSet model = new BitSet(size);
    String where = "size " + size + ", seed " + seed;
    for (int step = 0; size > 0 && step < 200; step++) {
      int index = random.nextInt(size);
      if (random.nextInt(3) > 0) {
        assertEquals(!model.get(index), bits.set(index), where);
        model.set(index);
      } else {
        assertEquals(model.get(index), bits.clear(index), where);
        model.clear(index);
      }
      int from = random.nextInt(size);
      int clear = model.nextClearBit(from);
      assertEquals(model.nextSetBit(from), bits.nextSet(from), where);
      assertEquals(clear < size ? clear : -1, bits.nextClear(from), where);
      assertEquals(model.previousSetBit(from), bits.previousSet(from), where);
    }
    assertEquals(model.cardinality(), bits.count(), where);
    assertEquals(model.isEmpty(), bits.isEmpty(), where);
    assertEquals(model.cardinality() == size, bits.isFull(), where);
    for (int i = 0; i < size; i++) {
      assertEquals(model.get(i), bits.get(i), where);
    }
  }

  @Test
  void findsWhatTwoHaveInCommon() {
    for (int size : SIZES) {
      Random random = new Random(size);
      Bitfield one = new Bitfield(size);
      Bitfield two = new Bitfield(size);
      BitSet common = new BitSet(size);
      for (int i = 0; i < size; i++) {
        boolean inOne = random.nextInt(8) == 0 && one.set(i);
        boolean inTwo = random.nextInt(8) == 0 && two.set(i);
        common.set(i, inOne && inTwo);
      }
      for (int from = 0; from <= size; from++) {
        assertEquals(common.nextSetBit(from), one.nextCommon(two, from), size + " " + from);
      }
    }
    Bitfield small = new Bitfield(3);
    assertThrows(IllegalArgumentException.class, () -> small.nextCommon(new Bitfield(4), 0));
    assertThrows(IndexOutOfBoundsException.class, () -> small.nextCommon(small, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> small.previousSet(3));
    assertEquals(-1, small.previousSet(-1));
  }

  @Test
  void bytesRoundTrip() throws ProtocolException {
    Random random = new Random(1);
    for (int size : SIZES) {
      Bitfield bits = new Bitfield(size);
      for (int i = 0; i < size; i += 1 + random.nextInt(3)) {
        bits.set(i);
      }
      Bitfield read = Bitfield.fromBytes(bits.toBytes(), size);
      assertEquals(bits, read);
      assertEquals(bits.hashCode(), read.hashCode());
      assertEquals(bits.count(), read.count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 200})
  void allSetIsFullAndHasNoSpareBits(int size) throws ProtocolException {
    Bitfield bits = new Bitfield(size);
    bits.setAll();

    assertTrue(bits.isFull());
    assertEquals(size, bits.count());
    assertEquals(-1, bits.nextClear(0));
    assertEquals(bits, Bitfield.fromBytes(bits.toBytes(), size));
  }

  @Test
  void nothingIsFoundAtOrAfterTheEnd() {
    Bitfield bits = new Bitfield(65);
    bits.setAll();

    assertEquals(64, bits.nextSet(64));
    assertEquals(-1, bits.nextSet(65));
    assertEquals(-1, bits.nextSet(128));
    assertEquals(-1, bits.nextClear(65));
    assertThrows(IndexOutOfBoundsException.class, () -> bits.nextSet(-1));
  }

  @Test
  void nothingIsFoundBeforeTheBeginning() {
    Bitfield bits = new Bitfield(65);
    bits.setAll();

    assertEquals(0, bits.previousSet(0));
    assertEquals(-1, bits.previousSet(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> bits.previousSet(65));
  }

  @Test
  void findsWhatBothHave() {
    for (int size : SIZES) {
      Random random = new Random(size);
      Bitfield one = new Bitfield(size);
      Bitfield other = new Bitfield(size);
      BitSet both = new BitSet();
      for (int i = 0; i < size; i++) {
        boolean inOne = random.nextInt(3) == 0 && one.set(i);
        boolean inOther = random.nextInt(3) == 0 && other.set(i);
        both.set(i, inOne && inOther);
      }
      for (int from = 0; from <= size; from++) {
        assertEquals(both.nextSetBit(from), one.nextCommon(other, from), size + " from " + from);
      }
    }
    Bitfield bits = new Bitfield(10);
    assertThrows(IndexOutOfBoundsException.class, () -> bits.nextCommon(bits, -1));
    assertThrows(IllegalArgumentException.class, () -> bits.nextCommon(new Bitfield(9), 0));
  }

  @Test
  void tellsWhatTheOtherLacks() {
    Bitfield mine = new Bitfield(100);
    Bitfield other = new Bitfield(100);
    assertFalse(other.hasAnyOutside(mine));
    other.set(99);
    assertTrue(other.hasAnyOutside(mine));
    assertFalse(mine.hasAnyOutside(other));
    mine.set(99);
    mine.set(3);
    assertFalse(other.hasAnyOutside(mine));
    assertThrows(IllegalArgumentException.class, () -> mine.hasAnyOutside(new Bitfield(99)));
  }

  @Test
  void aCopyIsApart() {
    Bitfield bits = new Bitfield(10);
    Bitfield copy = bits.copy();
    copy.set(4);

    assertFalse(bits.get(4));
    assertNotEquals(bits, copy);
    assertNotEquals(bits, new Bitfield(11));
    assertEquals("1 of 10", copy.toString());
  }

  @Test
  void refusesALengthThatDoesNotFit() {
    for (int length : new int[] {0, 1, 3, 1000}) {
      ProtocolException e =
          assertThrows(ProtocolException.class, () -> Bitfield.fromBytes(new byte[length], 10));
      assertEquals("bitfield length: " + length + " (expected: 2)", e.getMessage());
    }
  }

  @Test
  void refusesEverySpareBit() throws ProtocolException {
    for (int bit = 10; bit < 16; bit++) {
      byte[] bytes = {0, (byte) (0x80 >>> (bit - 8))};
      assertThrows(ProtocolException.class, () -> Bitfield.fromBytes(bytes, 10));
      assertEquals(1, Bitfield.fromBytes(bytes, 16).count());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 64, 65, Integer.MAX_VALUE})
  void refusesIndicesOutside(int index) {
    Bitfield bits = new Bitfield(64);
    assertThrows(IndexOutOfBoundsException.class, () -> bits.get(index));
    assertThrows(IndexOutOfBoundsException.class, () -> bits.set(index));
    assertThrows(IndexOutOfBoundsException.class, () -> bits.clear(index));
  }

  @Test
  void refusesANegativeSize() {
    assertThrows(IllegalArgumentException.class, () -> new Bitfield(-1));
  }
}
