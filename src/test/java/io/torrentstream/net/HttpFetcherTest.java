package io.torrentstream.net;

import static io.torrentstream.net.ScriptedTracker.always;
import static io.torrentstream.net.ScriptedTracker.ok;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.tracker.ServerUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files over http and https, from servers that can be trusted and others. */
class HttpFetcherTest {
  private static final int MAX_BYTES = 100_000;

  private final Transport transport = Transport.open(1);
  private final BackgroundResolver resolver = new BackgroundResolver();
  private ScriptedTracker server;

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
    resolver.close();
    transport.close();
  }

  private byte[] fetch(String url, Path extraCa) throws Exception {
    TrustedTls tls = TrustedTls.load(extraCa);
    try (HttpFetcher fetcher = new HttpFetcher(transport, resolver, null, tls, MAX_BYTES)) {
      return fetcher.fetch(ServerUrl.parse(url)).get(30, TimeUnit.SECONDS);
    }
  }

  private String failure(String url, Path extraCa) {
    return assertThrows(ExecutionException.class, () -> fetch(url, extraCa))
        .getCause()
        .getMessage();
  }

  private String http(String path) {
    return "http://127.0.0.1:" + server.port() + path;
  }

  private String https() {
    return "https://127.0.0.1:" + server.port() + "/x.torrent";
  }

  @Test
  void fetchesEveryByte() throws Exception {
    byte[] file = new byte[MAX_BYTES];
    new Random(1).nextBytes(file);
    server = new ScriptedTracker(always(ok(new String(file, ISO_8859_1))));
    assertArrayEquals(file, fetch(http("/dir/x.torrent?y=1"), null));
    assertTrue(server.requests().get(0).startsWith("GET /dir/x.torrent?y=1 HTTP/1.1\r\n"));
  }

  @Test
  void refusesLargerFiles() throws Exception {
    server = new ScriptedTracker(always(ok("x".repeat(MAX_BYTES + 1))));
    assertTrue(failure(http("/"), null).startsWith("HTTP answer: too large"));
  }

  @Test
  void anEmptyFileIsAFile() throws Exception {
    server = new ScriptedTracker(always(ok("")));
    assertEquals(0, fetch(http(""), null).length);
  }

  @Test
  void followsARedirectWithItsOwnQuery() throws Exception {
    server =
        new ScriptedTracker(
            (request, out) -> {
              String moved = "HTTP/1.1 301 x\r\nContent-Length: 0\r\nLocation: /y?b=2\r\n\r\n";
              out.write((request == 0 ? moved : ok("torrent")).getBytes(ISO_8859_1));
            });
    assertEquals("torrent", new String(fetch(http("/x?a=1"), null), ISO_8859_1));
    assertTrue(server.requests().get(1).startsWith("GET /y?b=2 HTTP/1.1\r\n"));
  }

  @Test
  void namesTheStatus() throws Exception {
    server = new ScriptedTracker(always(ok("").replace("200 OK", "404 Not Found")));
    assertEquals("HTTP status 404", failure(http("/"), null));
  }

  @Test
  void udpIsNoWebAddress() {
    assertEquals("URL scheme: udp (expected: http, https)", failure("udp://127.0.0.1:1/x", null));
  }

  @Test
  void trustsTheGivenAuthorityOnly(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "ip:127.0.0.1");
    server = new ScriptedTracker(certificate.serverSockets(), always(ok("torrent")));
    assertEquals("torrent", new String(fetch(https(), certificate.pem()), ISO_8859_1));
    int before = server.requests().size();
    String failure = failure(https(), null);
    assertTrue(failure.startsWith("TLS: "), failure);
    assertEquals(before, server.requests().size());
  }

  @Test
  void checksTheHostName(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "dns:other.example");
    server = new ScriptedTracker(certificate.serverSockets(), always(ok("torrent")));
    String failure = failure(https(), certificate.pem());
    assertTrue(failure.startsWith("TLS: No subject alternative names"), failure);
    assertEquals(0, server.requests().size());
  }

  @Test
  void leavesHttpsForHttpUnderNoCircumstances(@TempDir Path folder) throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "ip:127.0.0.1");
    String moved = "HTTP/1.1 302 x\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n";
    server = new ScriptedTracker(certificate.serverSockets(), always(moved));
    assertEquals("redirect from https to http", failure(https(), certificate.pem()));
  }

  @Test
  void authoritiesMustBeReadable(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("ca.pem");
    assertEquals(
        file + ": cannot be read (expected: a PEM file)",
        assertThrows(IOException.class, () -> TrustedTls.load(file)).getMessage());
    Files.writeString(file, "");
    assertEquals(
        file + ": no certificate in it (expected: PEM form)",
        assertThrows(IOException.class, () -> TrustedTls.load(file)).getMessage());
    Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertEquals(
        file + ": malformed (expected: certificates in PEM form)",
        assertThrows(IOException.class, () -> TrustedTls.load(file)).getMessage());
  }
}
