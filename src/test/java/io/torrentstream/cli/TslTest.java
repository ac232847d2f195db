package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TslTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"", "--help", "-h", "help"})
  void helpGoesToStdout(String args) {
    Program.Result result = run(args);

    assertEquals(0, result.exit());
    assertTrue(result.out().startsWith("Usage: tsl "), result.out());
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"help download", "download --help", "download -h"})
  void helpOfACommandGoesToStdout(String args) {
    Program.Result result = run(args);

    assertEquals(0, result.exit());
    assertTrue(result.out().startsWith("Usage: tsl download "), result.out());
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--foo            | tsl: unknown option: --foo              | Try: tsl --help",
        "downlod x        | tsl: unknown command: downlod (expected: download?) | Try: tsl --help",
        "download         | tsl: SOURCE: missing                    | Try: tsl download --help",
        "download a b     | tsl: unexpected argument: b             | Try: tsl download --help",
        "download --di x  | tsl: unknown option: --di (expected: --dir?) | Try: tsl download --help",
        "seed x --seed-time y | tsl: --seed-time: y (expected: a time, as 90s, 10m, 1h30m or 2d) | Try: tsl seed --help",
        "download x --timeout y | tsl: --timeout: y (expected: a time, as 90s, 10m, 1h30m or 2d; 0 for never) | Try: tsl download --help"
      })
  void wrongUseIsOneLineAndAnAdvice(String args, String line, String advice) {
    Program.Result result = run(args);

    assertEquals(ExitCode.USAGE, result.exit());
    assertEquals("", result.out());
    assertEquals(line + "\n" + advice + "\n", result.err().replace("\r\n", "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--progress json", "--progress=JSON"})
  void wrongUseIsAnEventForWhoReadsThem(String form) {
    Program.Result result = run("download x --max-down zz " + form);

    assertEquals(ExitCode.USAGE, result.exit());
    assertTrue(
        result.out().matches("\\{\"event\":\"error\".*\"code\":2,\"reason\":\"usage\".*\\}\\R"),
        result.out());
    assertEquals(2, result.err().lines().count(), result.err());
  }

  /** As of an unset variable: it does not mean the current folder. */
  @ParameterizedTest
  @ValueSource(
      strings = {"download x --dir=", "verify x --dir=", "demo --dir=", "tracker --allow="})
  void anEmptyPathIsWrongUse(String args) throws Exception {
    Files.copy(TestTorrent.single(dir, "y", 1).file(), dir.resolve("x"));
    Program.Result result = run(args);

    assertEquals(ExitCode.USAGE, result.exit(), result.err());
    assertTrue(result.err().contains(": empty (expected: a path)"), result.err());
  }

  private Program.Result run(String args) {
    return new Program(dir).run(args.isEmpty() ? new String[0] : args.split(" "));
  }

  @Test
  void aTorrentWhoseNameBeginsWithAnAtSignIsNoFileOfArguments() throws IOException {
    Files.writeString(dir.resolve("@x"), "--version");

    Program.Result result = new Program(dir).run("info", "@x");

    assertEquals(ExitCode.INPUT, result.exit(), result.err());
  }

  @Test
  void malformedSettingsAreNamed() throws IOException {
    Path file = Files.createDirectories(dir.resolve("config/tsl")).resolve("tsl.properties");
    Files.writeString(file, "max-down=\\u12");

    Program.Result result = run("download x");

    assertEquals(ExitCode.USAGE, result.exit());
    assertTrue(result.err().startsWith("tsl: " + file + ": "), result.err());
  }

  @Test
  void versionGoesToStdout() {
    Program.Result result = run("--version");

    assertEquals(0, result.exit());
    assertTrue(result.out().startsWith("tsl "), result.out());
    assertEquals("", result.err());
  }
}
