package io.torrentstream.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * SIGINT, SIGTERM and SIGHUP while a command runs: the first one is reported, a second one ends the
 * process at once.
 *
 * <p>A shutdown hook would not do: once the JVM is on its way down it hears no second signal.
 * {@code sun.misc.Signal} is in {@code jdk.unsupported}, which every JDK exports for such uses.
 */
final class Interrupts implements AutoCloseable {
  private static final int SIGNALLED = 128;

  private record Replaced(sun.misc.Signal signal, sun.misc.SignalHandler handler) {}

  private final List<Replaced> replaced = new ArrayList<>();
  private final IntConsumer onFirst;
  private boolean received;

  private Interrupts(IntConsumer onFirst) {
    this.onFirst = onFirst;
  }

  /**
   * Begins to listen.
   *
   * @param onFirst gets the exit code that the signal asks for, 130 or 143; called on a thread of
   *     its own
   */
  static Interrupts listen(IntConsumer onFirst) {
    Interrupts interrupts = new Interrupts(onFirst);
    for (String name : new String[] {"INT", "TERM", "HUP"}) {
      interrupts.install(name);
    }
    return interrupts;
  }

  private void install(String name) {
    try {
      sun.misc.Signal signal = new sun.misc.Signal(name);
      replaced.add(new Replaced(signal, sun.misc.Signal.handle(signal, this::onSignal)));
    } catch (IllegalArgumentException e) {
      // This system has no such signal, or the JVM was told to leave it alone (-Xrs): then it is
      // the JVM or the system that ends the process, and resume data is as old as its last save.
    }
  }

  private void onSignal(sun.misc.Signal signal) {
    int exitCode = SIGNALLED + signal.getNumber();
    synchronized (this) {
      if (received) {
        Runtime.getRuntime().halt(exitCode);
      }
      received = true;
    }
    onFirst.accept(exitCode);
  }

  /** Gives the signals back to whom they belonged. */
  @Override
  public void close() {
    for (Replaced old : replaced) {
      sun.misc.Signal.handle(old.signal(), old.handler());
    }
  }
}
