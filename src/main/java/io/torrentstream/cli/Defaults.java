package io.torrentstream.cli;

import io.torrentstream.storage.StorageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.PropertiesDefaultProvider;

/**
 * Values for options that were not given: {@code TSL_MAX_DOWN} in the environment, then {@code
 * max-down} in the properties file.
 */
final class Defaults implements IDefaultValueProvider {
  /** None: for what is to run the same for everybody. */
  static final Defaults NONE = new Defaults(Map.of(), new Properties());

  private final Map<String, String> env;
  private final IDefaultValueProvider properties;

  private Defaults(Map<String, String> env, Properties properties) {
    this.env = env;
    this.properties = new PropertiesDefaultProvider(properties);
  }

  /**
   * @throws CliException when there is a properties file that cannot be used: to go on without,
   *     say, its limits of speed would be a surprise
   */
  static Defaults of(Map<String, String> env) throws CliException {
    Properties properties = new Properties();
    Path file = file(env);
    if (file != null && Files.isRegularFile(file)) {
      // With load(InputStream) a name in UTF-8, as every editor writes it, is another name.
      try (Reader in = Files.newBufferedReader(file)) {
        properties.load(in);
      } catch (CharacterCodingException e) {
        throw new CliException(Reason.USAGE, file + ": not UTF-8 (expected: a file in UTF-8)");
      } catch (IOException e) {
        throw new CliException(
            Reason.USAGE,
            StorageException.of(file, e).getMessage() + " (expected: a readable file)");
      } catch (IllegalArgumentException e) {
        throw new CliException(Reason.USAGE, file + ": " + e.getMessage());
      }
    }
    return new Defaults(env, properties);
  }

  /** Null when the home's name is none that Java can write, as in a POSIX locale. */
  private static Path file(Map<String, String> env) {
    try {
      return UserDirectories.of(env).config().resolve("tsl.properties");
    } catch (InvalidPathException e) {
      return null;
    }
  }

  @Override
  public String defaultValue(ArgSpec arg) throws Exception {
    // --help in a properties file would make every run print help.
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String name = option.longestName().replaceFirst("^-+", "");
    String value = env.get("TSL_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
    // Empty is as good as unset: a script has no other way to say so for one command.
    return value != null && !value.isEmpty() ? value : properties.defaultValue(arg);
  }
}
