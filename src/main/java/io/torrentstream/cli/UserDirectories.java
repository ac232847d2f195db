package io.torrentstream.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the user's settings and tsl's memory are kept, by the customs of each system. The
 * environment's word counts before Java's {@code user.home}, which ignores {@code HOME}.
 */
record UserDirectories(Map<String, String> env, String osName, String userHome) {

  static UserDirectories of(Map<String, String> env) {
    return new UserDirectories(
        env, System.getProperty("os.name"), System.getProperty("user.home", "."));
  }

  /** The folder of {@code tsl.properties}; need not exist. */
  Path config() {
    return folder("XDG_CONFIG_HOME", ".config");
  }

  /** Where tsl remembers from run to run what nobody typed; need not exist. */
  Path state() {
    return folder("XDG_STATE_HOME", ".local/state");
  }

  private Path folder(String xdgVariable, String inHome) {
    if (isSet(xdgVariable)) {
      return Path.of(env.get(xdgVariable), "tsl");
    }
    if (osName.startsWith("Windows") && isSet("APPDATA")) {
      return Path.of(env.get("APPDATA"), "tsl");
    }
    Path home = Path.of(isSet("HOME") ? env.get("HOME") : userHome);
    return osName.startsWith("Mac")
        ? home.resolve("Library").resolve("Application Support").resolve("tsl")
        : home.resolve(inHome).resolve("tsl");
  }

  private boolean isSet(String variable) {
    return !env.getOrDefault(variable, "").isEmpty();
  }
}
