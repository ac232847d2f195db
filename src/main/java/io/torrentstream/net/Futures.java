package io.torrentstream.net;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Passes the outcome of one stage on to a future that somebody else holds. */
final class Futures {
  private Futures() {}

  /** Completes {@code to}; a failure arrives as itself. */
  static <T> void forward(T value, Throwable failure, CompletableFuture<T> to) {
    if (failure == null) {
      to.complete(value);
    } else {
      to.completeExceptionally(unwrap(failure));
    }
  }

  /** A failure without the wrapper that dependent stages put around it. */
  static Throwable unwrap(Throwable failure) {
    boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
    return wrapped ? failure.getCause() : failure;
  }
}
