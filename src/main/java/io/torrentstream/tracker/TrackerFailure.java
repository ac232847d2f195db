package io.torrentstream.tracker;

import io.torrentstream.util.PrintableText;

/**
 * The tracker understood and said no ({@code failure reason} of BEP 3, the error packet of BEP 15).
 * The message is its reason, safe to print. Carries no stack trace: nothing is wrong in here.
 */
public final class TrackerFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** {@link #retryAfterSeconds} of a tracker that never wants to be asked again. */
  public static final long NEVER = Long.MAX_VALUE;

  /** {@link #retryAfterSeconds} of a tracker that did not say. */
  public static final long UNSPECIFIED = -1;

  /** How much of a tracker's prose is shown, in characters. */
  private static final int MAX_TEXT = 200;

  private final long retryAfterSeconds;

  public TrackerFailure(String reason, long retryAfterSeconds) {
    super(
        "refused: " + (shown(reason).isEmpty() ? "no reason given" : shown(reason)),
        null,
        false,
        false);
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** When to ask again (BEP 31): seconds, {@link #NEVER} or {@link #UNSPECIFIED}. */
  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /** A tracker's prose, fit to be shown. */
  static String shown(String text) {
    return PrintableText.of(text, MAX_TEXT).strip();
  }
}
