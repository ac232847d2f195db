package io.torrentstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Ties the documents to the code: what they name has to exist. Names of code are those in
 * backticks; they are looked up in the sources.
 */
class DocsTest {
  /** {@code Torrent}, {@code session.Torrent}, {@code PiecePicker.pick}, {@code DOWNLOADING}. */
  private static final Pattern CODE_NAME =
      Pattern.compile("`(?:[a-z]+\\.)?([A-Z]\\w+)(?:\\.(\\w+))?(?:\\(.*?\\))?`");

  /** Where a name that is not ours may come from. */
  private static final List<String> FOREIGN =
      List.of(
          "java.io.",
          "java.lang.",
          "java.nio.",
          "java.nio.channels.",
          "java.nio.file.",
          "java.util.",
          "java.util.random.",
          "io.netty.buffer.",
          "io.netty.channel.",
          "io.netty.channel.embedded.");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```");

  @Test
  void namesOfCodeExist() throws IOException {
    Set<String> words = wordsOfAllSources();
    List<String> missing = new ArrayList<>();
    for (Path file : documents()) {
      for (MatchResult name : matches(CODE_NAME, Files.readString(file))) {
        if (!exists(name.group(1), words) || !exists(name.group(2), words)) {
          missing.add(file + ": " + name.group());
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path file : documents()) {
      for (MatchResult link : matches(LINK, withoutFences(file))) {
        String[] target = link.group(1).split("#", 2);
        if (target[0].contains("://")) {
          continue;
        }
        links++;
        Path path = target[0].isEmpty() ? file : resolve(file, target[0]);
        boolean found = Files.exists(path);
        if (found && target.length == 2) {
          found = anchors(path).contains(target[1]);
        }
        if (!found) {
          broken.add(file + ": " + link.group(1));
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 10, "links: " + links);
  }

  /** The table of limits in docs/security.md, row by row. */
  @Test
  void limitsAreThoseOfTheCode() throws IOException {
    Pattern row = Pattern.compile("(?m)^\\| `(\\w+)\\.(\\w+)` \\| ([\\d,]+)( [KM]iB)?");
    Map<String, Path> byName = new HashMap<>();
    for (Path file : Sources.under(Path.of("src/main/java"))) {
      byName.put(file.getFileName().toString(), file);
    }
    List<MatchResult> rows = matches(row, Files.readString(Path.of("docs/security.md")));
    assertTrue(rows.size() > 10, "rows: " + rows.size());
    for (MatchResult limit : rows) {
      String name = limit.group(1) + "." + limit.group(2);
      String source = Files.readString(byName.get(limit.group(1) + ".java"));
      List<MatchResult> constant =
          matches(Pattern.compile("\\b" + limit.group(2) + "\\s*=\\s*([\\w* ]+);"), source);
      assertEquals(1, constant.size(), name);
      long unit = limit.group(4) == null ? 1 : limit.group(4).equals(" KiB") ? 1 << 10 : 1 << 20;
      long documented = Long.parseLong(limit.group(3).replace(",", "")) * unit;
      assertEquals(product(constant.get(0).group(1)), documented, name);
    }
  }

  /** A limit that nothing goes beyond may be gone without anyone noticing. */
  @Test
  void everyLimitNamesItsTest() throws IOException {
    Pattern row = Pattern.compile("(?m)^\\| `(\\w+\\.\\w+)` \\|[^|]*\\|[^|]*\\|([^|\\n]*)\\|?");
    Pattern test = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    Map<String, Path> byName = new HashMap<>();
    for (Path file : Sources.under(Path.of("src/test/java"))) {
      byName.put(file.getFileName().toString(), file);
    }
    for (MatchResult limit : matches(row, Files.readString(Path.of("docs/security.md")))) {
      List<MatchResult> tests = matches(test, limit.group(2));
      assertFalse(tests.isEmpty(), limit.group());
      for (MatchResult named : tests) {
        Path file = byName.get(named.group(1) + ".java");
        boolean found =
            file != null && Files.readString(file).contains(" void " + named.group(2) + "(");
        assertTrue(found, limit.group());
      }
    }
  }

  /** The value of an expression such as {@code 2 * 1024 * 1024}. */
  private static long product(String expression) {
    return Stream.of(expression.split("\\*"))
        .mapToLong(factor -> Long.parseLong(factor.strip().replaceAll("[_L]", "")))
        .reduce(1, (a, b) -> a * b);
  }

  /** README and docs, the templates of the repository left out. */
  private static List<Path> documents() throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(Path.of("README.md"));
    for (String folder : List.of("docs", "test-torrents")) {
      if (!Files.exists(Path.of(folder))) continue;
      try (Stream<Path> found = Files.walk(Path.of(folder))) {
        found.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
      }
    }
    return files;
  }

  private static Path resolve(Path file, String target) {
    return file.toAbsolutePath().getParent().resolve(target).normalize();
  }

  private static String withoutFences(Path file) throws IOException {
    return FENCE.matcher(Files.readString(file)).replaceAll("");
  }

  /** The anchors that a forge makes of headings: lower case, blanks to dashes, no punctuation. */
  private static Set<String> anchors(Path file) throws IOException {
    Set<String> anchors = new HashSet<>();
    withoutFences(file)
        .lines()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .forEach(anchors::add);
    return anchors;
  }

  private static boolean exists(String name, Set<String> words) {
    if (name == null || words.contains(name)) {
      return true;
    }
    for (String prefix : FOREIGN) {
      try {
        Class.forName(prefix + name, false, DocsTest.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException e) {
        // Then it may be in one of the other packages.
      }
    }
    return false;
  }

  /** The words of the code without its comments: what only a comment names does not exist. */
  private static Set<String> wordsOfAllSources() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("src/main/java", "src/test/java", "src/jmh/java", ".mvn")) {
      files.addAll(Sources.under(Path.of(folder)));
    }
    files.add(Path.of("mvnw"));
    Set<String> words = new HashSet<>();
    for (Path file : files) {
      words.add(file.getFileName().toString().replace(".java", ""));
      String code =
          Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)//.*$", "");
      words.addAll(List.of(code.split("\\W+")));
    }
    return words;
  }

  private static List<MatchResult> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }
}
