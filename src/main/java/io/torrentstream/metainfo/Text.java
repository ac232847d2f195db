package io.torrentstream.metainfo;

import io.torrentstream.bencode.BValue;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Turns byte strings of a .torrent into text. They are UTF-8 by BEP 3; older programs wrote their
 * own system's encoding, named it under {@code encoding}, and added UTF-8 under {@code name.utf-8}
 * and {@code path.utf-8}. What is none of these keeps its readable characters.
 */
final class Text {
  private static final char MALFORMED = '\uFFFD';

  private final Charset declared;

  private Text(Charset declared) {
    this.declared = declared;
  }

  /** {@code encoding} is what the torrent declares, or null; names unknown to Java are ignored. */
  static Text in(String encoding) {
    // Nothing else than letters and the like gets to isSupported, which throws on other input.
    boolean known =
        encoding != null
            && encoding.matches("[A-Za-z0-9][A-Za-z0-9_.:+-]{0,40}")
            && Charset.isSupported(encoding);
    return new Text(known ? Charset.forName(encoding) : null);
  }

  /** The text of a string, malformed parts replaced by {@code _}. */
  String of(BValue.Str string) {
    String utf8 = strictUtf8(string);
    if (utf8 != null) {
      return utf8;
    }
    if (declared != null) {
      String text = new String(string.bytes(), declared);
      if (text.indexOf(MALFORMED) < 0) {
        return text;
      }
    }
    return string.utf8().replace(MALFORMED, '_');
  }

  /** The text under the first key that has any, {@code utf8Key} in strict UTF-8; or null. */
  String of(BValue.Dict dict, String utf8Key, String key) {
    BValue.Str utf8 = dict.str(utf8Key);
    String text = utf8 == null ? null : strictUtf8(utf8);
    if (text == null && dict.str(key) != null) {
      text = of(dict.str(key));
    }
    return text;
  }

  /**
   * The texts of the list under the first key that has one, {@code utf8Key} in strict UTF-8. Null
   * when neither holds a list of at least one string and nothing else.
   */
  List<String> listOf(BValue.Dict dict, String utf8Key, String key) {
    List<String> texts = strings(dict.list(utf8Key), true);
    return texts != null ? texts : strings(dict.list(key), false);
  }

  private List<String> strings(List<BValue> items, boolean strict) {
    if (items == null || items.isEmpty()) {
      return null;
    }
    String[] texts = new String[items.size()];
    for (int i = 0; i < texts.length; i++) {
      if (!(items.get(i) instanceof BValue.Str string)) {
        return null;
      }
      texts[i] = strict ? strictUtf8(string) : of(string);
      if (texts[i] == null) {
        return null;
      }
    }
    return Arrays.asList(texts);
  }

  /** The text when the bytes are correct UTF-8 (a real U+FFFD included), or null. */
  private static String strictUtf8(BValue.Str string) {
    String text = string.utf8();
    boolean valid =
        text.indexOf(MALFORMED) < 0
            || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), string.bytes());
    return valid ? text : null;
  }
}
