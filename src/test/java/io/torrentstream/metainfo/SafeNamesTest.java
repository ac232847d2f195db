package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeNamesTest {
  private static final SafeNames ANY = new SafeNames(NameRules.ANY);
  private static final SafeNames ASCII = new SafeNames(new NameRules(false, US_ASCII));
  private static final SafeNames LATIN_1 = new SafeNames(new NameRules(false, ISO_8859_1));
  private static final SafeNames WINDOWS = new SafeNames(new NameRules(true, UTF_8));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "file name (1).tar.gz",
        "...",
        ".hidden",
        "~",
        "-rf",
        "Icon\u00AE",
        "\u6587\u4EF6",
        "\uD83C\uDF0A",
        "\uFFFD",
        "NUL.txt",
        "a:b|c?*",
        "trailing. "
      })
  void ordinaryNamesStay(String name) {
    assertEquals(name, ANY.component(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "\u202E", ".\u200D.", "\uFEFF.\u2066"})
  void whatIsNoNameIsReplaced(String name) {
    assertEquals("_", ANY.component(name));
    assertEquals("fallback", ANY.torrent(name, "fallback"));
    assertEquals("_", WINDOWS.component(name));
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a_b",
    "/, _",
    "../.., .._..",
    "C:\\x, C:_x",
    "'a\tb', a_b",
    "'a\u007Fb\u0085c', a_b_c",
    "'a\u2028b\u2029c', a_b_c",
    "a\u202Eb\u2066c\u200Bd\uFEFFe\u00ADf, abcdef"
  })
  void separatorsAndInvisibleCharactersGo(String name, String safe) {
    assertEquals(safe, ANY.component(name));
  }

  @Test
  void halfASurrogatePairIsNoCharacter() {
    assertEquals("a_b", ANY.component("a\uD83Cb"));
    assertEquals("_", ANY.component("\uDF0A"));
  }

  @ParameterizedTest
  @ValueSource(strings = {".tsl", ".TSL", ".T\u017Fl"})
  void noTorrentLivesWithTheResumeData(String name) {
    assertEquals("_" + name, ANY.torrent(name, "x"));
    assertEquals(name, ANY.component(name));
  }

  @Test
  void longNamesAreCutBetweenCharactersAndKeepTheirExtension() {
    assertEquals("a".repeat(250), ANY.component("a".repeat(250)));
    assertEquals("a".repeat(250), ANY.component("a".repeat(251)));
    assertEquals("a".repeat(246) + ".txt", ANY.component("a".repeat(300) + ".txt"));
    assertEquals("\uD83C\uDF0A".repeat(62), ANY.component("\uD83C\uDF0A".repeat(80)));
    assertEquals("x." + "e".repeat(248), ANY.component("x." + "e".repeat(300)));
    assertEquals("." + "e".repeat(249), ANY.component("." + "e".repeat(300)));
  }

  @Test
  void escapesWhatTheLocaleCannotExpress() {
    assertEquals("%C3%A4.txt", ASCII.component("\u00E4.txt"));
    assertEquals("%E6%96%87%F0%9F%8C%8A", ASCII.component("\u6587\uD83C\uDF0A"));
    assertEquals("\u00E4%E6%96%87", LATIN_1.component("\u00E4\u6587"));
    assertEquals("100%", ASCII.component("100%"));
    assertEquals("_%C3%A4", ASCII.component("/\u00E4"));
    assertTrue(ASCII.component("\u00E4".repeat(200) + ".mkv").length() <= 250);
    assertTrue(ASCII.component("\u00E4".repeat(200) + ".mkv").endsWith(".mkv"));
  }

  @ParameterizedTest
  @CsvSource({
    "con, _con",
    "NUL.txt, _NUL.txt",
    "aux .tar.gz, _aux .tar.gz",
    "Com1, _Com1",
    "LPT9.x, _LPT9.x",
    "COM\u00B2, _COM\u00B2",
    "CONIN$, _CONIN$",
    "console, console",
    "com10, com10",
    "com, com",
    "nulx.txt, nulx.txt",
    "a:b, a_b",
    "'<>:\"|?*', _______",
    "a., a_",
    "'a. .', a___",
    "..., ___",
    "' ', _",
    "\u00E4., \u00E4_"
  })
  void windowsNamesGetOutOfTheWay(String name, String safe) {
    assertEquals(safe, WINDOWS.component(name));
  }

  @Test
  void windowsNamesFitAfterTheirChange() {
    String device = "nul." + "x".repeat(246);
    assertEquals(SafeNames.MAX_BYTES, device.length());
    assertEquals(SafeNames.MAX_BYTES, WINDOWS.component(device).length());
    assertTrue(WINDOWS.component("a".repeat(249) + ". .bc").endsWith(".bc"));
    assertFalse(WINDOWS.component("a".repeat(249) + " ".repeat(80)).endsWith(" "));
  }

  @Test
  void foldingIsWhatIgnoresCaseAndComposition() {
    assertEquals(SafeNames.fold("README"), SafeNames.fold("ReadMe"));
    assertEquals(SafeNames.fold("\u00C9"), SafeNames.fold("e\u0301"));
    assertEquals(SafeNames.fold("stra\u00DFe"), SafeNames.fold("STRASSE"));
    assertEquals(SafeNames.fold("k"), SafeNames.fold("\u212A"));
    assertNotEquals(SafeNames.fold("a"), SafeNames.fold("b"));
    assertNotEquals(SafeNames.fold("e"), SafeNames.fold("\u00E9"));
  }

  @Test
  void anyTextBecomesAFileNameAndThenStays() {
    String alphabet = "ab./\\: ~%\u0000\u001B\u00E4\u202E\u200B\uD83C\uDF0A\u6587NULnul";
    for (SafeNames names : List.of(ANY, ASCII, LATIN_1, WINDOWS)) {
      for (long seed = 0; seed < 20_000; seed++) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 400 : 6;
        for (int i = random.nextInt(length); i >= 0; i--) {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        String name = names.component(text.toString());
        String where = "seed " + seed + ": " + name;
        assertFalse(name.isEmpty() || name.equals(".") || name.equals(".."), where);
        assertTrue(name.chars().noneMatch(c -> c < ' ' || c == '/' || c == '\\'), where);
        assertTrue(names.byteLength(name + ".part") <= 255, where);
        assertTrue(names != ASCII || name.chars().allMatch(c -> c < 0x80), where);
        assertEquals(name, names.component(name), where);
      }
    }
  }
}
