package io.torrentstream.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What this machine has; a test that needs more is skipped and says so. */
final class Installed {
  private Installed() {}

  /** The program's file, looked for on the PATH and where Debian keeps daemons. */
  static Optional<Path> program(String name) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(
            Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(path),
            Stream.of("/usr/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The program's file, or the test is skipped. */
  static Path assumeProgram(String name) {
    Optional<Path> program = program(name);
    assume(program.isPresent(), name + " is not installed");
    return program.orElseThrow();
  }

  /** Skips the test, with one line on stdout, unless {@code met}. */
  static void assume(boolean met, String reason) {
    if (!met) {
      Report.line("skipped: " + reason);
    }
    Assumptions.assumeTrue(met, reason);
  }
}
