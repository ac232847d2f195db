package io.torrentstream.cli;

/**
 * Makes foreign text (names, comments, tracker answers) safe to show. A torrent could otherwise
 * move the cursor, recolour or retitle the terminal, forge a second line of output, or turn a name
 * around with a bidi override.
 */
final class Printable {
  private Printable() {}

  /** The text with every control, format, separator and lone surrogate character as {@code �}. */
  static String of(String text) {
    int clean = 0;
    while (clean < text.length() && isPlainAscii(text.charAt(clean))) {
      clean++;
    }
    if (clean == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, clean);
    for (int i = clean; i < text.length(); ) {
      int c = text.codePointAt(i);
      out.appendCodePoint(isHarmless(c) ? c : '\uFFFD');
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean isPlainAscii(char c) {
    return c >= ' ' && c <= '~';
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
