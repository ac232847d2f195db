package io.torrentstream.cli;

import io.torrentstream.util.ProtocolException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line, an advice where there is one, and the exit code. */
final class ErrorReport implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Console console;

  ErrorReport(Console console) {
    this.console = console;
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String message = usageMessage(e);
    console.note("tsl: " + message);
    console.note("Try: " + command.qualifiedName() + " --help");
    if (ProgressOptions.wantEvents(command, args)) {
      new JsonProgress(console, false).failed(new CliException(Reason.USAGE, message));
    }
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    boolean trace = wantsTrace(command.getCommandSpec());
    if (e instanceof CliException failure) {
      return print(failure, trace);
    }
    if (e instanceof ProtocolException malformed) {
      return print(
          new CliException(Reason.INVALID_TORRENT, malformed.getMessage(), null, malformed), trace);
    }
    return onBug(e, trace);
  }

  /** Before any command is known. */
  int onFailure(CliException failure) {
    return print(failure, Logging.isVerbose());
  }

  /** Says that tsl itself is at fault, or had too little memory. */
  int onBug(Throwable bug, boolean trace) {
    if (bug instanceof OutOfMemoryError) {
      console.note("tsl: out of memory: " + bug.getMessage());
      console.note("Give Java more, as with: java -Xmx1g -jar tsl.jar");
    } else {
      console.note("tsl: bug: " + bug);
      console.note(
          trace ? "Please report this." : "Please report this with what the option -vv shows.");
    }
    if (trace) {
      bug.printStackTrace(console.err());
      console.err().flush();
    }
    return ExitCode.BUG;
  }

  private int print(CliException failure, boolean trace) {
    console.note("tsl: " + failure.getMessage());
    if (failure.advice() != null) {
      console.note(failure.advice());
    }
    if (trace) {
      failure.printStackTrace(console.err());
      console.err().flush();
    }
    return failure.exitCode();
  }

  private static boolean wantsTrace(CommandSpec spec) {
    OptionSpec verbose = spec.findOption(CommonOptions.VERBOSE);
    return verbose != null && verbose.<boolean[]>getValue().length > 1;
  }

  /** Picocli's messages in the form of all others: what, value, what was expected. */
  private static String usageMessage(ParameterException e) {
    if (e.getArgSpec() != null && e.getArgSpec().type().isEnum()) {
      return name(e.getArgSpec()) + ": " + e.getValue() + " (expected: " + words(e) + ")";
    }
    if (e.getCause() instanceof TypeConversionException && e.getArgSpec() != null) {
      return name(e.getArgSpec()) + ": " + e.getCause().getMessage();
    }
    if (e instanceof UnmatchedArgumentException unmatched) {
      String first = unmatched.getUnmatched().get(0);
      String what = unmatched.isUnknownOption() ? "unknown option: " : "unexpected argument: ";
      if (e.getCommandLine().getParent() == null && !unmatched.isUnknownOption()) {
        what = "unknown command: ";
      }
      return what + first + suggestion(unmatched);
    }
    if (e instanceof MissingParameterException missing && missing.getMissing().size() == 1) {
      return name(missing.getMissing().get(0)) + ": missing";
    }
    String message = e.getMessage();
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static String words(ParameterException e) {
    return Stream.of(e.getArgSpec().type().getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private static String suggestion(UnmatchedArgumentException e) {
    List<String> likely = e.getSuggestions();
    return likely.isEmpty() ? "" : " (expected: " + String.join(" or ", likely) + "?)";
  }

  private static String name(ArgSpec arg) {
    return arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
  }
}
