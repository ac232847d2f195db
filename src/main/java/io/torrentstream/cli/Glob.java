package io.torrentstream.cli;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A pattern for paths whose parts have slashes between them. One with a slash is compared with the
 * whole path, one without with the last name of the path. {@code *} and {@code ?} do not cross a
 * slash, {@code **} does.
 */
final class Glob {
  private Glob() {}

  static Predicate<String> of(String text) {
    String glob = text.replaceAll("^(\\./)+|/+$", ""); // as a shell completes them
    Pattern pattern = pattern(glob);
    return glob.contains("/")
        ? path -> pattern.matcher(path).matches()
        : path -> pattern.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (c == '*') {
        boolean crossing = i + 1 < glob.length() && glob.charAt(i + 1) == '*';
        i += crossing ? 1 : 0;
        regex.append(crossing ? ".*" : "[^/]*");
      } else if (c == '?') {
        regex.append("[^/]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
