package io.torrentstream.bencode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.fuzz.Fuzzer;
import io.torrentstream.util.ProtocolException;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, the reader answers with a value or a {@link ProtocolException}. */
class BencodeFuzzTest {
  private static final String TORRENT =
      "d8:announce20:http://tracker.test/13:announce-listll1:ael1:bee4:infod5:filesl"
          + "d6:lengthi3e4:pathl1:a1:bee6:lengthi-7ee4:name4:test12:piece lengthi16384e"
          + "6:pieces20:aaaaaaaaaaaaaaaaaaaaee";

  @Test
  void whatIsReadIsWrittenAndReadTheSame() {
    new Fuzzer("bencode", BencodeReader.class, Bencode.class, BValue.class)
        .tokens("d", "l", "i", "e", "0:", "1:a", "i0e", "le", "de", "-", "d1:a", "1:a0:")
        .seed(TORRENT.getBytes(ISO_8859_1))
        .inputs(30_000)
        .run(BencodeFuzzTest::readsBackTheSame);
  }

  private static void readsBackTheSame(byte[] bytes) throws ProtocolException {
    BValue value;
    try {
      value = Bencode.read(bytes, Bencode.Limits.MESSAGE);
    } catch (ProtocolException e) {
      assertTrue(e.getMessage().startsWith("bencode"), e.getMessage());
      throw e;
    }
    byte[] written = Bencode.write(value);
    // Strict reading leaves the order of keys as the only freedom, so lengths agree.
    assertEquals(bytes.length, written.length);
    assertEquals(value, Bencode.read(written, Bencode.Limits.MESSAGE));
    assertArrayEquals(written, Bencode.write(value));
    assertEquals(value, Bencode.readPrefix(bytes, Bencode.Limits.MESSAGE).value());
  }
}
