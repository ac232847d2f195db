package io.torrentstream.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Puts together what picocli is to know of a command: what it does, what it takes, its help. */
final class CommandBuilder {
  private final CommandSpec spec;
  private final UsageMessageSpec help;

  /** Options under no heading. */
  private final List<OptionSpec> plain = new ArrayList<>();

  private final Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();

  /**
   * @param action is called when all has been read; returns the exit code
   * @param description the first line stands in the list of commands
   */
  CommandBuilder(String name, Callable<Integer> action, String... description) {
    this.spec = CommandSpec.wrapWithoutInspection(action).name(name);
    this.help =
        spec.usageMessage()
            .sortOptions(false)
            .synopsisSubcommandLabel("COMMAND")
            .commandListHeading("%nCommands:%n")
            .parameterListHeading("%n")
            .description(description);
  }

  CommandBuilder takes(Arg... args) {
    for (Arg arg : args) {
      arg.addTo(spec);
      if (arg instanceof Opt<?> option) {
        plain.add(option.spec());
      }
    }
    return this;
  }

  /** Options under a heading of their own. */
  CommandBuilder takes(String heading, Opt<?>... options) {
    List<OptionSpec> section = new ArrayList<>();
    for (Opt<?> option : options) {
      option.addTo(spec);
      section.add(option.spec());
    }
    sections.put(heading, section);
    return this;
  }

  /** For a command with too many options to name them all in the first line of its help. */
  CommandBuilder shortSynopsis() {
    help.abbreviateSynopsis(true);
    return this;
  }

  CommandBuilder footer(String... lines) {
    help.footerHeading("%n").footer(lines);
    return this;
  }

  CommandSpec build() {
    if (spec.positionalParameters().isEmpty() && !plain.isEmpty()) {
      help.optionListHeading("%n");
    }
    if (!sections.isEmpty()) {
      help.sectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, this::optionList);
    }
    return spec;
  }

  private String optionList(Help texts) {
    StringBuilder list = new StringBuilder(texts.optionListExcludingGroups(plain));
    sections.forEach(
        (heading, options) ->
            list.append(texts.createHeading("%n" + heading + ":%n"))
                .append(texts.optionListExcludingGroups(options)));
    return list.toString();
  }
}
