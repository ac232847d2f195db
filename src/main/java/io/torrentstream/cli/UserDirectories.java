package io.torrentstream.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the user's settings are kept, by the customs of each system. The environment's word counts
 * before Java's {@code user.home}, which ignores {@code HOME}.
 */
record UserDirectories(Map<String, String> env, String osName, String userHome) {

  static UserDirectories of(Map<String, String> env) {
    return new UserDirectories(
        env, System.getProperty("os.name"), System.getProperty("user.home", "."));
  }

  /** The folder of {@code tsl.properties}; need not exist. */
  Path config() {
    if (isSet("XDG_CONFIG_HOME")) {
      return Path.of(env.get("XDG_CONFIG_HOME"), "tsl");
    }
    if (osName.startsWith("Windows") && isSet("APPDATA")) {
      return Path.of(env.get("APPDATA"), "tsl");
    }
    Path home = Path.of(isSet("HOME") ? env.get("HOME") : userHome);
    return osName.startsWith("Mac")
        ? home.resolve("Library").resolve("Application Support").resolve("tsl")
        : home.resolve(".config").resolve("tsl");
  }

  private boolean isSet(String variable) {
    return !env.getOrDefault(variable, "").isEmpty();
  }
}
