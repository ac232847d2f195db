package io.torrentstream.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketFailuresTest {
  /** As epoll, Java on Linux and Java on Windows say it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "recvAddress(..) failed with error(-104): Connection reset by peer | connection reset",
        "Connection reset | connection reset",
        "writev(..) failed with error(-32): Broken pipe | connection reset",
        "An existing connection was forcibly closed by the remote host | connection reset",
        "finishConnect(..) failed: Connection refused: /127.0.0.1:9 | connection refused",
        "Connection refused: no further information: /127.0.0.1:9 | connection refused",
        "sendToAddress(..) failed with error(-101): Network is unreachable | network unreachable",
        "Network is unreachable: /192.0.2.1:80 | network unreachable",
        "finishConnect(..) failed with error(-113): No route to host: /10.0.0.9:1 | host unreachable",
        "sendToAddress(..) failed with error(-1): Operation not permitted | Operation not permitted",
        "recvAddress(..) failed: Connection timed out | Connection timed out",
        "something else | something else"
      })
  void systemsSayItInTheirOwnWays(String message, String words) {
    assertEquals(words, SocketFailures.inWords(new IOException(message)));
    assertEquals(words, SocketFailures.inWords(new ConnectException(message)));
  }

  @Test
  void somethingIsSaidForNothing() {
    assertEquals(
        "network unreachable",
        SocketFailures.inWords(new NoRouteToHostException("null: /192.0.2.1:80")));
    assertEquals("connection refused", SocketFailures.inWords(new ConnectException()));
    assertEquals("connection closed", SocketFailures.inWords(new ClosedChannelException()));
  }

  @Test
  void isSafeToPrint() {
    assertEquals("x[2J", SocketFailures.inWords(new IOException("x\u001b[2J")));
  }
}
