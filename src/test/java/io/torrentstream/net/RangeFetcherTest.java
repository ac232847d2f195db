package io.torrentstream.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBuf;
import io.torrentstream.net.RangeFailure.Kind;
import io.torrentstream.net.ScriptedTracker.Script;
import io.torrentstream.tracker.ServerUrl;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ranges over http and https, from servers that keep to the rules and others. */
@Timeout(60)
class RangeFetcherTest {
  private static final int FILE = 300_000;

  private final Transport transport = Transport.open(1);
  private final BackgroundResolver resolver =
      new BackgroundResolver(
          host -> {
            if (host.endsWith(".invalid")) {
              throw new UnknownHostException(host); // asking a name server may take its time
            }
            return InetAddress.getAllByName(host);
          });
  private final byte[] file = new byte[FILE];
  private RangeFetcher fetcher;
  private ScriptedTracker server;

  RangeFetcherTest() throws IOException {
    new Random(1).nextBytes(file);
    fetcher = newFetcher(null);
  }

  private RangeFetcher newFetcher(Path extraCa) throws IOException {
    return new RangeFetcher(
        transport, transport.loops().next(), resolver, null, TrustedTls.load(extraCa));
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
    fetcher.close();
    resolver.close();
    transport.close();
  }

  /** Collects what comes, on the loop. */
  private static class Collector implements RangeFetcher.Receiver {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final CompletableFuture<RangeFailure> end = new CompletableFuture<>();
    boolean wholeFile;

    @Override
    public void onBytes(ByteBuf part) {
      byte[] copy = new byte[part.readableBytes()];
      part.readBytes(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public void onAnswer(boolean whole) {
      wholeFile = whole;
    }

    @Override
    public void onDone() {
      assertTrue(end.complete(null), "a second end");
    }

    @Override
    public void onFailed(RangeFailure failure) {
      assertTrue(end.complete(failure), "a second end");
    }

    RangeFailure end() throws Exception {
      return end.get(30, TimeUnit.SECONDS);
    }
  }

  private Collector fetch(String url, int from, int length) throws Exception {
    Collector collector = new Collector();
    RangeFetcher.Range range =
        new RangeFetcher.Range(ServerUrl.parse(url), from, length, FILE, false);
    transport.loops().next().submit(() -> fetcher.fetch(range, collector)).get();
    collector.end();
    return collector;
  }

  private void assertFetches(String url, int from, int length) throws Exception {
    Collector collector = fetch(url, from, length);
    assertNull(collector.end());
    assertArrayEquals(Arrays.copyOfRange(file, from, from + length), collector.bytes.toByteArray());
  }

  private void assertFails(Kind kind, String message, String url) throws Exception {
    RangeFailure failure = fetch(url, 1000, 200_000).end();
    assertEquals(message, failure == null ? "no failure" : failure.getMessage());
    assertEquals(kind, failure.kind());
  }

  private String url() {
    return "http://127.0.0.1:" + server.port() + "/dir/f.bin";
  }

  private void serve(Script script) throws IOException {
    server = new ScriptedTracker(script);
  }

  private static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
  }

  private static String partialHead(int from, int length) {
    return "HTTP/1.1 206 x\r\nContent-Length: "
        + length
        + "\r\nContent-Range: bytes "
        + (from + "-" + (from + length - 1) + "/" + FILE)
        + "\r\n\r\n";
  }

  private void range(OutputStream out, int from, int length) throws IOException {
    text(out, partialHead(from, length));
    out.write(file, from, length);
  }

  @Test
  void fetchesTheRangeAndNoMore() throws Exception {
    serve((request, out) -> range(out, 1000, 200_000));
    assertFetches(url(), 1000, 200_000);
    String head = server.requests().get(0);
    assertTrue(head.startsWith("GET /dir/f.bin HTTP/1.1\r\n"), head);
    String lower = head.toLowerCase(java.util.Locale.ROOT);
    assertTrue(lower.contains("\r\nrange: bytes=1000-200999\r\n"), head);
    assertTrue(lower.contains("\r\naccept-encoding: identity\r\n"), head);
  }

  @Test
  void keepsTheConnection() throws Exception {
    serve((request, out) -> range(out, request * 1000, 1000));
    for (int i = 0; i < 3; i++) {
      assertFetches(url(), i * 1000, 1000);
    }
    assertEquals(1, server.connectionCount());
  }

  @Test
  void takesChunks() throws Exception {
    serve(
        (request, out) -> {
          text(
              out,
              "HTTP/1.1 206 x\r\nTransfer-Encoding: chunked\r\n"
                  + "Content-Range: bytes 0-2/300000\r\n\r\n1\r\n");
          out.write(file, 0, 1);
          text(out, "\r\n2\r\n");
          out.write(file, 1, 2);
          text(out, "\r\n0\r\n\r\n");
        });
    assertFetches(url(), 0, 3);
  }

  @Test
  void cutsOffABodyThatIsLonger() throws Exception {
    serve(
        (request, out) -> {
          text(out, "HTTP/1.1 206 x\r\nContent-Range: bytes 0-999/300000\r\n\r\n");
          out.write(file, 0, FILE);
        });
    assertFetches(url(), 0, 1000);
    assertFetches(url(), 0, 1000);
    assertEquals(2, server.connectionCount());
  }

  @Test
  void reportsABodyThatIsShorter() throws Exception {
    serve(
        (request, out) -> {
          range(out, 1000, 200_000 - 1);
          throw new ScriptedTracker.Hangup();
        });
    assertFails(Kind.FILE, "range: bytes 1000-200998/300000 (expected: bytes 1000-200999)", url());
  }

  @Test
  void reportsAConnectionThatEndsEarly() throws Exception {
    serve(
        (request, out) -> {
          text(out, partialHead(1000, 200_000));
          out.write(file, 1000, 100);
          throw new ScriptedTracker.Hangup();
        });
    assertFails(Kind.LATER, "connection closed before the end of the range", url());
  }

  @Test
  void reportsAChunkedBodyThatEndsEarly() throws Exception {
    serve(
        (request, out) -> {
          text(
              out,
              "HTTP/1.1 206 x\r\nTransfer-Encoding: chunked\r\n"
                  + "Content-Range: bytes 1000-200999/300000\r\n\r\n");
          text(out, "1\r\nx\r\n0\r\n\r\n");
        });
    assertFails(Kind.LATER, "body: 1 bytes (expected: all)", url());
  }

  @Test
  void passesOnAWholeFile() throws Exception {
    serve(
        (request, out) -> {
          text(out, "HTTP/1.1 200 OK\r\nContent-Length: " + FILE + "\r\n\r\n");
          out.write(file);
        });
    Collector collector = fetch(url(), 1000, 200_000);
    assertNull(collector.end());
    assertTrue(collector.wholeFile);
    assertArrayEquals(file, collector.bytes.toByteArray());
    assertFetches(url(), 0, FILE);
    assertEquals(1, server.connectionCount());
  }

  @Test
  void aMissingFileKeepsTheConnection() throws Exception {
    serve(
        (request, out) ->
            text(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nNot here."));
    assertFails(Kind.FILE, "HTTP status 404", url());
    assertFails(Kind.FILE, "HTTP status 404", url());
    assertEquals(1, server.connectionCount());
  }

  @Test
  void anEndlessErrorPageIsNotReadToItsEnd() throws Exception {
    serve(
        (request, out) -> {
          text(out, "HTTP/1.1 503 Busy\r\nRetry-After: 77\r\n\r\n");
          while (true) { // until the connection is closed
            out.write(file);
          }
        });
    RangeFailure failure = fetch(url(), 0, 10).end();
    assertEquals("HTTP status 503", failure.getMessage());
    assertEquals(77, failure.retryAfter().toSeconds());
  }

  @Test
  void passesOverInformation() throws Exception {
    serve(
        (request, out) -> {
          text(out, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
          range(out, 0, 10);
        });
    assertFetches(url(), 0, 10);
  }

  @Test
  void followsRedirectsEveryTime() throws Exception {
    serve(
        (request, out) -> {
          if (request % 2 == 0) {
            text(out, "HTTP/1.1 302 x\r\nContent-Length: 2\r\nLocation: ../g%20h\r\n\r\nhi");
          } else {
            range(out, 0, 10);
          }
        });
    assertFetches(url(), 0, 10);
    assertFetches(url(), 0, 10);
    assertTrue(server.requests().get(3).startsWith("GET /dir/../g%20h HTTP/1.1\r\n"));
    assertTrue(server.requests().get(3).contains("bytes=0-9"));
    assertEquals(1, server.connectionCount());
  }

  @Test
  void endsARedirectLoop() throws Exception {
    serve(
        (request, out) -> text(out, "HTTP/1.1 301 x\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n"));
    assertFails(Kind.FILE, "redirects: over 5", url());
    assertEquals(6, server.requests().size());
  }

  @Test
  void refusesOtherSchemes() throws Exception {
    serve(
        (request, out) ->
            text(
                out,
                "HTTP/1.1 301 x\r\nContent-Length: 0\r\nLocation: "
                    + (request == 0 ? "udp://127.0.0.1:1/x" : "file:///etc/passwd")
                    + "\r\n\r\n"));
    assertFails(Kind.FILE, "redirect from http to udp", url());
    assertFails(Kind.FILE, "URL scheme: file (expected: http, https or udp)", url());
  }

  @Test
  void fetchesOverTlsAndNeverLeavesIt(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "ip:127.0.0.1");
    fetcher.close();
    fetcher = newFetcher(certificate.pem());
    server =
        new ScriptedTracker(
            certificate.serverSockets(),
            (request, out) -> {
              if (request < 2) {
                range(out, 0, FILE);
              } else {
                text(
                    out,
                    "HTTP/1.1 302 x\r\nContent-Length: 0\r\nLocation: http://127.0.0.1/\r\n\r\n");
              }
            });
    String https = url().replace("http", "https");
    assertFetches(https, 0, FILE);
    assertFetches(https, 0, FILE);
    assertEquals(1, server.connectionCount());
    assertFails(Kind.FILE, "redirect from https to http", https);
  }

  @Test
  void distrustsUnknownCertificates(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "ip:127.0.0.1");
    server = new ScriptedTracker(certificate.serverSockets(), (request, out) -> {});
    RangeFailure failure = fetch(url().replace("http", "https"), 0, 10).end();
    assertEquals(Kind.LATER, failure.kind());
    assertTrue(failure.getMessage().startsWith("TLS: "), failure.getMessage());
    assertEquals(0, server.requests().size());
  }

  @Test
  void showsNothingOfWhatIsSentInsteadOfTls() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> answered =
          CompletableFuture.runAsync(
              () -> {
                try (Socket connection = plain.accept()) {
                  connection
                      .getOutputStream()
                      .write("HTTP/1.1 400 secret\r\n\r\n".getBytes(ISO_8859_1));
                  connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      String url = "https://127.0.0.1:" + plain.getLocalPort() + "/f";
      assertFails(Kind.LATER, "TLS: not spoken there", url);
      answered.exceptionally(reset -> null).get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void saysThatTlsTakesTooLong() throws Exception {
    HttpClient impatient =
        new HttpClient(
            transport,
            transport.loops().next(),
            resolver,
            null,
            TrustedTls.load(null),
            new HttpClient.Limits(0, Duration.ofMillis(300), Duration.ZERO, Duration.ZERO));
    Collector collector = new Collector();
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerUrl url = ServerUrl.parse("https://127.0.0.1:" + silent.getLocalPort() + "/f");
      RangeFetcher.Range range = new RangeFetcher.Range(url, 0, 10, FILE, false);
      RangeExchange exchange = new RangeExchange(impatient, range, collector);
      transport.loops().next().submit(exchange::start).get();
      assertEquals("TLS: no answer within 300 ms", collector.end().getMessage());
      assertEquals(Kind.LATER, collector.end().kind());
    }
  }

  @Test
  void asksNoLocalServerWithAQueryThatATorrentMadeUp() throws Exception {
    serve((request, out) -> range(out, 0, 10));
    String url = url() + "?delete=1";
    assertFails(Kind.SERVER, "a local address with a query (expected: none from a torrent)", url);
    assertEquals(0, server.requests().size());
    Collector named = new Collector();
    RangeFetcher.Range range = new RangeFetcher.Range(ServerUrl.parse(url), 0, 10, FILE, true);
    transport.loops().next().submit(() -> fetcher.fetch(range, named)).get();
    assertNull(named.end());
  }

  @Test
  void comesBackOnANewConnectionWhenTheKeptOneIsClosed() throws Exception {
    serve(
        (request, out) -> {
          if (request == 1) {
            throw new ScriptedTracker.Reset();
          }
          range(out, 0, 10);
        });
    assertFetches(url(), 0, 10);
    assertFetches(url(), 0, 10);
    assertEquals(3, server.requests().size());
  }

  @Test
  void reportsWhoCannotBeReached() throws Exception {
    serve((request, out) -> {});
    String url = url();
    server.close();
    assertFails(Kind.LATER, "connection refused", url);
    assertFails(
        Kind.LATER, "host not found: no-such-host.invalid", "http://no-such-host.invalid/f");
  }

  /** Linux connects to nobody in particular: it says so as without a network. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void reportsThatThereIsNoRoute() throws Exception {
    assertFails(Kind.LATER, "network unreachable", "http://255.255.255.255/f");
  }

  @Test
  void reportsWhatIsNoHttp() throws Exception {
    serve((request, out) -> text(out, "SSH-2.0-x\r\n\r\n"));
    try (LogLines log = new LogLines(RangeExchange.class, Level.WARN)) {
      assertFails(Kind.LATER, "HTTP answer: malformed", url());
      assertEquals(List.of(), log.lines()); // a server's fault, not a bug of ours
    }
  }

  @Test
  void refusesEndlessHeaders() throws Exception {
    serve((request, out) -> text(out, "HTTP/1.1 206 x\r\n" + "X: y\r\n".repeat(20_000) + "\r\n"));
    assertFails(Kind.LATER, "HTTP answer: too large (expected: header <= 64 KiB)", url());
  }

  /**
   * Nothing but what was on its way comes until reading goes on, and nothing at all after an end.
   */
  @Test
  void pausesAndEnds() throws Exception {
    int large = 64 << 20;
    CountDownLatch sent = new CountDownLatch(1);
    serve(
        (request, out) -> {
          text(
              out,
              "HTTP/1.1 206 x\r\nContent-Range: bytes 0-" + (large - 1) + "/" + large + "\r\n\r\n");
          for (int i = 0; i < large; i += FILE) {
            out.write(file);
          }
          sent.countDown();
        });
    int[] seen = new int[1];
    RangeFetcher.Transfer[] transfer = new RangeFetcher.Transfer[1];
    CompletableFuture<Void> first = new CompletableFuture<>();
    Collector collector =
        new Collector() {
          @Override
          public void onBytes(ByteBuf part) {
            seen[0] += part.readableBytes();
            transfer[0].pause(true);
            first.complete(null);
          }
        };
    RangeFetcher.Range range =
        new RangeFetcher.Range(ServerUrl.parse(url()), 0, large, large, false);
    var loop = transport.loops().next();
    loop.submit(() -> transfer[0] = fetcher.fetch(range, collector)).get();
    first.get(30, TimeUnit.SECONDS);
    int paused = loop.submit(() -> seen[0]).get();
    assertEquals(paused, loop.schedule(() -> seen[0], 200, TimeUnit.MILLISECONDS).get());
    loop.submit(() -> transfer[0].pause(false)).get();
    while (loop.submit(() -> seen[0]).get() == paused) {
      Thread.onSpinWait(); // bounded by the class's timeout
    }
    loop.submit(() -> transfer[0].cancel()).get();
    int ended = loop.submit(() -> seen[0]).get();
    assertTrue(ended < large / 2, "read while paused: " + ended);
    assertEquals(1, sent.getCount(), "the server could send all");
    assertTrue(!collector.end.isDone());
  }
}
