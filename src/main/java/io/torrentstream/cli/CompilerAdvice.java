package io.torrentstream.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps HotSpot's optimizing compiler from code that it cannot make worth its while
 * (docs/decisions/009). What hashes is left to it: no other compiler knows the processor's
 * instructions for SHA-1. A JVM that takes no such advice goes on as ever.
 */
final class CompilerAdvice {
  /** Less data than this is there before it pays, in bytes. */
  private static final long WORTHWHILE = 128 << 20;

  /** Of several that match a method the first counts. */
  private static final String DIRECTIVES =
      """
      [{ match: ["sun/security/*.*", "java/security/*.*"],
         c2: { Exclude: false } },
       { match: ["*.*"],
         c2: { Exclude: true } }]
      """;

  private static final Logger LOG = LoggerFactory.getLogger(CompilerAdvice.class);

  private CompilerAdvice() {}

  /**
   * Gives it, on a thread of its own, if there is that much to do: for a short run, to reach the
   * compiler costs more than it saves.
   *
   * @param length of the data, in bytes
   */
  static void give(long length) {
    if (length >= WORTHWHILE) {
      Thread thread = new Thread(CompilerAdvice::give, "tsl-advice");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Gives it now. */
  static void give() {
    try {
      Path file = Files.createTempFile("tsl-", ".json");
      try {
        Files.writeString(file, DIRECTIVES);
        LOG.debug("compiler: {}", command("compilerDirectivesAdd", file.toString()).strip());
      } finally {
        Files.delete(file);
      }
    } catch (JMException | IOException | RuntimeException | LinkageError e) {
      // Of all kinds, for each JVM refuses in its own way, and nothing depends on it.
      LOG.debug("the compiler takes no advice: {}", e.toString());
    }
  }

  /** Gives the JVM what jcmd would; returns its answer. */
  static String command(String name, String... arguments) throws JMException {
    Object[] given = arguments.length == 0 ? null : new Object[] {arguments};
    String[] types = arguments.length == 0 ? null : new String[] {String[].class.getName()};
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), name, given, types);
  }
}
