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

/** {@code --trace[=FILE]}: every wire message, decoded. */
final class TraceOption {
  private static final String STDERR = "";

  private final Opt<String> trace =
      Opt.text("--trace", "FILE", "Log every wire message, decoded, to stderr or to FILE.")
          .optionalValue(STDERR, new OnlyAttached());

  Opt<?>[] all() {
    return new Opt<?>[] {trace};
  }

  /** {@code --trace x.torrent} has the source after it, not the file: that needs an equals sign. */
  static final class OnlyAttached implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      boolean own = OptionArgument.isOwn(args, command, option, info);
      if (!own) {
        option.setValue(STDERR);
      }
      return !own;
    }
  }

  boolean isToStderr() {
    return STDERR.equals(trace.get());
  }

  boolean isOn() {
    return trace.get() != null;
  }

  /** The stream to write messages to, or null for none. */
  PrintStream open(Console console) throws CliException {
    if (trace.get() == null || isToStderr()) {
      return trace.get() == null ? null : console.err();
    }
    Path file = console.path(trace.get(), "--trace");
    try {
      return new PrintStream(
          new BufferedOutputStream(Files.newOutputStream(file)), false, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CliException(
          Reason.IO, "--trace: " + trace.get() + " (expected: a file to write)", null, e);
    }
  }
}
