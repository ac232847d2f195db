package io.torrentstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds the compiled classes against the layers table of docs/architecture.md: the table is both
 * what a newcomer reads and what is checked here. The JDK's own {@code jdeps} finds the uses.
 */
class LayeringTest {
  private static final String BASE = "io.torrentstream.";
  private static final Path MAIN = Path.of("src/main/java/io/torrentstream");

  /** Names of the table's last column that are no packages of ours. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.of(
          "netty-buffer", List.of("io.netty.buffer.", "io.netty.util."),
          "Netty", List.of("io.netty."),
          "SLF4J", List.of("org.slf4j."),
          "Logback", List.of("ch.qos.logback."),
          "picocli", List.of("picocli."),
          "Gson", List.of("com.google.gson."),
          "Bouncy Castle", List.of("org.bouncycastle."));

  /** What would make the pure core depend on the moment, the machine or the thread. */
  private static final List<String> IMPURE =
      List.of(
          "java.io.File",
          "java.lang.Thread",
          "java.nio.channels.",
          "java.nio.file.",
          "java.security.SecureRandom",
          "java.time.Clock",
          "java.util.Random",
          "java.util.Timer",
          "java.util.concurrent.",
          "java.util.logging.",
          "org.slf4j.",
          "io.netty.channel.");

  /** Arithmetic only, in spite of its package. */
  private static final String TIME_UNIT = "java.util.concurrent.TimeUnit";

  /** A row of the table. */
  private record Row(int layer, String name, List<String> mayImport) {
    boolean allows(String className) {
      return className.startsWith("java.")
          || className.startsWith("javax.")
          || className.startsWith("jdk.")
          || className.startsWith("sun.misc.")
          || mayImport.stream().anyMatch(entry -> isIn(entry, className));
    }

    /** Whether an entry of the last column stands for a class. */
    static boolean isIn(String entry, String className) {
      return LIBRARIES.getOrDefault(entry, List.of(BASE + entry + '.')).stream()
          .anyMatch(className::startsWith);
    }
  }

  /** One class uses another. */
  private record Use(String user, String used) {
    String userPackage() {
      return user.substring(BASE.length(), user.indexOf('.', BASE.length()));
    }

    @Override
    public String toString() {
      return user + " -> " + used;
    }
  }

  private static Map<String, Row> table;
  private static List<Use> uses;

  @BeforeAll
  static void readTableAndClasses() throws IOException {
    table = readTable(Path.of("docs/architecture.md"));
    uses = jdeps(Path.of("target/classes"));
    assertTrue(uses.size() > 100, "jdeps found too little: " + uses);
  }

  @Test
  void theTableListsEveryPackageAndNoOther() throws IOException {
    try (Stream<Path> children = Files.list(MAIN)) {
      Set<String> packages =
          children.map(child -> child.getFileName().toString()).collect(Collectors.toSet());
      assertEquals(new TreeSet<>(packages), new TreeSet<>(table.keySet()));
    }
  }

  @Test
  void theTablePointsDownOnly() {
    List<String> above = new ArrayList<>();
    Set<String> seen = new TreeSet<>(LIBRARIES.keySet());
    for (Row row : table.values()) {
      row.mayImport().stream()
          .filter(entry -> !seen.contains(entry))
          .forEach(entry -> above.add(row.name() + " -> " + entry));
      seen.add(row.name());
    }
    assertEquals(List.of(), above, "each row may name libraries and rows above it");
  }

  @Test
  void packagesImportWhatTheirRowAllows() {
    assertNone(
        use -> {
          Row row = table.get(use.userPackage());
          return row == null
              || !(use.used().startsWith(BASE + row.name() + '.') || row.allows(use.used()));
        });
  }

  @Test
  void theTableAllowsNothingThatIsNotUsed() {
    List<String> unused = new ArrayList<>();
    for (Row row : table.values()) {
      row.mayImport().stream()
          .filter(
              entry ->
                  uses.stream()
                      .filter(use -> use.userPackage().equals(row.name()))
                      .noneMatch(use -> Row.isIn(entry, use.used())))
          .forEach(entry -> unused.add(row.name() + " -> " + entry));
    }
    assertEquals(List.of(), unused);
  }

  @Test
  void layerOneKnowsNoTimeNoChanceNoThreadNoFile() {
    assertNone(
        use ->
            isPure(use.userPackage())
                && IMPURE.stream().anyMatch(use.used()::startsWith)
                && !use.used().equals(TIME_UNIT));
  }

  @Test
  void layerOneReadsNoClockAndKeepsNoGlobalState() throws IOException {
    Pattern clock = Pattern.compile("System\\.(nanoTime|currentTimeMillis)|Instant\\.now");
    Pattern mutableStatic =
        Pattern.compile("^ *(public |protected |private )?static (?!final)[^(]*[=;]");
    List<String> found = new ArrayList<>();
    for (String name : table.keySet()) {
      if (isPure(name)) {
        found.addAll(Sources.linesMatching(name, clock));
        found.addAll(Sources.linesMatching(name, mutableStatic));
      }
    }
    assertEquals(List.of(), found);
  }

  /** A page fault, or the error of a full disk, would hit whoever touches a mapping. */
  @Test
  void onlyStorageTouchesMappedMemory() {
    assertNone(
        use ->
            use.used().equals("java.nio.MappedByteBuffer") && !use.userPackage().equals("storage"));
  }

  private static boolean isPure(String packageName) {
    Row row = table.get(packageName);
    return row != null && row.layer() == 1;
  }

  private static void assertNone(Predicate<Use> forbidden) {
    Collection<String> found =
        uses.stream().filter(forbidden).map(Use::toString).collect(Collectors.toList());
    assertEquals(List.of(), found);
  }

  /** Reads rows such as {@code | 1 | `metainfo` | … | bencode, util |}. */
  private static Map<String, Row> readTable(Path file) throws IOException {
    Pattern pattern = Pattern.compile("\\| (\\d) \\| `(\\w+)` \\|.*\\| ([^|]*) \\|");
    Map<String, Row> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        List<String> mayImport = List.of(matcher.group(3).split(", "));
        Row row =
            new Row(
                Integer.parseInt(matcher.group(1)),
                matcher.group(2),
                mayImport.equals(List.of("JDK")) ? List.of() : mayImport);
        rows.put(row.name(), row);
      }
    }
    return rows;
  }

  /** All uses of a class of another package; the JDK's and the libraries' classes included. */
  private static List<Use> jdeps(Path classes) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        ToolProvider.findFirst("jdeps")
            .orElseThrow(() -> new AssertionError("no jdeps: this is no JDK"))
            .run(
                new PrintWriter(out),
                new PrintWriter(err),
                "-verbose:class",
                "--multi-release",
                "base",
                classes.toString());
    assertEquals(0, status, err.toString());
    Pattern pattern = Pattern.compile(" +(\\S+) +-> (\\S+) .*");
    return out.toString()
        .lines()
        .map(pattern::matcher)
        .filter(Matcher::matches)
        .map(line -> new Use(line.group(1), line.group(2)))
        .toList();
  }
}
