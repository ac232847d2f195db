package io.torrentstream.util;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintableTextTest {
  @Test
  void keepsOrdinaryTextOfAnyScript() {
    assertEquals("Grüße, 漢字 und 😀", PrintableText.of("Grüße, 漢字 und 😀", 200));
  }

  @Test
  void dropsEscapesSoThatATerminalOnlyShowsText() {
    assertEquals("[31mred]0;title", PrintableText.of("\u001b[31mred\u001b]0;title\u0007", 200));
    assertEquals("ab", PrintableText.of("a\u009b\u007f\u0000b", 200));
  }

  @Test
  void staysOnOneLine() {
    assertEquals(" a b c d  ", PrintableText.of("\na\nb\tc\u2028d\r\n", 200));
  }

  @Test
  void dropsWhatTurnsTextRound() {
    assertEquals("exe.txt", PrintableText.of("\u202eexe.\u200btxt\ufeff", 200));
  }

  @Test
  void dropsLoneSurrogates() {
    assertEquals("ab", PrintableText.of("a\ud83db", 200));
  }

  @Test
  void cutsByCharactersAndSaysSo() {
    assertEquals("😀😀...", PrintableText.of("😀😀😀", 2));
    assertEquals("😀😀", PrintableText.of("😀😀", 2));
  }

  @Test
  void characterThatAreNotShownDoNotCount() {
    assertEquals("ab", PrintableText.of("\u0000".repeat(1000) + "ab" + "\u0000".repeat(1000), 2));
  }
}
