package io.torrentstream.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The whole program in this process: the folder, environment and stdin to run it with. */
final class Program {
  private final Path cwd;
  private final Map<String, String> env = new HashMap<>();
  private byte[] stdin = {};
  private Terminal terminal = Terminal.NONE;

  /** What a script would see of a run. */
  record Result(int exit, String out, String err) {}

  /**
   * @param cwd its folder, and its home: no settings of the machine's user are read
   */
  Program(Path cwd) {
    this.cwd = cwd;
    env.put("HOME", cwd.toString());
    env.put("XDG_CONFIG_HOME", cwd.resolve("config").toString());
    env.put("TSL_NO_DHT", "true"); // no test speaks to the world
  }

  Program env(String name, String value) {
    env.put(name, value);
    return this;
  }

  Program stdin(byte[] bytes) {
    stdin = bytes.clone();
    return this;
  }

  Program terminal(Terminal seen) {
    terminal = seen;
    return this;
  }

  /** What a part of the program sees in such a process; what it writes is lost. */
  static Console consoleIn(Path cwd) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return new Console(
        nowhere, nowhere, InputStream.nullInputStream(), cwd, Map.of(), Terminal.NONE);
  }

  Result run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            new ByteArrayInputStream(stdin),
            cwd,
            Map.copyOf(env),
            terminal);
    int exit = Tsl.run(console, args);
    console.out().flush();
    console.err().flush();
    return new Result(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
