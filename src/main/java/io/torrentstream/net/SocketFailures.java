package io.torrentstream.net;

import io.torrentstream.util.PrintableText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Says why a socket failed, in words. What Java and Netty say differs from system to system, names
 * system calls, or is nothing at all. Pure functions.
 */
final class SocketFailures {
  private static final int MAX_TEXT = 200;

  /** Netty's {@code sendToAddress(..) failed with error(-101): }. */
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ");

  /**
   * @param text what the message contains, in lower case
   */
  private record Known(String text, String words) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known("connection reset", "connection reset"),
          new Known("broken pipe", "connection reset"),
          new Known("forcibly closed", "connection reset"), // Windows
          new Known("connection refused", "connection refused"),
          new Known("network is unreachable", "network unreachable"),
          new Known("no route to host", "host unreachable"));

  private SocketFailures() {}

  /** One line, safe to print. */
  static String inWords(IOException failure) {
    if (failure instanceof ClosedChannelException) {
      return "connection closed";
    }
    String text = String.valueOf(failure.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    for (Known known : KNOWN) {
      if (lower.contains(known.text())) {
        return known.words();
      }
    }
    if (failure instanceof NoRouteToHostException) {
      return "network unreachable"; // Netty says no more
    }
    if (failure instanceof ConnectException && failure.getMessage() == null) {
      return "connection refused";
    }
    return PrintableText.of(SYSTEM_CALL.matcher(text).replaceFirst(""), MAX_TEXT);
  }
}
