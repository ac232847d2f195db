package io.torrentstream.util;

/**
 * The other side's fault: a peer, tracker or .torrent file sent something that breaks the rules.
 * Whoever catches it drops that input's sender and goes on. The message says what was wrong, the
 * value, and what was expected: {@code "piece index: 812 (expected: 0..811)"}.
 *
 * <p>It carries no stack trace: hostile peers can cause these at line rate, and the message names
 * the fault already.
 */
public final class ProtocolException extends Exception {
  private static final long serialVersionUID = 1;

  public ProtocolException(String message) {
    super(message, null, false, false);
  }
}
