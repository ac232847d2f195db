package io.torrentstream.bencode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.ProtocolException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BencodeTest {
  private static BValue read(String text) throws ProtocolException {
    return Bencode.read(text.getBytes(ISO_8859_1), Bencode.Limits.TORRENT);
  }

  private static String write(BValue value) {
    return new String(Bencode.write(value), ISO_8859_1);
  }

  @Test
  void readsEveryKindOfValue() throws ProtocolException {
    assertEquals(BValue.Str.of("spam"), read("4:spam"));
    assertEquals(BValue.Str.of(""), read("0:"));
    assertEquals(new BValue.Int(3), read("i3e"));
    assertEquals(new BValue.Lst(List.of()), read("le"));
    assertEquals(
        new BValue.Lst(List.of(BValue.Str.of("spam"), new BValue.Int(-3))), read("l4:spami-3ee"));
    assertEquals(BValue.Dict.of(Map.of()), read("de"));
    assertEquals(
        BValue.Dict.of(Map.of("cow", BValue.Str.of("moo"), "n", new BValue.Int(0))),
        read("d3:cow3:moo1:ni0ee"));
  }

  @Test
  void givesTheValuesOfKeysByTheirType() throws ProtocolException {
    BValue.Dict dict = (BValue.Dict) read("d1:di7e1:ai5e1:bl1:xe1:cd1:y1:zee");

    assertEquals(5, dict.integer("a", -1));
    assertEquals(List.of(BValue.Str.of("x")), dict.list("b"));
    assertEquals("z", dict.dict("c").str("y").utf8());
    assertEquals(List.of("a", "b", "c", "d"), List.copyOf(dict.entries().keySet()));
    assertNull(dict.get("absent"));
    assertNull(dict.str("a"));
    assertNull(dict.list("a"));
    assertNull(dict.dict("a"));
    assertEquals(-1, dict.integer("b", -1));
  }

  @Test
  void tellsWhereADictionaryStood() throws ProtocolException {
    String text = "d4:infod1:bi1e1:ai2ee3:zzz0:e";
    BValue.Dict info = ((BValue.Dict) read(text)).dict("info");

    assertEquals("d1:bi1e1:ai2ee", text.substring(info.start(), info.end()));
    assertEquals("d1:ai2e1:bi1ee", write(info));
  }

  @Test
  void keysAreBytes() throws ProtocolException {
    String key = "\u0000\u00ff\u00e4";
    BValue.Dict dict = (BValue.Dict) read("d3:" + key + "i1ee");

    assertEquals(1, dict.integer(key, 0));
    assertEquals("d3:" + key + "i1ee", write(dict));
  }

  @Test
  void keysAreSortedAsBytesAndNotAsSignedOnes() {
    Map<String, BValue> entries =
        Map.of("\u00ff", new BValue.Int(3), "a", new BValue.Int(2), "Z", new BValue.Int(1));
    assertEquals("d1:Zi1e1:ai2e1:\u00ffi3ee", write(BValue.Dict.of(entries)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 10, Integer.MAX_VALUE + 1L, Long.MAX_VALUE, -Long.MAX_VALUE})
  void integersRoundTrip(long value) throws ProtocolException {
    assertEquals(new BValue.Int(value), read("i" + value + "e"));
    assertEquals("i" + value + "e", write(new BValue.Int(value)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''              | ends too early, after 0 bytes
          i               | ends too early
          i5              | ends too early
          l               | ends too early
          d               | ends too early
          d1:a            | ends too early
          5               | ends too early
          5:spam          | string length: 5 at byte 0 (expected: <= 4)
          2147483648:a    | string length: 2147483648
          4294967297:a    | string length: 4294967297
          9223372036854775807:a  | string length: 9223372036854775807
          99999999999999999999:a | number: over 63 bits
          01:a            | string length: leading zero at byte 0
          00:             | string length: leading zero
          -1:a            | value: '-' at byte 0
          ie              | number: no digits
          i-e             | number: no digits
          i--1e           | number: '-'
          i+1e            | number: '+'
          i1.5e           | number: '.'
          'i 1e'          | number: byte 0x20
          i0x10e          | number: 'x'
          i-0e            | integer: -0
          i00e            | integer: leading zero
          i03e            | integer: leading zero at byte 1
          i-03e           | integer: leading zero
          i9223372036854775808e  | number: over 63 bits
          i-9223372036854775809e | number: over 63 bits
          e               | value: 'e' at byte 0
          x               | value: 'x' at byte 0 (expected: i, l, d or a digit)
          <html>          | value: '<'
          di1ei2ee        | number: 'i' at byte 1
          dle0:e          | number: 'l'
          d1:ae           | value: 'e'
          d1:ai1e1:ai2ee  | key: twice in the dictionary at byte 0
          d1:ai1e1:bi1e1:ai1ee | key: twice
          i1ei2e          | 3 bytes after the end
          lee             | 1 bytes after the end
          """)
  void refusesWhatIsMalformed(String text, String message) {
    ProtocolException e = assertThrows(ProtocolException.class, () -> read(text));
    assertTrue(e.getMessage().startsWith("bencode"), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertFalse(e.getMessage().contains("\n"));
  }

  @Test
  void depthIsBounded() throws ProtocolException {
    read("l".repeat(100) + "e".repeat(100));
    for (String opening : List.of("l", "d1:a")) {
      String deep = opening.repeat(101);
      ProtocolException e = assertThrows(ProtocolException.class, () -> read(deep));
      assertTrue(e.getMessage().startsWith("bencode depth: over 100"), e.getMessage());
      assertThrows(ProtocolException.class, () -> read(opening.repeat(1_000_000)));
    }
  }

  @Test
  void theNumberOfValuesIsBoundedKeysIncluded() throws ProtocolException {
    Bencode.Limits limits = new Bencode.Limits(10, 5);
    Bencode.read("li1ei2ei3ei4ee".getBytes(ISO_8859_1), limits);
    Bencode.read("d1:ai1e1:bi1ee".getBytes(ISO_8859_1), limits);
    for (String tooMany : List.of("li1ei2ei3ei4ei5ee", "d1:ai1e1:bi1e1:ci1ee", "l0:0:0:lelee")) {
      ProtocolException e =
          assertThrows(
              ProtocolException.class, () -> Bencode.read(tooMany.getBytes(ISO_8859_1), limits));
      assertTrue(e.getMessage().startsWith("bencode values: over 5"), e.getMessage());
    }
  }

  @Test
  void aPrefixLeavesTheRestAlone() throws ProtocolException {
    Bencode.Prefix prefix =
        Bencode.readPrefix("d1:ai1ee\u0001\u0002rest".getBytes(ISO_8859_1), Bencode.Limits.MESSAGE);
    assertEquals(BValue.Dict.of(Map.of("a", new BValue.Int(1))), prefix.value());
    assertEquals(8, prefix.end());
  }

  @Test
  void equalStringsAreEqualAlsoWhereTheyAreShared() throws ProtocolException {
    // Of one length and with the same first and last letters, so they meet in the reader's memory.
    String[] words = {"abcd", "axxd", "abcd", "acbd", "abcd", "", "abcd"};
    StringBuilder list = new StringBuilder("l");
    StringBuilder dicts = new StringBuilder("l");
    for (String word : words) {
      list.append(word.length()).append(':').append(word);
      dicts.append('d').append(word.length()).append(':').append(word).append("i1ee");
    }
    List<BValue> items = ((BValue.Lst) read(list + "e")).items();
    List<BValue> keyed = ((BValue.Lst) read(dicts + "e")).items();
    for (int i = 0; i < words.length; i++) {
      assertEquals(BValue.Str.of(words[i]), items.get(i));
      assertEquals(BValue.Dict.of(Map.of(words[i], new BValue.Int(1))), keyed.get(i));
    }
  }

  @Test
  void writingAndReadingAreInverse() throws ProtocolException {
    for (long seed = 0; seed < 300; seed++) {
      BValue value = randomValue(new Random(seed), 0);
      byte[] bytes = Bencode.write(value);
      BValue read = Bencode.read(bytes, Bencode.Limits.TORRENT);
      assertEquals(value, read, "seed " + seed);
      assertEquals(value.hashCode(), read.hashCode(), "seed " + seed);
      assertArrayEquals(bytes, Bencode.write(read), "seed " + seed);
    }
  }

  private static BValue randomValue(Random random, int depth) {
    switch (random.nextInt(depth < 5 ? 4 : 2)) {
      case 0 -> {
        return new BValue.Int(random.nextBoolean() ? random.nextInt(100) : random.nextLong());
      }
      case 1 -> {
        return new BValue.Str(randomBytes(random));
      }
      case 2 -> {
        BValue[] items = new BValue[random.nextInt(5)];
        for (int i = 0; i < items.length; i++) {
          items[i] = randomValue(random, depth + 1);
        }
        return new BValue.Lst(List.of(items));
      }
      default -> {
        Map<String, BValue> entries = new TreeMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          entries.put(new String(randomBytes(random), ISO_8859_1), randomValue(random, depth + 1));
        }
        return BValue.Dict.of(entries);
      }
    }
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(6)];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void valuesDifferByContent() throws ProtocolException {
    assertNotEquals(read("1:a"), read("1:b"));
    assertNotEquals(read("d1:ai1ee"), read("d1:ai2ee"));
    assertNotEquals(read("d1:ai1ee"), read("d1:bi1ee"));
    assertNotEquals(read("1:a"), read("l1:ae"));
    assertEquals(read("l1:ad1:ai1eee"), read("l1:ad1:ai1eee"));
    assertEquals("{a=[x]}", BValue.Dict.of(Map.of("a", BValue.Str.of("[x]"))).toString());
  }
}
