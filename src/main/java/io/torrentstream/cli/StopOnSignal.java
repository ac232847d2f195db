package io.torrentstream.cli;

import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;

/**
 * Lets a signal end long work that reports its progress: the next report throws a {@link
 * CancellationException}. A second signal ends the process at once. Safe on any thread.
 */
final class StopOnSignal implements AutoCloseable {
  private final Interrupts signals = Interrupts.listen(this::onSignal);
  private volatile int exitCode;

  private void onSignal(int code) {
    exitCode = code;
  }

  /** The same progress, as what is watched reports it. */
  LongConsumer watch(LongConsumer progress) {
    return value -> {
      if (exitCode != 0) {
        throw new CancellationException();
      }
      progress.accept(value);
    };
  }

  /** How a command ends whose work was cancelled; it left nothing to go on with. */
  CliException interrupted() {
    return CliException.interrupted(exitCode, null);
  }

  @Override
  public void close() {
    signals.close();
  }
}
