package io.torrentstream.cli;

import picocli.CommandLine.Model.CommandSpec;

/** The options that say what is shown while a command runs. */
final class ProgressOptions {
  /** The values of {@code --progress}. */
  enum Form {
    AUTO,
    BAR,
    LINES,
    JSON,
    NONE
  }

  private final Opt<Form> form =
      Opt.word(
              "--progress",
              "FORM",
              Form.class,
              "auto, bar, lines, json or none (auto: a bar on a terminal, else lines).")
          .orElse("auto");

  private final Opt<Boolean> json = Opt.flag("--json", "The same as --progress json.");

  Opt<?>[] all() {
    return new Opt<?>[] {form, json};
  }

  /**
   * Whether a command that may not have been read to its end is to write events: a program that
   * reads them is told of a wrong option, too.
   */
  static boolean wantEvents(CommandSpec command, String[] args) {
    return command.findOption("--progress") != null
        && String.join(" ", args).matches("(?is)(.* )?--(json|progress[ =]json)( .*)?");
  }

  /** Whether events go to stdout. */
  boolean areEvents() {
    return json.get() || form.get() == Form.JSON;
  }

  /**
   * @param quiet whether only results and errors are wanted
   * @param logging whether a log is written to stderr too, which a live line would be lost in
   * @param pieces whether every piece is worth an event
   */
  Progress progress(Console console, boolean quiet, boolean logging, boolean pieces) {
    if (areEvents()) {
      return new JsonProgress(console, pieces);
    }
    if (quiet) {
      return new TextProgress(console, TextProgress.Style.QUIET);
    }
    return switch (form.get()) {
      case BAR -> new TextProgress(console, TextProgress.Style.LIVE);
      case NONE -> new TextProgress(console, TextProgress.Style.NONE);
      case LINES -> new TextProgress(console, TextProgress.Style.LINES);
      default ->
          new TextProgress(
              console,
              console.terminal().interactive() && !logging
                  ? TextProgress.Style.LIVE
                  : TextProgress.Style.LINES);
    };
  }
}
