package io.torrentstream.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Tells whether the argument after an option is its value. */
final class OptionArgument {
  private static final String NEXT_ARGUMENT = " ";

  private OptionArgument() {}

  /**
   * Whether it can be nothing else: it stands behind an equals sign or comes from the settings.
   *
   * @param args what picocli has yet to read, this argument first
   * @param info picocli's, on how the option was written
   */
  static boolean isOwn(
      Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
    return !NEXT_ARGUMENT.equals(info.get("separator")) || isSetting(args, command, option);
  }

  /** Picocli hands over the value of a setting like an argument, but alone. */
  private static boolean isSetting(Stack<String> args, CommandSpec command, ArgSpec option) {
    IDefaultValueProvider settings = command.defaultValueProvider();
    try {
      return settings != null
          && args.size() == 1
          && args.peek().equals(settings.defaultValue(option));
    } catch (Exception e) {
      throw new IllegalStateException("settings were read before", e);
    }
  }

  /**
   * For an option that must have a value. {@code --dir --json} is one whose value was forgotten;
   * {@code --dir=--json} is what it says.
   */
  static final class Required implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!args.isEmpty()
          && isOption(args.peek(), command)
          && !isOwn(args, command, option, info)) {
        throw new MissingParameterException(command.commandLine(), option, "value: missing");
      }
      return false;
    }

    private static boolean isOption(String arg, CommandSpec command) {
      Map<String, ?> options = command.optionsMap();
      int end = arg.indexOf('=');
      return arg.equals("--")
          || options.containsKey(end < 0 ? arg : arg.substring(0, end))
          || arg.length() > 2 && options.containsKey(arg.substring(0, 2)); // as in -qv
    }
  }
}
