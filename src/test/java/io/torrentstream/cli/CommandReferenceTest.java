package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/command-reference.md is what the program's own help says. Run with {@code -Dtsl.docs=write}
 * to write it anew after an option has changed.
 */
class CommandReferenceTest {
  private static final Path FILE = Path.of("docs/command-reference.md");

  /** A line of the list of commands: {@code " download Download a torrent …"}. */
  private static final Pattern COMMAND = Pattern.compile("(?m)^ +([a-z]+) +[A-Z].*");

  private static final Pattern SUBCOMMAND = Pattern.compile("(?m)^ +([a-z-]+) +[A-Z].*");

  private static final String HEAD =
      """
      # Command reference

      What `tsl help` and `tsl help COMMAND` print; a test compares. The [user guide](user-guide.md)
      goes by task.
      """;

  @TempDir Path dir;

  @Test
  void theReferenceIsWhatHelpPrints() throws IOException {
    String overview = help();
    String commands = overview.substring(overview.indexOf("\nCommands:"));
    String reference =
        COMMAND
            .matcher(commands)
            .results()
            .peek(found -> assertTrue(found.group().endsWith("."), found.group()))
            .map(found -> found.group(1))
            .filter(name -> !name.equals("help"))
            .map(name -> section("tsl " + name, help(name)) + subcommands(name))
            .collect(Collectors.joining("", HEAD + section("tsl", overview), ""));

    if ("write".equals(System.getProperty("tsl.docs"))) {
      Files.writeString(FILE, reference);
    }

    assertEquals(reference.lines().toList(), Files.readAllLines(FILE));
  }

  @Test
  void optionsNamedInTheDocumentsExist() throws IOException {
    String reference = Files.readString(FILE);
    Pattern ours = Pattern.compile("(?m)(?:^|[ `/])tsl(?:\\.jar)? [^`|#\n]*|`--[^`]*`");
    Pattern option = Pattern.compile("(?<![\\w-])--?[a-zA-Z][a-z-]*");
    for (String name : List.of("README.md", "docs/user-guide.md", "docs/protocol.md")) {
      for (MatchResult text : ours.matcher(Files.readString(Path.of(name))).results().toList()) {
        for (MatchResult found : option.matcher(text.group()).results().toList()) {
          Pattern listed = Pattern.compile("(?m)^ *(-\\w, )?" + found.group() + "\\b");
          assertEquals(true, listed.matcher(reference).find(), name + ": " + text.group().strip());
        }
      }
    }
  }

  /** The sections of a command's own commands. */
  private String subcommands(String name) {
    String help = help(name);
    int from = help.indexOf("\nCommands:");
    return from < 0
        ? ""
        : SUBCOMMAND
            .matcher(help.substring(from))
            .results()
            .map(found -> found.group(1))
            .map(sub -> section("tsl " + name + " " + sub, run(name, sub, "--help")))
            .collect(Collectors.joining());
  }

  private static String section(String title, String text) {
    return "\n## " + title + "\n\n```\n" + text.strip() + "\n```\n";
  }

  private String help(String... command) {
    String[] args = new String[command.length + 1];
    args[0] = "help";
    System.arraycopy(command, 0, args, 1, command.length);
    return run(args);
  }

  private String run(String... args) {
    Program.Result result = new Program(dir).run(args);
    assertEquals(0, result.exit(), result.err());
    return result.out().replace("\r\n", "\n");
  }
}
