package io.torrentstream.net;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Says what went wrong with an HTTP request in one line that is safe to print. Pure functions. */
final class HttpFailures {
  private HttpFailures() {}

  /** The failure behind what Netty reports. */
  static Throwable explain(Throwable cause, HttpClient.Limits limits) {
    if (cause instanceof DecompressionException) {
      return new ProtocolException("HTTP answer: malformed or too large compressed data");
    }
    if (cause instanceof TooLongFrameException) {
      String body = limits.collects() ? ", body <= " + limits.maxBodyBytes() / 1024 + " KiB" : "";
      return new ProtocolException(
          "HTTP answer: too large (expected: header <= 64 KiB" + body + ")");
    }
    if (cause instanceof SslHandshakeTimeoutException) {
      return new IOException("TLS: no answer within " + text(limits.connect()), cause);
    }
    if (cause instanceof SSLException tls) {
      return TrustedTls.explain(tls);
    }
    if (cause instanceof DecoderException && cause.getCause() != null) {
      return explain(cause.getCause(), limits);
    }
    if (cause instanceof ConnectTimeoutException) {
      return new IOException("no connection within " + text(limits.connect()));
    }
    if (cause instanceof IOException socket) {
      return new IOException(SocketFailures.inWords(socket), socket);
    }
    return cause instanceof ProtocolException
        ? cause
        : new ProtocolException("HTTP answer: malformed");
  }

  /**
   * What ended a TLS handshake, or null when the event is about something else. Of a handshake that
   * takes too long or is hung up on nothing but the event tells: no exception is thrown.
   */
  static SSLException handshakeFailure(Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
      return null;
    }
    if (handshake.cause() instanceof ClosedChannelException) {
      return new SSLException("connection closed during the handshake");
    }
    return handshake.cause() instanceof SSLException failure ? failure : null;
  }

  /** A limit of time for people. */
  static String text(Duration limit) {
    return limit.toSecondsPart() > 0 || limit.toMinutes() > 0
        ? limit.toSeconds() + " s"
        : limit.toMillis() + " ms";
  }
}
