package io.torrentstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command of {@code --on-complete}. It is run without a shell, so nothing in a torrent's name
 * can be taken for a command: the words of the option are the program and its arguments, the path
 * is one more argument at the end (absolute, so it never looks like an option) and in the
 * environment as {@code TSL_PATH}, the info-hash as {@code TSL_INFO_HASH}.
 */
final class CompletionHook {
  /** A word is made of plain characters and of quoted parts; a backslash is itself (Windows). */
  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");

  private final String command;
  private final List<String> words;
  private volatile Process running;

  /**
   * @throws CliException when there is no word, or a quote is not closed
   */
  CompletionHook(String command) throws CliException {
    this.command = command;
    this.words = words(command);
  }

  private static List<String> words(String command) throws CliException {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    int end = 0;
    while (word.find() && command.substring(end, word.start()).isBlank()) {
      words.add(word.group().replaceAll("\"([^\"]*)\"|'([^']*)'", "$1$2"));
      end = word.end();
    }
    if (words.isEmpty() || !command.substring(end).isBlank()) {
      throw new CliException(
          Reason.USAGE,
          "--on-complete: " + command + " (expected: a program and its arguments, quotes closed)");
    }
    return words;
  }

  /**
   * Runs it and waits. What it prints goes to stderr: stdout is for tsl's results.
   *
   * @throws CliException when it cannot be run or does not exit with 0
   */
  void run(Console console, Path path, String infoHash) throws CliException, InterruptedException {
    List<String> vector = new ArrayList<>(words);
    String absolute = path.toAbsolutePath().normalize().toString();
    vector.add(absolute);
    ProcessBuilder builder = new ProcessBuilder(vector).redirectErrorStream(true);
    builder.directory(console.cwd().toAbsolutePath().toFile());
    builder.environment().put("TSL_PATH", absolute);
    builder.environment().put("TSL_INFO_HASH", infoHash);
    int exit;
    try {
      Process process = builder.start();
      running = process;
      process.getOutputStream().close();
      try (InputStream output = process.getInputStream()) {
        output.transferTo(console.err());
      }
      console.err().flush();
      exit = process.waitFor();
    } catch (IOException e) {
      throw failed(e.getMessage(), e);
    }
    if (exit != 0) {
      throw failed("exit code: " + exit + " (expected: 0)", null);
    }
  }

  /**
   * Ends the command if it runs, and what it has started, which holds its output open; from any
   * thread.
   */
  void stop() {
    Process process = running;
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private CliException failed(String why, Throwable cause) {
    return new CliException(
        Reason.HOOK_FAILED,
        "--on-complete: " + command + ": " + why,
        Reason.HOOK_FAILED.advice(),
        cause);
  }
}
