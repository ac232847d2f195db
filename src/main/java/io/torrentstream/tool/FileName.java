package io.torrentstream.tool;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The name of a file as a torrent has it, in UTF-8 (BEP 3), whatever the locale. In a POSIX locale
 * Java reads names as ASCII and shows other bytes as U+FFFD, and so it does in a UTF-8 locale with
 * bytes that are no UTF-8; but it keeps the bytes, and its URI has them.
 */
final class FileName {
  private static final char REPLACED = '\uFFFD';

  private FileName() {}

  /**
   * The last name of a path.
   *
   * @throws CreateException when it is no text in UTF-8
   */
  static String of(Path path) throws CreateException {
    String name = path.getFileName().toString();
    try {
      if (name.indexOf(REPLACED) >= 0) {
        ByteBuffer bytes = ByteBuffer.wrap(lastSegment(path));
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      }
      if (StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
        return name;
      }
    } catch (CharacterCodingException e) {
      throw notUtf8(path);
    }
    throw notUtf8(path); // Windows allows half a surrogate pair
  }

  /** The same, where what is no UTF-8 shows as U+FFFD: enough to leave the file out by. */
  static String shown(Path path) {
    String name = path.getFileName().toString();
    return name.indexOf(REPLACED) >= 0
        ? new String(lastSegment(path), StandardCharsets.UTF_8)
        : name;
  }

  private static CreateException notUtf8(Path path) {
    return new CreateException(path + ": name is not valid (expected: UTF-8)");
  }

  /** The bytes of the last name, from the percent-encoded path of its URI. */
  private static byte[] lastSegment(Path path) {
    String rawPath = path.toUri().getRawPath();
    int end = rawPath.endsWith("/") ? rawPath.length() - 1 : rawPath.length(); // "/": a folder's
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = rawPath.lastIndexOf('/', end - 1) + 1; i < end; i++) {
      if (rawPath.charAt(i) == '%') {
        bytes.write(Integer.parseInt(rawPath, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(rawPath.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
