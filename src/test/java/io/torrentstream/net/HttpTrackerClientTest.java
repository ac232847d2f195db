package io.torrentstream.net;

import static io.torrentstream.net.ScriptedTracker.always;
import static io.torrentstream.net.ScriptedTracker.ok;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import io.torrentstream.util.ProtocolException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Announces over real sockets to a tracker that plays tricks. */
class HttpTrackerClientTest {
  private static final String ANSWER = "d8:intervali1800e5:peers6:\u007f\0\0\u0001\u001a\u00e1e";
  private static final InfoHash HASH = InfoHash.of("hhhhhhhhhhhhhhhhhhhh".getBytes(ISO_8859_1));
  private static final Announce.Request REQUEST =
      new Announce.Request(
          HASH,
          "-tS0100-abcdefghijkl".getBytes(ISO_8859_1),
          6881,
          0,
          0,
          1,
          Announce.Event.STARTED,
          200,
          7,
          null);

  /** Long enough for any machine, for what is to succeed or to fail by itself. */
  private static final Duration LONG = Duration.ofSeconds(20);

  /** For what is to fail by the clock. */
  private static final Duration SHORT = Duration.ofMillis(200);

  private Transport transport;
  private BackgroundResolver resolver;
  private TrackerClient client;
  private ScriptedTracker tracker;

  @BeforeEach
  void open() throws IOException {
    transport = Transport.open(1);
    resolver = new BackgroundResolver();
    client(LONG);
  }

  @AfterEach
  void close() throws IOException {
    if (tracker != null) {
      tracker.close();
    }
    client.close();
    resolver.close();
    transport.close();
  }

  private void client(Duration total) throws IOException {
    client(LONG, total);
  }

  private void client(Duration connect, Duration total) throws IOException {
    client =
        new TrackerClient(
            transport,
            resolver,
            null,
            TrustedTls.load(null),
            udp(),
            new TrackerClient.Patience(connect, total, LONG, LONG));
  }

  private UdpMux udp() {
    return new UdpMux(transport, transport.loops().next(), null);
  }

  private void tracker(ScriptedTracker.Script script) throws IOException {
    tracker = new ScriptedTracker(script);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(30, TimeUnit.SECONDS);
  }

  private Announce.Response announce() throws Exception {
    return get(client.announce(ServerUrl.parse(tracker.url()), REQUEST));
  }

  private Throwable failure() {
    return assertThrows(ExecutionException.class, this::announce).getCause();
  }

  private String message(Class<? extends Throwable> kind) {
    Throwable failure = failure();
    assertEquals(kind, failure.getClass(), failure::toString);
    return failure.getMessage();
  }

  @Test
  void announces() throws Exception {
    tracker(always(ok(ANSWER)));
    Announce.Response response = announce();
    assertEquals(List.of(new InetSocketAddress("127.0.0.1", 6881)), response.peers());
    String head = tracker.requests().get(0);
    assertTrue(head.startsWith("GET /announce?info_hash=hhhhhhhhhhhhhhhhhhhh&peer_id="), head);
    assertTrue(head.contains("\r\nhost: 127.0.0.1:" + tracker.port() + "\r\n"), head);
    assertTrue(head.contains("\r\naccept-encoding: gzip\r\n"), head);
  }

  @Test
  void scrapes() throws Exception {
    tracker(always(ok("d5:filesd20:hhhhhhhhhhhhhhhhhhhhd8:completei3e10:incompletei4eeee")));
    Scrape.Response response = get(client.scrape(ServerUrl.parse(tracker.url()), HASH));
    assertEquals(new Scrape.Response(3, 4, -1), response);
    assertTrue(tracker.requests().get(0).startsWith("GET /scrape?info_hash=h"));
  }

  @Test
  void looksUpPeersThatHaveNames() throws Exception {
    tracker(
        always(
            ok(
                "d5:peersld2:ip9:localhost4:porti5eed2:ip15:nowhere.invalid4:porti6ee"
                    + "d2:ip9:127.0.0.24:porti7eeee")));
    List<InetSocketAddress> peers = announce().peers();
    assertEquals(2, peers.size());
    assertEquals(new InetSocketAddress("127.0.0.2", 7), peers.get(0));
    assertEquals(5, peers.get(1).getPort());
    assertTrue(peers.get(1).getAddress().isLoopbackAddress());
  }

  /** The same port on both loopback addresses: two sides of one tracker. */
  @Test
  void asksOverBothAddressFamilies() throws Exception {
    InetAddress loopback6 = InetAddress.getByName("::1");
    assumeTrue(NetworkInterface.getByInetAddress(loopback6) != null, "no IPv6 here");
    InetAddress[] both = {InetAddress.getByName("127.0.0.1"), loopback6};
    resolver.close();
    resolver = new BackgroundResolver(host -> both);
    client.close();
    client(LONG);
    tracker(always(ok(ANSWER)));
    String other = "d8:completei9e6:peers618:\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\7e";
    try (ServerSocket six = new ServerSocket(tracker.port(), 5, loopback6)) {
      CompletableFuture<Announce.Response> answer =
          client.announce(
              new ServerUrl("http", "two.example", tracker.port(), "/announce"), REQUEST);
      try (Socket connection = six.accept()) {
        connection.getOutputStream().write(ok(other).getBytes(ISO_8859_1));
        Announce.Response response = get(answer);
        assertEquals(
            Set.of(new InetSocketAddress("127.0.0.1", 6881), new InetSocketAddress("::1", 7)),
            Set.copyOf(response.peers()));
        assertEquals(9, response.seeders());
        assertEquals(1, tracker.requests().size());
      }
    }
  }

  @Test
  void aBoundAddressDecidesTheFamily() throws Exception {
    tracker(always(ok(ANSWER)));
    client.close();
    client =
        new TrackerClient(
            transport, resolver, InetAddress.getByName("127.0.0.5"), TrustedTls.load(null), udp());
    announce();
    assertEquals("127.0.0.5", tracker.clients().get(0).getHostAddress());
    ServerUrl six = ServerUrl.parse("http://[::1]:" + tracker.port() + "/announce");
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> get(client.announce(six, REQUEST)));
    assertEquals("no address of the family of 127.0.0.5", e.getCause().getMessage());
  }

  @Test
  void reusesTheConnection() throws Exception {
    tracker(always(ok(ANSWER)));
    announce();
    get(client.scrape(ServerUrl.parse(tracker.url()), HASH).exceptionally(e -> null));
    announce();
    assertEquals(3, tracker.requests().size());
    assertEquals(1, tracker.connectionCount());
  }

  @Test
  void asksAgainWhenAKeptConnectionWasClosed() throws Exception {
    tracker(
        (request, out) -> {
          if (request == 1) {
            throw new ScriptedTracker.Hangup();
          }
          out.write(ok(ANSWER).getBytes(ISO_8859_1));
        });
    announce();
    announce();
    assertEquals(3, tracker.requests().size());
    assertEquals(2, tracker.connectionCount());
  }

  @Test
  void asksAgainWhenAKeptConnectionWasReset() throws Exception {
    tracker(
        (request, out) -> {
          if (request == 1) {
            throw new ScriptedTracker.Reset();
          }
          out.write(ok(ANSWER).getBytes(ISO_8859_1));
        });
    announce();
    assertEquals(1, announce().peers().size());
    assertEquals(3, tracker.requests().size());
    assertEquals(2, tracker.connectionCount());
  }

  @Test
  void aServerThatClosesIsNotKept() throws Exception {
    String close = ok(ANSWER).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    tracker(always(close));
    announce();
    announce();
    assertEquals(2, tracker.connectionCount());
  }

  @Test
  void bytesNobodyAskedForEndTheConnection() throws Exception {
    tracker(always(ok(ANSWER) + ok("le")));
    announce();
    announce();
    assertEquals(2, tracker.connectionCount());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
  void bodyWithoutLengthEndsWithTheConnection(String version) throws Exception {
    tracker(
        (request, out) -> {
          out.write((version + " 200 OK\r\n\r\n" + ANSWER).getBytes(ISO_8859_1));
          out.flush();
          throw new ScriptedTracker.Hangup();
        });
    assertEquals(1, announce().peers().size());
    assertEquals(1, announce().peers().size(), "and the next one is a new connection");
  }

  @Test
  void readsChunksAndGzip() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(ANSWER.getBytes(ISO_8859_1));
    }
    tracker(
        (request, out) -> {
          out.write(head("Content-Encoding: gzip\r\nTransfer-Encoding: chunked"));
          for (byte b : zipped.toByteArray()) {
            out.write("1\r\n".getBytes(ISO_8859_1));
            out.write(b);
            out.write("\r\n".getBytes(ISO_8859_1));
          }
          out.write("0\r\n\r\n".getBytes(ISO_8859_1));
        });
    assertEquals(1, announce().peers().size());
  }

  private static byte[] head(String headers) {
    return ("HTTP/1.1 200 OK\r\n" + headers + "\r\n\r\n").getBytes(ISO_8859_1);
  }

  @Test
  void toleratesALineBreakBehindTheAnswer() throws Exception {
    tracker(always(ok(ANSWER + "\r\n")));
    assertEquals(1, announce().peers().size());
  }

  @Test
  void passesOnRefusals() throws Exception {
    tracker(always(ok("d14:failure reason7:\u001b[31mno8:retry in5:nevere")));
    TrackerFailure refusal = (TrackerFailure) failure();
    assertEquals("refused: [31mno", refusal.getMessage());
    assertEquals(TrackerFailure.NEVER, refusal.retryAfterSeconds());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>404</html>",
        "",
        "d8:interval",
        "le",
        "i5e",
        "\0\1\2\3",
        "d4:peers",
        "99999999:x"
      })
  void junkIsTheTrackersFault(String body) throws Exception {
    tracker(always(ok(body)));
    assertEquals(ProtocolException.class, failure().getClass());
  }

  @Test
  void deepNestingIsTheTrackersFault() throws Exception {
    tracker(always(ok("l".repeat(1_000_000))));
    assertEquals(ProtocolException.class, failure().getClass());
  }

  @Test
  void showsTheStatusButNotTheBody() throws Exception {
    tracker(always(ok("SECRET").replace("200 OK", "500 SECRET")));
    assertEquals("HTTP status 500", message(IOException.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
      })
  void brokenHttpIsAnError(String answer) throws Exception {
    tracker(
        (request, out) -> {
          out.write(answer.getBytes(ISO_8859_1));
          out.flush();
          throw new ScriptedTracker.Hangup();
        });
    Throwable failure = failure();
    assertTrue(
        failure instanceof ProtocolException || failure instanceof IOException, failure::toString);
    assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
  }

  @Test
  void aCutAnswerIsAnError() throws Exception {
    String whole = ok(ANSWER);
    for (int length = 0; length < whole.length(); length++) {
      String cut = whole.substring(0, length);
      try (ScriptedTracker cutting =
          new ScriptedTracker(
              (request, out) -> {
                out.write(cut.getBytes(ISO_8859_1));
                out.flush();
                throw new ScriptedTracker.Hangup();
              })) {
        CompletableFuture<?> answer = client.announce(ServerUrl.parse(cutting.url()), REQUEST);
        assertThrows(ExecutionException.class, () -> get(answer), "after " + length + " bytes");
      }
    }
  }

  @Test
  void endlessHeadersAreCutOff() throws Exception {
    tracker(
        (request, out) -> {
          out.write("HTTP/1.1 200 OK\r\n".getBytes(ISO_8859_1));
          forever(out, "X-Junk: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
        });
    assertTrue(message(ProtocolException.class).startsWith("HTTP answer: too large"));
  }

  @Test
  void endlessStatusLineIsCutOff() throws Exception {
    tracker((request, out) -> forever(out, "HTTP/1.1 200 OKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOK"));
    assertEquals(ProtocolException.class, failure().getClass());
  }

  @Test
  void endlessBodiesAreCutOff() throws Exception {
    tracker(
        (request, out) -> {
          out.write(head("Connection: close"));
          forever(out, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
        });
    assertTrue(message(ProtocolException.class).startsWith("HTTP answer: too large"));
  }

  @Test
  void endlessChunksAreCutOff() throws Exception {
    tracker(
        (request, out) -> {
          out.write(head("Transfer-Encoding: chunked"));
          forever(out, "1000\r\n" + "x".repeat(4096) + "\r\n");
        });
    assertTrue(message(ProtocolException.class).startsWith("HTTP answer: too large"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2097153", "9223372036854775807"})
  void promisedBytesAreNotAllocated(String length) throws Exception {
    tracker((request, out) -> out.write(head("Content-Length: " + length)));
    assertTrue(message(ProtocolException.class).startsWith("HTTP answer: too large"));
  }

  @Test
  void aGzipBombIsCutOff() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        gzip.write(zeros);
      }
    }
    tracker(
        (request, out) -> {
          out.write(head("Content-Encoding: gzip\r\nContent-Length: " + bomb.size()));
          out.write(bomb.toByteArray());
        });
    assertTrue(message(ProtocolException.class).startsWith("HTTP answer: "));
  }

  private static void forever(OutputStream out, String text) throws IOException {
    byte[] bytes = text.repeat(20).getBytes(ISO_8859_1);
    while (true) {
      out.write(bytes);
    }
  }

  @Test
  void silenceEndsByTheClock() throws Exception {
    client.close();
    client(SHORT);
    tracker((request, out) -> {});
    assertEquals("no answer within 200 ms", message(IOException.class));
  }

  @Test
  void saysThatTlsTakesTooLong() throws Exception {
    client.close();
    client(SHORT, LONG);
    tracker((request, out) -> {}); // waits for the end of a request that never comes
    ServerUrl url = ServerUrl.parse(tracker.url().replace("http", "https"));
    Throwable failure =
        assertThrows(ExecutionException.class, () -> get(client.announce(url, REQUEST))).getCause();
    assertEquals("TLS: no answer within 200 ms", failure.getMessage());
  }

  @Test
  void saysThatTlsWasHungUpOn() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerUrl url = ServerUrl.parse("https://127.0.0.1:" + server.getLocalPort() + "/announce");
      CompletableFuture<Announce.Response> answer = client.announce(url, REQUEST);
      try (Socket socket = server.accept()) {
        socket.shutdownOutput();
        Throwable failure = assertThrows(ExecutionException.class, () -> get(answer)).getCause();
        assertEquals("TLS: connection closed during the handshake", failure.getMessage());
      }
    }
  }

  @Test
  void anAnswerThatNeverEndsDoesByTheClock() throws Exception {
    client.close();
    client(SHORT);
    tracker((request, out) -> out.write(head("Content-Length: 100")));
    assertEquals("no answer within 200 ms", message(IOException.class));
  }

  @Test
  void followsRedirects() throws Exception {
    tracker(
        (request, out) -> {
          String location = request < 3 ? "/announce" + request : "announce?x=1";
          out.write((request < 5 ? redirect(302, location) : ok(ANSWER)).getBytes(ISO_8859_1));
        });
    assertEquals(1, announce().peers().size());
    assertEquals(6, tracker.requests().size());
    String last = tracker.requests().get(5);
    assertTrue(last.startsWith("GET /announce?x=1&info_hash=hhhhhhhhhhhhhhhhhhhh&"), last);
    assertTrue(last.contains("&event=started"), last);
  }

  private static String redirect(int status, String location) {
    return "HTTP/1.1 "
        + status
        + " Moved\r\nContent-Length: 0\r\nLocation: "
        + location
        + "\r\n\r\n";
  }

  @Test
  void aRedirectLoopEnds() throws Exception {
    tracker(always(redirect(301, "/announce")));
    assertEquals("redirects: over 5", message(ProtocolException.class));
    assertEquals(6, tracker.requests().size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "jar:file:/x!/y",
        "gopher://127.0.0.1/",
        "udp://127.0.0.1:1/",
        "http://127.0.0.1:99999/",
        "http://",
        "http://user:secret@127.0.0.1/",
      })
  void redirectsElsewhereAreRefused(String location) throws Exception {
    tracker(always(redirect(302, location)));
    assertEquals(ProtocolException.class, failure().getClass());
    assertEquals(1, tracker.requests().size());
  }

  @Test
  void aRedirectWithoutAddressIsRefused() throws Exception {
    tracker(always("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
    assertEquals("HTTP status 302: names no other address", message(ProtocolException.class));
  }

  @Test
  void aClosedPortIsRefusedAtOnce() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    ServerUrl url = ServerUrl.parse("http://127.0.0.1:" + port + "/announce");
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> get(client.announce(url, REQUEST)));
    assertEquals("connection refused", e.getCause().getMessage());
  }

  @Test
  void otherPathsOnThisMachineAreNotAsked() throws Exception {
    tracker(always(ok(ANSWER)));
    ServerUrl url = ServerUrl.parse("http://127.0.0.1:" + tracker.port() + "/shutdown");
    assertThrows(ExecutionException.class, () -> get(client.announce(url, REQUEST)));
    assertEquals(List.of(), tracker.requests());
  }

  @Test
  void whatIsUnderWayFailsOnClose() throws Exception {
    tracker((request, out) -> {});
    CompletableFuture<Announce.Response> first =
        client.announce(ServerUrl.parse(tracker.url()), REQUEST);
    client.close();
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(first));
    assertEquals("closed", e.getCause().getMessage());
  }
}
