package io.torrentstream.bencode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.ProtocolException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, the reader answers with a value or a {@link ProtocolException}. */
class BencodeFuzzTest {
  private static final String ALPHABET = "dlei0123456789:-ab";

  @Test
  void onlyProtocolExceptionsEscapeFromRandomTokens() {
    int good = 0;
    for (long seed = 0; seed < 200_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[1 + random.nextInt(12)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      }
      good += readsBackTheSame(bytes, "seed " + seed) ? 1 : 0;
    }
    // Else the test would say nothing about what is accepted.
    assertTrue(good > 100, "only " + good + " were well-formed");
  }

  @Test
  void onlyProtocolExceptionsEscapeFromMutations() {
    byte[] original =
        ("d8:announce20:http://tracker.test/13:announce-listll1:ael1:bee4:infod5:filesl"
                + "d6:lengthi3e4:pathl1:a1:bee6:lengthi-7ee4:name4:test12:piece lengthi16384e"
                + "6:pieces20:aaaaaaaaaaaaaaaaaaaaee")
            .getBytes(ISO_8859_1);
    for (long seed = 0; seed < 50_000; seed++) {
      readsBackTheSame(mutate(original, new Random(seed)), "seed " + seed);
    }
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()))
              : (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static boolean readsBackTheSame(byte[] bytes, String seed) {
    try {
      BValue value = Bencode.read(bytes, Bencode.Limits.MESSAGE);
      byte[] written = Bencode.write(value);
      // Strict reading leaves the order of keys as the only freedom, so lengths agree.
      assertEquals(bytes.length, written.length, seed);
      assertEquals(value, Bencode.read(written, Bencode.Limits.MESSAGE), seed);
      assertArrayEquals(written, Bencode.write(value), seed);
      return true;
    } catch (ProtocolException e) {
      assertTrue(e.getMessage().startsWith("bencode"), seed);
      return false;
    }
  }
}
