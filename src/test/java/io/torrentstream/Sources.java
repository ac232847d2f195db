package io.torrentstream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The source files of this project, for the tests that hold them to its rules. */
final class Sources {
  private static final Path MAIN = Path.of("src/main/java/io/torrentstream");

  private Sources() {}

  /** Every Java file under a folder, sorted. */
  static List<Path> under(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  /** The lines of a package's main sources that contain the pattern, as {@code file:line: text}. */
  static List<String> linesMatching(String packageName, Pattern pattern) throws IOException {
    return linesMatching(under(MAIN.resolve(packageName)), pattern);
  }

  static List<String> linesMatching(List<Path> files, Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (pattern.matcher(lines.get(i)).find()) {
          found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    return found;
  }
}
