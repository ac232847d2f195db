package io.torrentstream.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code --trace[=FILE]}: every wire message, decoded. */
final class TraceOption {
  private static final String STDERR = "";

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = STDERR,
      preprocessor = OnlyAttached.class,
      description = "Log every wire message, decoded, to stderr or to FILE.")
  private String trace;

  /** {@code --trace x.torrent} has the source after it, not the file: that needs an equals sign. */
  static final class OnlyAttached implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      boolean attached = "=".equals(info.get("separator"));
      if (!attached) {
        option.setValue(STDERR);
      }
      return !attached;
    }
  }

  boolean isToStderr() {
    return STDERR.equals(trace);
  }

  boolean isOn() {
    return trace != null;
  }

  /** The stream to write messages to, or null for none. */
  PrintStream open(Console console) throws CliException {
    if (trace == null || isToStderr()) {
      return trace == null ? null : console.err();
    }
    Path file = console.path(trace, "--trace");
    try {
      return new PrintStream(
          new BufferedOutputStream(Files.newOutputStream(file)), false, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CliException(
          Reason.IO, "--trace: " + trace + " (expected: a file to write)", null, e);
    }
  }
}
