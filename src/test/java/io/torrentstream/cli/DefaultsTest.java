package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Options come from the command line, then the environment, then the properties file. */
class DefaultsTest {
  @TempDir Path dir;

  private Path torrent;

  @BeforeEach
  void makeTorrent() throws Exception {
    torrent = TestTorrent.single(dir, "one.bin", 20_000).file();
  }

  /** The line that a wrong rate causes, so it shows which value was taken. */
  private String complaint(Program program, String... args) {
    Program.Result result = program.run(args);
    assertEquals(ExitCode.USAGE, result.exit(), result.err());
    return result.err().lines().findFirst().orElseThrow();
  }

  private void properties(String text) throws IOException {
    Path folder = dir.resolve("config").resolve("tsl");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("tsl.properties"), text);
  }

  @Test
  void eachSourceGoesBeforeTheNext() throws IOException {
    properties("max-down = from-file\n");
    Program program = new Program(dir);
    String file = torrent.toString();
    assertTrue(complaint(program, "download", file).startsWith("tsl: --max-down: from-file "));

    program.env("TSL_MAX_DOWN", "from-env");
    assertTrue(complaint(program, "download", file).startsWith("tsl: --max-down: from-env "));

    program.env("TSL_MAX_DOWN", "");
    assertTrue(complaint(program, "download", file).startsWith("tsl: --max-down: from-file "));

    program.env("TSL_MAX_DOWN", "1M");
    properties("");
    assertTrue(
        complaint(program, "download", file, "--max-down=given")
            .startsWith("tsl: --max-down: given "));
  }

  @Test
  void thePropertiesFileIsUtf8() throws IOException {
    properties("max-down = M\u00fcller\n");
    String file = torrent.toString();
    assertTrue(
        complaint(new Program(dir), "download", file).startsWith("tsl: --max-down: M\u00fcller "));

    Files.write(
        dir.resolve("config/tsl/tsl.properties"),
        "max-down = M\u00fcller\n".getBytes(StandardCharsets.ISO_8859_1));
    String refused = complaint(new Program(dir), "download", file);
    assertTrue(refused.endsWith(": not UTF-8 (expected: a file in UTF-8)"), refused);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void aFlagThatIsGivenIsOnWhateverTheEnvironmentSays(String value) throws Exception {
    Program program = new Program(dir).env("TSL_QUIET", value);

    Program.Result result =
        program.run("download", torrent.toString(), "-q", "--no-trackers", "-d", "seed-data");

    assertEquals(0, result.exit(), result.err());
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"quiet", "verbose"})
  void aSettingOfAFlagIsTrueOrFalse(String flag) {
    Program program = new Program(dir).env("TSL_" + flag.toUpperCase(Locale.ROOT), "1");

    assertEquals(
        "tsl: --" + flag + ": 1 (expected: true or false)",
        complaint(program, "info", torrent.toString()));
  }

  @Test
  void everyFlagOfEveryCommandIsOnWhenGiven() {
    for (CommandLine command : Tsl.commandLine(Program.consoleIn(dir)).getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        boolean flag = option.type() == boolean.class && !option.usageHelp();
        // Without this, picocli turns a flag off that is on by default.
        assertEquals(
            flag ? "true" : option.fallbackValue(),
            option.fallbackValue(),
            () -> command.getCommandName() + " " + option.longestName());
      }
    }
  }

  @Test
  void theLastOfTwoValuesCounts() {
    assertEquals(new OptionValues.Ports(2, 2), parsed("--port=1", "--port=2"));
  }

  @Test
  void optionsThatMayBeRepeatedAreCollected() {
    assertEquals(2, ((List<?>) parsed("--peer=a:1", "--port=2", "--peer=b:2")).size());
  }

  /** The value of the first option given. */
  private Object parsed(String... options) {
    String[] args = new String[options.length + 2];
    args[0] = "download";
    args[1] = "x.torrent";
    System.arraycopy(options, 0, args, 2, options.length);
    CommandLine root = Tsl.commandLine(Program.consoleIn(dir), args);
    String name = options[0].substring(0, options[0].indexOf('='));
    return root.parseArgs(args).subcommand().commandSpec().findOption(name).getValue();
  }

  @Test
  void aSettingCannotAskForHelp() throws IOException {
    properties("help = true\n");

    assertEquals(
        "tsl: nix: no such file\n",
        new Program(dir)
            .env("TSL_HELP", "true")
            .run("download", "nix")
            .err()
            .replace("\r\n", "\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, /h/.config/tsl",
    "Mac OS X, /h/Library/Application Support/tsl",
    "Windows 11, /a/tsl"
  })
  void settingsAreWhereTheSystemKeepsThem(String os, String folder) {
    Map<String, String> env = Map.of("HOME", "/h", "APPDATA", "/a");

    assertEquals(Path.of(folder), new UserDirectories(env, os, "/java").config());
  }

  @Test
  void theEnvironmentGoesBeforeJava() {
    assertEquals(
        Path.of("/x/tsl"),
        new UserDirectories(Map.of("XDG_CONFIG_HOME", "/x", "HOME", "/h"), "Linux", "/j").config());
    assertEquals(
        Path.of("/j/.config/tsl"), new UserDirectories(Map.of("HOME", ""), "Linux", "/j").config());
  }
}
