package io.torrentstream.metainfo;

import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;

/**
 * Turns any text into one file name that stays where it is put: no separators, not {@code ..}, no
 * characters that hide or reorder text on a terminal, short enough, and possible under the {@link
 * NameRules}. Odd names are cleaned, not refused: most come from honest people on other systems.
 * The same text always gives the same name, or a resumed download would not find its files.
 */
final class SafeNames {
  /** The end of an unfinished file's name. */
  static final String PART = ".part";

  /** File systems take 255 bytes (not characters), and {@link #PART} must still fit. */
  static final int MAX_BYTES = 255 - PART.length();

  /** Resume data lives there, so no torrent may: it could write its own. */
  private static final String OWN_FOLDER = ".tsl";

  private static final int MAX_EXTENSION_BYTES = 32;

  private final NameRules rules;
  private final CharsetEncoder encoder;

  SafeNames(NameRules rules) {
    this.rules = rules;
    this.encoder = rules.charset().newEncoder();
  }

  /** The name of a file or folder inside a torrent. */
  String component(String text) {
    return clean(text, "_");
  }

  /**
   * The name of a torrent's own file or folder.
   *
   * @param otherwise the name when nothing usable is left of {@code text}: the download directory
   *     itself must not become the torrent's folder
   */
  String torrent(String text, String otherwise) {
    String name = clean(text, otherwise);
    return fold(name).equals(OWN_FOLDER) ? "_" + name : name;
  }

  private String clean(String text, String otherwise) {
    boolean plain = isPlain(text);
    String name = plain ? text : replaceSpecial(text);
    // After the cleaning: dropping a character can leave "..".
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return otherwise;
    }
    if (rules.windows()) {
      return WindowsNames.replaceEnd(fit(WindowsNames.replaceSpecial(name), MAX_BYTES));
    }
    return plain ? name : fit(escape(name), MAX_BYTES);
  }

  /** A quick look that lets nearly all names of nearly all torrents pass. */
  private boolean isPlain(String text) {
    if (text.length() > MAX_BYTES) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '/' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static String replaceSpecial(String text) {
    StringBuilder name = new StringBuilder(text.length());
    int c;
    for (int i = 0; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      switch (Character.getType(c)) {
        case Character.FORMAT -> {
          // Bidi overrides, zero width, byte order marks: "gpj.exe" can be shown as "exe.jpg".
        }
        case Character.CONTROL,
            Character.SURROGATE,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR ->
            name.append('_');
        default -> name.appendCodePoint(c == '/' || c == '\\' ? '_' : c);
      }
    }
    return name.toString();
  }

  private String escape(String name) {
    if (encoder.canEncode(name)) {
      return name;
    }
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < name.length(); i = name.offsetByCodePoints(i, 1)) {
      String character = name.substring(i, name.offsetByCodePoints(i, 1));
      if (encoder.canEncode(character)) {
        escaped.append(character);
      } else {
        for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
          escaped.append(String.format("%%%02X", b));
        }
      }
    }
    return escaped.toString();
  }

  /** Cuts a name to {@code room} bytes between two characters, keeping its extension. */
  String fit(String name, int room) {
    if (byteLength(name) <= room) {
      return name;
    }
    String extension = extension(name);
    String stem = name.substring(0, name.length() - extension.length());
    int left = room - byteLength(extension);
    int end = 0;
    while (true) {
      int next = stem.offsetByCodePoints(end, 1);
      left -= byteLength(stem.substring(end, next));
      if (left < 0) {
        return stem.substring(0, end) + extension;
      }
      end = next;
    }
  }

  /** The last dot and what follows it; empty without a dot, or when it is too long to be one. */
  String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && byteLength(name.substring(dot)) <= MAX_EXTENSION_BYTES
        ? name.substring(dot)
        : "";
  }

  int byteLength(String name) {
    return name.getBytes(rules.charset()).length;
  }

  /**
   * What a file system that ignores case and Unicode composition (Windows, macOS) takes a name for.
   * Used everywhere, so that a torrent gives the same names on every system.
   */
  static String fold(String name) {
    boolean lower = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 0x80) {
        return Normalizer.normalize(name, Normalizer.Form.NFD)
            .toUpperCase(Locale.ROOT)
            .toLowerCase(Locale.ROOT);
      }
      lower &= c < 'A' || c > 'Z';
    }
    return lower ? name : name.toLowerCase(Locale.ROOT);
  }
}
