package io.torrentstream.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.torrentstream.tracker.ServerUrl;
import java.net.InetAddress;
import java.time.Duration;

/**
 * Fetches ranges of files over http and https and passes the bytes on as they come (BEP 19). A
 * connection that the server leaves open serves the next range. All calls, both ways, are made on
 * the loop of the constructor; nothing here waits, and no time is limited but that of connecting:
 * the caller knows when it has waited long enough.
 */
public final class RangeFetcher implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofSeconds(15);

  /**
   * What to fetch.
   *
   * @param from first byte within the file
   * @param length in bytes, 1 or more
   * @param fileLength of the whole file as the torrent has it
   * @param trusted whether the user gave the address; a torrent's own is not to carry a query to a
   *     server that only this machine, or its network, can reach
   */
  public record Range(ServerUrl url, long from, long length, long fileLength, boolean trusted) {}

  /** Who gets the bytes. No call comes after {@link #onDone}, {@link #onFailed} or a cancel. */
  public interface Receiver {
    /**
     * The answer has begun, before any bytes.
     *
     * @param wholeFile the server knows no ranges: what comes is the file from its first byte to
     *     its last, unless the receiver cancels when it has had enough
     */
    void onAnswer(boolean wholeFile);

    /**
     * The next bytes of the range, or of the file.
     *
     * @param bytes not released here; the receiver retains what it keeps
     */
    void onBytes(ByteBuf bytes);

    /** All bytes came. */
    void onDone();

    /** They did not. */
    void onFailed(RangeFailure failure);
  }

  /** A range under way. */
  public interface Transfer {
    /** Stops reading from the server, or goes on; what was read already may still come. */
    void pause(boolean paused);

    /** Ends it, and the connection with it. */
    void cancel();
  }

  private final HttpClient http;

  /**
   * @param loop where everything happens
   * @param bind the local address to connect from, or null
   * @param tls whom https servers may be certified by
   */
  public RangeFetcher(
      Transport transport,
      EventLoop loop,
      BackgroundResolver resolver,
      InetAddress bind,
      TrustedTls tls) {
    HttpClient.Limits limits = new HttpClient.Limits(0, CONNECT, Duration.ZERO, IDLE);
    this.http = new HttpClient(transport, loop, resolver, bind, tls, limits);
  }

  /** Begins to fetch; the receiver is not called before this returns. */
  public Transfer fetch(Range range, Receiver receiver) {
    RangeExchange exchange = new RangeExchange(http, range, receiver);
    exchange.start();
    return exchange;
  }

  /** Closes the connections that are kept for later. */
  @Override
  public void close() {
    http.close();
  }
}
