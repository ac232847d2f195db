package io.torrentstream.metainfo;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What file names can be here; {@link SafeNames} bends a torrent's names to it. Immutable.
 *
 * @param windows some characters and names mean something else on Windows ({@code a:b}, {@code
 *     NUL.txt})
 * @param charset what Java can name files in; characters outside it are percent-escaped
 */
public record NameRules(boolean windows, Charset charset) {
  /** Any name is possible, as on Linux and macOS in a UTF-8 locale. */
  public static final NameRules ANY = new NameRules(false, StandardCharsets.UTF_8);

  /** The rules of the machine and the locale this program runs in. */
  public static NameRules ofThisMachine() {
    return of(System.getProperty("os.name"), System.getProperty("sun.jnu.encoding"));
  }

  /**
   * @param encoding of file names; null or unknown is taken for ASCII
   */
  static NameRules of(String osName, String encoding) {
    if (osName.startsWith("Windows")) {
      // Windows keeps names in UTF-16 and Java uses that, whatever the code page says.
      return new NameRules(true, StandardCharsets.UTF_8);
    }
    // Under LC_ALL=C this is ASCII, and no option of java changes it: a Path with any other
    // character cannot be made, and java.io.File turns each into '?', so that files collapse.
    boolean known = encoding != null && Charset.isSupported(encoding);
    return new NameRules(false, known ? Charset.forName(encoding) : StandardCharsets.US_ASCII);
  }
}
