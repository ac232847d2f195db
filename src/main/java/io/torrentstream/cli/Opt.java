package io.torrentstream.cli;

import java.util.List;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/**
 * An option of a command, with the type of its value. Its names are written as the help shows them:
 * {@code "-d, --dir"}.
 *
 * <p>Picocli can read the same from annotations, but that takes half of all the time that a short
 * command runs for (docs/benchmarks.md).
 */
final class Opt<T> implements Arg {
  private final OptionSpec.Builder builder;
  private OptionSpec spec;

  private Opt(String names, String... description) {
    this.builder = OptionSpec.builder(names.split(", ")).description(description);
  }

  private static <T> Opt<T> withValue(String names, String label, String... description) {
    Opt<T> option = new Opt<>(names, description);
    option.builder.paramLabel(label).preprocessor(new OptionArgument.Required());
    return option;
  }

  /** Off, or on when it is given. */
  static Opt<Boolean> flag(String names, String... description) {
    Opt<Boolean> option = new Opt<>(names, description);
    // Without a fallback, giving a flag turns one off that a setting has turned on.
    option
        .builder
        .type(boolean.class)
        .initialValue(false)
        .fallbackValue("true")
        .converters(new OptionValues.Switch());
    return option;
  }

  /** Ends everything else: the help, or the version. */
  static Opt<Boolean> help(String names, String description) {
    Opt<Boolean> option = new Opt<>(names, description);
    option.builder.type(boolean.class).usageHelp(true);
    return option;
  }

  /** As {@link #help}. */
  static Opt<Boolean> version(String names, String description) {
    Opt<Boolean> option = new Opt<>(names, description);
    option.builder.type(boolean.class).versionHelp(true);
    return option;
  }

  /** May be given several times: as many entries has the array. */
  static Opt<boolean[]> counted(String names, String... description) {
    Opt<boolean[]> option = new Opt<>(names, description);
    option
        .builder
        .type(boolean[].class)
        .arity("0")
        .initialValue(new boolean[0])
        .converters(new OptionValues.Switch());
    return option;
  }

  /** Any text; null when not given. */
  static Opt<String> text(String names, String label, String... description) {
    Opt<String> option = withValue(names, label, description);
    option.builder.type(String.class);
    return option;
  }

  /** Null when not given. */
  static <T> Opt<T> value(
      String names, String label, ITypeConverter<T> converter, String... description) {
    Opt<T> option = withValue(names, label, description);
    option.builder.type(Object.class).converters(converter);
    return option;
  }

  /** One of the words of an enum, in any case. */
  static <E extends Enum<E>> Opt<E> word(
      String names, String label, Class<E> words, String... description) {
    Opt<E> option = withValue(names, label, description);
    option.builder.type(words);
    return option;
  }

  /** May be given several times; empty when not given. */
  static Opt<List<String>> texts(String names, String label, String... description) {
    Opt<List<String>> option = withValue(names, label, description);
    option.builder.type(List.class).auxiliaryTypes(String.class).initialValue(List.of());
    return option;
  }

  /** As {@link #texts}; one value may hold several with blanks between them, as a setting does. */
  static <T> Opt<List<T>> values(
      String names, String label, ITypeConverter<T> converter, String... description) {
    Opt<List<T>> option = withValue(names, label, description);
    option
        .builder
        .type(List.class)
        .auxiliaryTypes(Object.class)
        .splitRegex(" ")
        .splitRegexSynopsisLabel("")
        .converters(converter)
        .initialValue(List.of());
    return option;
  }

  /** With the value it has when it is not given, as one would type it. */
  Opt<T> orElse(String value) {
    builder.defaultValue(value);
    return this;
  }

  /** With this between several in one value, instead of blanks. */
  Opt<T> separatedBy(String separator) {
    builder.splitRegex(separator);
    return this;
  }

  /**
   * That need have no value.
   *
   * @param fallback what it has then
   * @param preprocessor decides whether what comes next is the value
   */
  Opt<T> optionalValue(String fallback, IParameterPreprocessor preprocessor) {
    builder.arity("0..1").fallbackValue(fallback).preprocessor(preprocessor);
    return this;
  }

  /** That may be given after the command's own commands, too. */
  Opt<T> inherited() {
    builder.scopeType(ScopeType.INHERIT);
    return this;
  }

  /** What was given, or what it is otherwise. Only once the command runs. */
  T get() {
    return spec.getValue();
  }

  OptionSpec spec() {
    if (spec == null) {
      spec = builder.build();
    }
    return spec;
  }

  @Override
  public void addTo(CommandSpec command) {
    command.addOption(spec());
  }
}
