package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every defect of {@code test-torrents}: one line, exit 3, and nothing written. */
class BadTorrentsTest {
  private static final Path FOLDER = Path.of("test-torrents").toAbsolutePath();
  private static final int LEAST = 100;

  @TempDir Path dir;

  static List<String> badOnes() throws IOException {
    try (Stream<String> lines = Files.lines(FOLDER.resolve("expected.tsv"))) {
      return lines.filter(line -> line.contains("\tbad\t")).toList();
    }
  }

  @Test
  void thereAreManyOfThem() throws IOException {
    assertTrue(badOnes().size() >= LEAST, "only " + badOnes().size());
  }

  @ParameterizedTest
  @MethodSource("badOnes")
  void isRefusedByEveryCommandThatTakesATorrent(String line) throws IOException {
    String[] columns = line.split("\t");
    String file = FOLDER.resolve(columns[0]).toString();
    String expected = "tsl: " + file + ": " + columns[2] + "\n";
    Path target = Files.createDirectory(dir.resolve("target"));
    for (List<String> command :
        List.of(
            List.of("info", file),
            List.of("verify", "--dir", target.toString(), file),
            List.of("seed", "--dir", target.toString(), file),
            List.of("download", "--dir", target.toString(), file))) {
      Program.Result result = new Program(dir).run(command.toArray(String[]::new));
      assertEquals(expected, result.err().replace(System.lineSeparator(), "\n"), command.get(0));
      assertEquals("", result.out(), command.get(0));
      assertEquals(ExitCode.INPUT, result.exit(), command.get(0));
    }
    try (Stream<Path> left = Files.list(target)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
