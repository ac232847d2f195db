package io.torrentstream.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.torrentstream.util.ProtocolException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExtensionHandshakeTest {
  private static final ExtensionHandshake FULL =
      new ExtensionHandshake(
          Map.of("lt_donthave", 7, "ut_metadata", 3),
          6881,
          "tsl 0.1.0",
          500,
          address("10.0.0.5"),
          address("192.0.2.1"),
          address("2001:db8::1"),
          true,
          31235);

  @Test
  void encodesTheDictionaryOfBep10() {
    ExtensionHandshake local =
        ExtensionHandshake.local(
            Set.of(Extension.LT_DONTHAVE), 6881, "tsl 0.1.0", 500, address("1.2.3.4"), true);
    assertEquals(
        "d1:md11:lt_donthavei7ee1:pi6881e4:reqqi500e11:upload_onlyi1e"
            + "1:v9:tsl 0.1.06:yourip4:\1\2\3\4e",
        local.encode().toString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    assertEquals(
        "d1:mde4:reqqi250ee",
        ExtensionHandshake.NONE.encode().toString(StandardCharsets.ISO_8859_1));
  }

  @Test
  void decodesWhatItEncodes() throws ProtocolException {
    ByteBuf payload = FULL.encode();
    assertEquals(FULL, ExtensionHandshake.decode(payload));
    assertEquals(1, payload.refCnt());
    assertEquals(
        ExtensionHandshake.NONE, ExtensionHandshake.decode(ExtensionHandshake.NONE.encode()));
  }

  @Test
  void readsTheExampleOfTheBep() throws ProtocolException {
    ExtensionHandshake example =
        decode("d1:md11:LT_metadatai1e6:ut_pexi2ee1:pi6881e1:v13:\u00c2\u00b5Torrent 1.2e");
    assertEquals(Map.of("LT_metadata", 1, "ut_pex", 2), example.ids());
    assertEquals(6881, example.port());
    assertEquals("\u00b5Torrent 1.2", example.version());
    assertEquals(ExtensionHandshake.DEFAULT_REQQ, example.reqq());
    assertEquals(0, example.id(Extension.LT_DONTHAVE));
  }

  /** A key that holds nonsense counts as missing; the rest of the dictionary is still read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1:mi5e",
        "1:mle",
        "1:m2:xx",
        "1:pi0e",
        "1:pi-1e",
        "1:pi65536e",
        "1:p4:6881",
        "1:pi9223372036854775807e",
        "4:reqqi0e",
        "4:reqqi-5e",
        "4:reqqi2147483648e",
        "4:reqqle",
        "1:vi7e",
        "1:vd1:ai1ee",
        "6:yourip3:abc",
        "6:youripi1e",
        "6:yourip0:",
        "4:ipv45:abcde",
        "4:ipv6le",
        "11:upload_only1:1",
        "13:metadata_sizei0e",
        "13:metadata_sizei-1e",
        "13:metadata_sizei31457281e",
        "13:metadata_sizei9223372036854775807e",
        "13:metadata_size3:999",
        "0:i1e",
        "7:unknownlllleeeee"
      })
  void ignoresNonsense(String entry) throws ProtocolException {
    assertEquals(ExtensionHandshake.NONE, decode("d" + entry + "e"));
  }

  @ParameterizedTest
  @CsvSource({
    "d2:ida-1e, bencode", "i5e, not a dictionary", "le, not a dictionary", "d, bencode",
    "de1:, ''", "x, bencode", "d1:mi1e1:mi2ee, bencode", "d1:v99999999999:xe, bencode",
  })
  void refusesWhatIsNotADictionary(String payload, String part) throws ProtocolException {
    if (part.isEmpty()) {
      assertEquals(ExtensionHandshake.NONE, decode(payload), "bytes after it do no harm");
      return;
    }
    ProtocolException e = assertThrows(ProtocolException.class, () -> decode(payload));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void refusesEmptyAndDeepPayloads() {
    assertThrows(ProtocolException.class, () -> decode(""));
    assertThrows(ProtocolException.class, () -> decode("d1:a" + "l".repeat(60_000)));
    assertThrows(ProtocolException.class, () -> decode("d1:al" + "i1e".repeat(15_000) + "ee"));
  }

  @Test
  void keepsOnlySaneExtensionIds() throws ProtocolException {
    ExtensionHandshake read =
        decode("d1:md2:\033xi1e1:ai1e1:bi255e1:ci256e1:di-1e1:ei0e1:f1:21:g0:ee");
    assertEquals(Map.of("a", 1, "b", 255, "e", 0), read.ids());
    StringBuilder many = new StringBuilder("d1:md");
    for (int i = 1000; i < 2000; i++) {
      many.append("4:").append(i).append("i1e");
    }
    assertEquals(ExtensionHandshake.MAX_IDS, decode(many + "ee").ids().size());
  }

  @Test
  void versionHasNothingATerminalObeys() throws ProtocolException {
    String hostile = "\u001b[31mred\r\n\u0007\u202eevil\u200b\u2028\u009b \ud83d\ude00 ";
    byte[] utf8 = hostile.getBytes(StandardCharsets.UTF_8);
    ByteBuf payload =
        Unpooled.copiedBuffer("d1:v" + utf8.length + ":", StandardCharsets.US_ASCII)
            .writeBytes(utf8)
            .writeByte('e');
    assertEquals("[31mredevil \ud83d\ude00", ExtensionHandshake.decode(payload).version());
    assertEquals("\ufffdx", decode("d1:v2:\u00ffxe").version());
    assertEquals(
        ExtensionHandshake.MAX_VERSION,
        decode("d1:v900:" + "v".repeat(900) + "e").version().length());
  }

  @Test
  void laterHandshakesAddAndTurnOff() throws ProtocolException {
    ExtensionHandshake first = decode("d1:md1:ai1e1:bi2ee1:v3:onee");
    ExtensionHandshake second = decode("d1:md1:bi0e1:ci3eee");
    ExtensionHandshake both = second.after(first);
    assertEquals(1, both.ids().get("a"));
    assertEquals(0, both.ids().get("b"));
    assertEquals(3, both.ids().get("c"));
    Map<String, Integer> full = new HashMap<>();
    for (int i = 0; i < ExtensionHandshake.MAX_IDS; i++) {
      full.put("x" + i, 1);
    }
    ExtensionHandshake crowded = new ExtensionHandshake(full, 0, "", 1, null, null, null, false, 0);
    assertEquals(full.keySet(), second.after(crowded).ids().keySet());
    assertNull(first.yourIp());
  }

  @Test
  void dontHaveIsOneNumber() throws ProtocolException {
    LtDontHave message = new LtDontHave(0x01020304);
    assertEquals(Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4}), message.encode());
    assertEquals(message, LtDontHave.decode(message.encode()));
    for (int length : new int[] {0, 3, 5}) {
      ByteBuf wrong = Unpooled.buffer().writeZero(length);
      assertThrows(ProtocolException.class, () -> LtDontHave.decode(wrong));
    }
    ByteBuf negative = Unpooled.buffer().writeInt(-1);
    assertThrows(ProtocolException.class, () -> LtDontHave.decode(negative));
  }

  /** Every character is one byte. */
  private static ExtensionHandshake decode(String payload) throws ProtocolException {
    return ExtensionHandshake.decode(Unpooled.copiedBuffer(payload, StandardCharsets.ISO_8859_1));
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }
}
