package io.torrentstream.cli;

import io.torrentstream.session.TorrentFailure;

/**
 * Ends a command. {@link Tsl} prints the message as one line, {@code tsl: WHAT: VALUE (expected
 * …)}, then the advice if there is any, and exits with the reason's code.
 */
final class CliException extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final int exitCode;
  private final String advice;

  CliException(Reason reason, String message) {
    this(reason, message, null, null);
  }

  /**
   * @param message what, value, what was expected; foreign text in it need not be safe to print
   * @param advice what the user could do, one line, or null
   * @param cause shown with {@code -vv}, or null
   */
  CliException(Reason reason, String message, String advice, Throwable cause) {
    this(reason, reason.exitCode(), message, advice, cause);
  }

  private CliException(
      Reason reason, int exitCode, String message, String advice, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.exitCode = exitCode;
    this.advice = advice;
  }

  /**
   * A signal ended the run.
   *
   * @param exitCode 128 and the signal's number
   */
  static CliException interrupted(int exitCode) {
    return interrupted(exitCode, Reason.INTERRUPTED.advice());
  }

  /** The same with another advice, or null. */
  static CliException interrupted(int exitCode, String advice) {
    return new CliException(Reason.INTERRUPTED, exitCode, "interrupted", advice, null);
  }

  /** A torrent failed. */
  static CliException of(Throwable failure) {
    if (failure.getCause() instanceof CliException own) {
      return own; // what the torrent was asked, it could not do
    }
    if (failure instanceof TorrentFailure known) {
      Reason reason = Reason.valueOf(known.reason().name());
      return new CliException(reason, known.getMessage(), reason.advice(), known);
    }
    throw new IllegalStateException("a torrent may only fail with a TorrentFailure", failure);
  }

  Reason reason() {
    return reason;
  }

  int exitCode() {
    return exitCode;
  }

  String advice() {
    return advice;
  }
}
