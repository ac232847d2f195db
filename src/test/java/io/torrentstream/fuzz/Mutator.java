package io.torrentstream.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes new inputs of old ones. */
final class Mutator {
  private static final int MOST_CHANGES = 5;
  private static final int MOST_REPEATS = 300;

  /** Numbers as text at the borders of what programs count with. */
  private static final List<byte[]> NUMBERS =
      texts(
          "0",
          "-0",
          "-1",
          "1",
          "00",
          "255",
          "65535",
          "65536",
          "2147483647",
          "2147483648",
          "-2147483648",
          "4294967295",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551616",
          "99999999999999999999");

  private static final int[] INTEGERS = {
    0, 1, -1, 9, 13, 127, 128, 16384, 16385, 65536, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE
  };

  private final List<byte[]> tokens;
  private final int maxLength;

  /**
   * @param tokens what the format is made of
   * @param maxLength of an input, in bytes
   */
  Mutator(List<byte[]> tokens, int maxLength) {
    this.tokens = tokens;
    this.maxLength = maxLength;
  }

  static List<byte[]> texts(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
  }

  /** A changed copy of {@code original}, sometimes ending as {@code other} does. */
  byte[] mutate(byte[] original, byte[] other, SplittableRandom random) {
    byte[] bytes = original;
    for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
      bytes = change(bytes, other, random);
    }
    return bytes.length > maxLength ? Arrays.copyOf(bytes, maxLength) : bytes;
  }

  private byte[] change(byte[] bytes, byte[] other, SplittableRandom random) {
    int at = random.nextInt(bytes.length + 1);
    int length = random.nextInt(Math.min(bytes.length - at, 64) + 1);
    return switch (random.nextInt(11)) {
      case 0 -> replace(bytes, at, 1, new byte[] {(byte) random.nextInt()});
      case 1 -> flip(bytes, random);
      case 2 -> replace(bytes, at, length, new byte[0]);
      case 3 -> replace(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      case 4 -> replace(bytes, at, 0, token(random));
      case 5 -> {
        byte[] token = token(random);
        yield replace(bytes, at, token.length, token);
      }
      case 6 -> number(bytes, random);
      case 7 -> replace(bytes, at, Integer.BYTES, integer(random));
      case 8 -> random.nextInt(4) == 0 ? repeat(bytes, at, random) : bytes;
      case 9 -> Arrays.copyOf(bytes, random.nextInt(3) == 0 ? at : bytes.length);
      default -> {
        int from = random.nextInt(other.length + 1);
        yield replace(bytes, at, bytes.length, Arrays.copyOfRange(other, from, other.length));
      }
    };
  }

  /** Puts {@code by} in the place of up to {@code length} bytes. */
  private static byte[] replace(byte[] bytes, int at, int length, byte[] by) {
    int end = Math.min(bytes.length, at + length);
    byte[] result = new byte[at + by.length + bytes.length - end];
    System.arraycopy(bytes, 0, result, 0, at);
    System.arraycopy(by, 0, result, at, by.length);
    System.arraycopy(bytes, end, result, at + by.length, bytes.length - end);
    return result;
  }

  private static byte[] flip(byte[] bytes, SplittableRandom random) {
    byte[] result = bytes.clone();
    if (bytes.length > 0) {
      result[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return result;
  }

  private byte[] token(SplittableRandom random) {
    return tokens.isEmpty() ? integer(random) : tokens.get(random.nextInt(tokens.size()));
  }

  private static byte[] integer(SplittableRandom random) {
    int value = INTEGERS[random.nextInt(INTEGERS.length)];
    return new byte[] {
      (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  /** Another number where digits are. */
  private static byte[] number(byte[] bytes, SplittableRandom random) {
    int from = random.nextInt(bytes.length + 1);
    while (from < bytes.length && !isDigit(bytes[from])) {
      from++;
    }
    int end = from;
    while (end < bytes.length && isDigit(bytes[end])) {
      end++;
    }
    return end == from
        ? bytes
        : replace(bytes, from, end - from, NUMBERS.get(random.nextInt(NUMBERS.size())));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** A token again and again: what deep or long input is made of. */
  private byte[] repeat(byte[] bytes, int at, SplittableRandom random) {
    byte[] token = token(random);
    int times = 1 + random.nextInt(MOST_REPEATS);
    byte[] all = new byte[token.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(token, 0, all, i * token.length, token.length);
    }
    return replace(bytes, at, 0, all);
  }
}
