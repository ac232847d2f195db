package io.torrentstream.cli;

import java.io.File;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.PropertiesDefaultProvider;

/**
 * Values for options that were not given: {@code TSL_MAX_DOWN} in the environment, then {@code
 * max-down} in the properties file.
 */
final class Defaults implements IDefaultValueProvider {
  private final Map<String, String> env;
  private final IDefaultValueProvider properties;

  /**
   * @param propertiesFile need not exist
   */
  Defaults(Map<String, String> env, File propertiesFile) {
    this.env = env;
    this.properties =
        propertiesFile.isFile() ? new PropertiesDefaultProvider(propertiesFile) : null;
  }

  static Defaults of(Map<String, String> env) {
    return new Defaults(env, UserDirectories.of(env).config().resolve("tsl.properties").toFile());
  }

  @Override
  public String defaultValue(ArgSpec arg) throws Exception {
    // --help in a properties file would make every run print help.
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String name = option.longestName().replaceFirst("^-+", "");
    String value = env.get("TSL_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
    return value != null || properties == null ? value : properties.defaultValue(arg);
  }
}
