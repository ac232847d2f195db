package io.torrentstream.cli;

import com.google.gson.stream.JsonWriter;
import io.torrentstream.util.PrintableText;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * All of the world that a command may touch besides its torrent's files and sockets: streams,
 * folder, environment, terminal. The rest of the program reads and writes these instead of {@code
 * System}'s, so tests can run it whole.
 *
 * @param out results only
 * @param err progress, warnings, errors
 * @param in read for the source {@code -}
 * @param cwd what relative paths are relative to
 * @param env the environment variables
 * @param terminal what is known of the terminal behind {@code err}
 */
record Console(
    PrintStream out,
    PrintStream err,
    InputStream in,
    Path cwd,
    Map<String, String> env,
    Terminal terminal) {

  /** A line for the user that is longer, in characters, is cut. */
  private static final int MAX_LINE = 4096;

  /**
   * The process's own.
   *
   * @param stdout of this process
   */
  static Console system(OutputStream stdout) {
    return new Console(
        stream(stdout, "stdout.encoding"),
        stream(new FileOutputStream(FileDescriptor.err), "stderr.encoding"),
        // Buffered: Java 17's FileInputStream.readNBytes asks a pipe for its position, and fails.
        new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
        Path.of(""),
        System.getenv(),
        Terminal.of(System.getenv()));
  }

  /**
   * In a POSIX locale Java would write {@code ?} for every letter it thinks the terminal lacks;
   * terminals and pipes there take UTF-8 all the same.
   */
  private static PrintStream stream(OutputStream to, String encodingProperty) {
    String native_ = System.getProperty("native.encoding", "UTF-8");
    Charset charset = Charset.forName(System.getProperty(encodingProperty, native_));
    if (charset.equals(StandardCharsets.US_ASCII)) {
      charset = StandardCharsets.UTF_8;
    }
    return new PrintStream(new BufferedOutputStream(to, 8192), false, charset);
  }

  /**
   * The path that an option's value names.
   *
   * @throws CliException when this system cannot have such a path, or the value is empty: that is
   *     an unset variable of a script, which does not mean the current folder
   */
  Path path(String value, String option) throws CliException {
    if (value.isEmpty()) {
      throw new CliException(Reason.USAGE, option + ": empty (expected: a path)");
    }
    try {
      return cwd.resolve(value);
    } catch (InvalidPathException e) {
      throw new CliException(
          Reason.USAGE, option + ": " + value + " (expected: a path of this system)", null, e);
    }
  }

  /** Writes one line of a result. */
  void result(String line) {
    out.println(line);
    out.flush();
  }

  /** Writes a result that is no text. */
  void result(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    out.flush();
  }

  /** Writes one line for the user; foreign text in it is made safe. */
  void note(String line) {
    err.println(PrintableText.of(line, MAX_LINE));
    err.flush();
  }

  /** The members of one JSON object. */
  @FunctionalInterface
  interface JsonMembers {
    void write(JsonWriter json) throws IOException;
  }

  /**
   * Writes one JSON object as one line of UTF-8, whatever the locale. It is written in one go, so
   * that two threads cannot mix their lines.
   */
  void json(JsonMembers members) {
    StringWriter line = new StringWriter();
    try (JsonWriter json = new JsonWriter(line)) {
      json.beginObject();
      members.write(json);
      json.endObject();
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot fail to be written to", e);
    }
    byte[] utf8 = (escaped(line.toString()) + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(utf8, 0, utf8.length);
    out.flush();
  }

  /**
   * The same JSON with those characters escaped that a terminal may obey though JSON allows them as
   * they are: C1 controls, bidi overrides. They can only stand inside strings.
   */
  private static String escaped(String json) {
    StringBuilder out = new StringBuilder(json.length());
    int copied = 0;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c > '~' && (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
        out.append(json, copied, i).append(String.format("\\u%04x", (int) c));
        copied = i + 1;
      }
    }
    return copied == 0 ? json : out.append(json, copied, json.length()).toString();
  }
}
