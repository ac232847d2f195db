package io.torrentstream.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.management.DynamicMBean;
import javax.management.JMException;

/**
 * Keeps HotSpot's optimizing compiler from code that it cannot make worth its while
 * (docs/decisions/009). What hashes is left to it: no other compiler knows the processor's
 * instructions for SHA-1. A JVM that takes no such advice goes on as ever. What it has taken is
 * shown by {@code jcmd PID Compiler.directives_print}.
 */
final class CompilerAdvice {
  /** Of several that match a method the first counts. */
  private static final String DIRECTIVES =
      """
      [{ match: ["sun/security/*.*", "java/security/*.*"],
         c2: { Exclude: false } },
       { match: ["*.*"],
         c2: { Exclude: true } }]
      """;

  private CompilerAdvice() {}

  /**
   * Gives it on a thread of its own, and returns at once. The earlier the better: what has been
   * compiled stays.
   */
  static void start() {
    Thread thread = new Thread(CompilerAdvice::give, "tsl-advice");
    thread.setDaemon(true);
    thread.start();
  }

  /** Gives it now. */
  static void give() {
    try {
      Path file = Files.createTempFile("tsl-", ".json");
      file.toFile().deleteOnExit(); // the program may be at its end before this thread is
      try {
        Files.writeString(file, DIRECTIVES);
        command("compilerDirectivesAdd", '"' + file.toString() + '"'); // or a space would end it
      } finally {
        Files.delete(file);
      }
    } catch (JMException | IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
      // Of all kinds, for each JVM refuses in its own way, and nothing depends on it. Not logged:
      // the log is not set up yet. With too little memory the main thread has its own word to say.
    }
  }

  /** Gives the JVM what jcmd would; returns its answer. */
  static String command(String name, String... arguments) throws JMException {
    Object[] given = arguments.length == 0 ? null : new Object[] {arguments};
    String[] types = arguments.length == 0 ? null : new String[] {String[].class.getName()};
    return (String) diagnosticCommands().invoke(name, given, types);
  }

  /**
   * The platform's bean for them, which is listed by the only type that it has. To ask its server
   * for it would make all other beans, too: three quarters of the price of the advice.
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static DynamicMBean diagnosticCommands() {
    List<?> found = ManagementFactory.getPlatformMXBeans((Class) DynamicMBean.class);
    return (DynamicMBean) found.get(0);
  }
}
