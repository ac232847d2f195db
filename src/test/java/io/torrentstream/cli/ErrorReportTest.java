package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ErrorReportTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** A command that fails as it is told to. */
  private static final class Failing implements Callable<Integer> {
    private final CommonOptions common = new CommonOptions();

    private final Exception failure;

    Failing(Exception failure) {
      this.failure = failure;
    }

    CommandSpec spec() {
      return new CommandBuilder("failing", this).takes(common.all()).build();
    }

    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  private int run(Exception failure, String... args) {
    PrintStream stderr = new PrintStream(err, true, StandardCharsets.UTF_8);
    Console console =
        new Console(
            stderr, stderr, InputStream.nullInputStream(), Path.of(""), Map.of(), Terminal.NONE);
    return new CommandLine(new Failing(failure).spec())
        .setExecutionExceptionHandler(new ErrorReport(console))
        .execute(args);
  }

  private List<String> lines() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "NO_PEERS, 4, no-peers",
    "TRACKERS_FAILED, 4, trackers-failed",
    "STALLED, 4, stalled",
    "DEADLINE, 4, deadline",
    "DISK_FULL, 5, disk-full",
    "PERMISSION, 5, permission",
    "IO, 5, io",
    "INVALID_TORRENT, 3, invalid-torrent",
    "INVALID_MAGNET, 3, invalid-magnet",
    "HOOK_FAILED, 7, hook-failed",
    "USAGE, 2, usage",
    "INTERRUPTED, 130, interrupted",
    "BUG, 1, bug"
  })
  void eachReasonHasItsCodeAndWord(Reason reason, int exitCode, String word) {
    assertEquals(exitCode, run(new CliException(reason, "what: value (expected: other)")));
    assertEquals(List.of("tsl: what: value (expected: other)"), lines());
    assertEquals(word, reason.word());
  }

  @Test
  void anAdviceIsASecondLine() {
    run(new CliException(Reason.DISK_FULL, "disk full", Reason.DISK_FULL.advice(), null));

    assertEquals(2, lines().size());
  }

  @Test
  void aSignalKeepsItsOwnCode() {
    assertEquals(ExitCode.TERMINATED, run(CliException.interrupted(143)));
    assertEquals("tsl: interrupted", lines().get(0));
  }

  @Test
  void nonsenseThatIsNotCaughtEarlierIsBadInput() {
    assertEquals(ExitCode.INPUT, run(new ProtocolException("key: 5 (expected: 4)")));
    assertEquals(List.of("tsl: key: 5 (expected: 4)"), lines());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-q", "-v"})
  void aBugIsOneLineAndAnAdvice(String option) {
    assertEquals(ExitCode.BUG, run(new IllegalStateException("oh\nno"), option));
    assertEquals(
        List.of(
            "tsl: bug: java.lang.IllegalStateException: oh no",
            "Please report this with what the option -vv shows."),
        lines());
  }

  @Test
  void theStackTraceIsThereForTheAsking() {
    assertEquals(ExitCode.BUG, run(new IllegalStateException("oh"), "-vv"));
    assertTrue(lines().stream().anyMatch(line -> line.startsWith("\tat ")), lines().toString());
  }
}
