package io.torrentstream.cli;

import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A parameter of a command that has no name, only its place. */
final class Param<T> implements Arg {
  private final PositionalParamSpec spec;

  private Param(PositionalParamSpec.Builder builder, String label, String... description) {
    this.spec = builder.paramLabel(label).description(description).build();
  }

  /** The command's one parameter, as it was typed. */
  static Param<String> text(String label, String... description) {
    return new Param<>(one().type(String.class), label, description);
  }

  /** The command's one parameter. */
  static <T> Param<T> value(String label, ITypeConverter<T> converter, String... description) {
    return new Param<>(one().type(Object.class).converters(converter), label, description);
  }

  /** One or more, as they were typed. */
  static Param<List<String>> texts(String label, String... description) {
    return new Param<>(
        PositionalParamSpec.builder()
            .index("0..*")
            .arity("1..*")
            .required(true)
            .type(List.class)
            .auxiliaryTypes(String.class),
        label,
        description);
  }

  private static PositionalParamSpec.Builder one() {
    return PositionalParamSpec.builder().index("0").arity("1").required(true);
  }

  /** What was given. Only once the command runs. */
  T get() {
    return spec.getValue();
  }

  @Override
  public void addTo(CommandSpec command) {
    command.addPositional(spec);
  }
}
