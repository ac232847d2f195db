package io.torrentstream.net;

import java.time.Duration;

/** Why a web server did not send a range of a file, and what that says about asking again. */
public final class RangeFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** What the failure is about. */
  public enum Kind {
    /** The server does not have this file, or another one under its name: others may be asked. */
    FILE,
    /** Nothing can be had from this server. */
    SERVER,
    /** It is busy or unreachable, or the connection broke: to be asked again later. */
    LATER
  }

  private final Kind kind;
  private final transient Duration retryAfter;

  /**
   * @param message one line, safe to print, without the address's path and query
   */
  public RangeFailure(Kind kind, String message) {
    this(kind, message, null);
  }

  public RangeFailure(Kind kind, String message, Duration retryAfter) {
    super(message, null, false, false); // ordinary, so no stack trace
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  /** When the server wants to be asked again (RFC 9110, 10.2.3), an hour at most; or null. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
