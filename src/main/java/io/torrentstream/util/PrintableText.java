package io.torrentstream.util;

/**
 * Text that a tracker, peer or torrent sent, made safe to print: one line, no terminal escapes, no
 * invisible or direction-changing characters, and not longer than its reader has patience for.
 */
public final class PrintableText {
  private PrintableText() {}

  /**
   * The printable characters of {@code text}; line breaks and tabs become blanks, other control and
   * format characters vanish. What is longer than {@code maxLength} code points is cut there and
   * ends in "...".
   */
  public static String of(String text, int maxLength) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), maxLength));
    int length = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int printed = printed(c);
      if (printed < 0) {
        continue;
      }
      if (length == maxLength) {
        return clean.append("...").toString();
      }
      clean.appendCodePoint(printed);
      length++;
    }
    return clean.toString();
  }

  /** The character to print for {@code c}, or -1 for none. */
  private static int printed(int c) {
    if (c == '\t' || c == '\n' || c == '\r') {
      return ' ';
    }
    return switch (Character.getType(c)) {
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
      // CONTROL: escapes. FORMAT: bidi overrides and zero-width characters, which make one text
      // look like another. The others have no picture at all.
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          -1;
      default -> c;
    };
  }
}
