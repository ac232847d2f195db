package io.torrentstream.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * The inputs that are kept from run to run: {@code src/test/resources/fuzz/NAME.hex}, one a line.
 * Each once took a branch that none before it had taken. {@code NAME-found.hex} has those that
 * broke something; they stay for good.
 */
final class Corpus {
  private static final Path FOLDER = Path.of("src/test/resources/fuzz");

  /** Larger ones slow every run down, and are mostly the smaller ones repeated. */
  private static final int MOST_BYTES = 1024;

  private static final int MOST_INPUTS = 100;

  private Corpus() {}

  static List<byte[]> read(String name) {
    List<byte[]> inputs = new ArrayList<>();
    for (Path file : List.of(file(name), file(name + "-found"))) {
      if (Files.exists(file)) {
        lines(file).forEach(line -> inputs.add(HexFormat.of().parseHex(line)));
      }
    }
    return inputs;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces the kept inputs but those that broke something; too long ones are left out. */
  static void write(String name, List<byte[]> inputs) {
    List<String> lines = new ArrayList<>();
    inputs.stream()
        .filter(input -> input.length <= MOST_BYTES)
        .sorted(Comparator.comparingInt(input -> input.length))
        .limit(MOST_INPUTS)
        .forEach(input -> lines.add(HexFormat.of().formatHex(input)));
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(file(name), String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(String name) {
    return FOLDER.resolve(name + ".hex");
  }
}
