package io.torrentstream.net;

import io.netty.util.concurrent.Future;
import io.torrentstream.tracker.TrackerFailure;
import io.torrentstream.tracker.UdpTrackerCodec;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request to a UDP tracker: connect first unless a connection id is at hand, then the question
 * itself, each sent again when no reply comes. Confined to the client's loop.
 *
 * <p>BEP 15 waits 15 s before it sends again, and up to an hour. A user of a command line is gone
 * by then, so here the first wait is short; it doubles as the BEP says, and after the third
 * datagram the tracker counts as dead.
 */
final class UdpExchange<T> {
  private static final int MAX_DATAGRAMS = 3;

  /** Writes the question, given connection and transaction id. */
  @FunctionalInterface
  interface Writing {
    byte[] write(long connectionId, int transactionId);
  }

  /** Reads the reply. */
  @FunctionalInterface
  interface Reading<T> {
    T read(UdpTrackerCodec.Reply reply) throws ProtocolException, TrackerFailure;
  }

  /**
   * @param action what the question is, and its reply must be
   */
  record Question<T>(int action, Writing writing, Reading<T> reading) {}

  private final UdpTrackerClient client;
  private final InetSocketAddress tracker;
  private final Question<T> question;
  private final CompletableFuture<T> result;
  private boolean connecting;
  private boolean oldConnection;
  private int transaction;
  private byte[] datagram;
  private int unanswered;
  private Future<?> timer;

  UdpExchange(
      UdpTrackerClient client,
      InetSocketAddress tracker,
      Question<T> question,
      CompletableFuture<T> result) {
    this.client = client;
    this.tracker = tracker;
    this.question = question;
    this.result = result;
  }

  void start() {
    oldConnection = client.connectionId(tracker) != null;
    send();
  }

  boolean isFrom(InetSocketAddress sender) {
    return tracker.equals(sender);
  }

  /** A reply with our transaction id came from the tracker's address. */
  void onReply(UdpTrackerCodec.Reply reply) {
    int expected = connecting ? UdpTrackerCodec.CONNECT : question.action();
    if (reply.action() != expected && reply.action() != UdpTrackerCodec.ERROR) {
      return; // BEP 15: check the action; the right reply may still come
    }
    quit();
    try {
      if (connecting) {
        client.onConnected(tracker, UdpTrackerCodec.connectionId(reply));
        unanswered = 0;
        send();
      } else {
        result.complete(question.reading().read(reply));
      }
    } catch (TrackerFailure e) {
      onRefused(e);
    } catch (ProtocolException e) {
      result.completeExceptionally(e);
    }
  }

  void fail(Throwable cause) {
    quit();
    result.completeExceptionally(cause);
  }

  private void onRefused(TrackerFailure failure) {
    if (connecting || !oldConnection) {
      result.completeExceptionally(failure);
      return;
    }
    // A tracker that was restarted does not know the connection id of before: once more, afresh.
    oldConnection = false;
    client.onConnectionRefused(tracker);
    send();
  }

  /** Sends whichever datagram is next, under a new transaction id. */
  private void send() {
    Long connection = client.connectionId(tracker);
    connecting = connection == null;
    transaction = client.register(this);
    datagram =
        connecting
            ? UdpTrackerCodec.connectRequest(transaction)
            : question.writing().write(connection, transaction);
    transmit();
  }

  /** Sends the datagram, the same each time: a reply to any of its copies will do. */
  private void transmit() {
    long wait = client.firstTimeout().toMillis() << unanswered;
    timer = client.loop().schedule(this::onTimeout, wait, TimeUnit.MILLISECONDS);
    client.send(datagram, tracker, this);
  }

  private void onTimeout() {
    if (++unanswered < MAX_DATAGRAMS) {
      transmit();
    } else {
      fail(new IOException("no answer"));
    }
  }

  private void quit() {
    client.unregister(transaction, this);
    timer.cancel(false);
  }
}
