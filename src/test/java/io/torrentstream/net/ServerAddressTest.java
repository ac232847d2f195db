package io.torrentstream.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where trackers and web seeds may have us connect, by what their names resolve to. Names here are
 * the test's: one has a public address that nobody answers at, and behind it that of the test's
 * server, so what is asked comes from the Internet as far as tsl can tell.
 */
@Timeout(60)
class ServerAddressTest {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "public.example", List.of("192.0.2.1", "127.0.0.1"),
          // The same, but connecting fails at once: web seeds have a longer patience.
          "web.example", List.of("255.255.255.255", "127.0.0.1"),
          "rebound.example", List.of("127.0.0.1"),
          "group.example", List.of("239.255.255.250"),
          "everybody.example", List.of("255.255.255.255"),
          "nobody.example", List.of("0.0.0.0"));

  private final AtomicInteger lookedUp = new AtomicInteger();
  private final Transport transport = Transport.open(1);
  private final BackgroundResolver resolver = new BackgroundResolver(this::lookUp);
  private final TrackerClient trackers;
  private final RangeFetcher webSeeds;
  private ScriptedTracker server;

  ServerAddressTest() throws IOException {
    Duration patience = Duration.ofSeconds(20);
    TrustedTls tls = TrustedTls.load(null);
    this.trackers =
        new TrackerClient(
            transport,
            resolver,
            null,
            tls,
            new UdpMux(transport, transport.loops().next(), null),
            new TrackerClient.Patience(Duration.ofMillis(100), patience, patience, patience));
    this.webSeeds = new RangeFetcher(transport, transport.loops().next(), resolver, null, tls);
  }

  @AfterEach
  void close() throws IOException {
    if (server != null) {
      server.close();
    }
    trackers.close();
    webSeeds.close();
    resolver.close();
    transport.close();
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    lookedUp.incrementAndGet();
    List<String> literals = NAMES.getOrDefault(host, List.of(host));
    InetAddress[] addresses = new InetAddress[literals.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = InetAddress.getByName(literals.get(i));
    }
    return addresses;
  }

  private Announce.Response announce(String url) throws Exception {
    Announce.Request request =
        new Announce.Request(
            InfoHash.of("hhhhhhhhhhhhhhhhhhhh".getBytes(ISO_8859_1)),
            "-tS0100-abcdefghijkl".getBytes(ISO_8859_1),
            6881,
            0,
            0,
            1,
            Announce.Event.STARTED,
            200,
            7,
            null);
    return trackers.announce(ServerUrl.parse(url), request).get(30, TimeUnit.SECONDS);
  }

  private String refusal(String url) {
    Throwable cause = assertThrows(ExecutionException.class, () -> announce(url)).getCause();
    assertTrue(cause instanceof ProtocolException, cause::toString);
    return cause.getMessage();
  }

  private static ScriptedTracker.Script redirect(String location) {
    return ScriptedTracker.always(
        "HTTP/1.1 302 x\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "http://rebound.example/",
        "http://[::1]/"
      })
  void aTrackerOfTheInternetDoesNotLeadToALocalAddress(String location) throws Exception {
    server = new ScriptedTracker(redirect(location));
    String message = refusal("http://public.example:" + server.port() + "/announce");
    assertEquals("redirect: to a local address", message);
    assertEquals(1, server.requests().size());
  }

  @Test
  void aNameThatLeadsToThisMachineIsAskedForAnAnnounceOnly() throws Exception {
    server = new ScriptedTracker(ScriptedTracker.always(ScriptedTracker.ok("d8:intervali60ee")));
    for (String host : List.of("rebound.example", "public.example", "127.0.0.1")) {
      String message = refusal("http://" + host + ":" + server.port() + "/admin/delete");
      assertEquals("tracker URL: another path on this machine (expected: /announce)", message);
    }
    assertEquals(0, server.connectionCount());
    announce("http://rebound.example:" + server.port() + "/announce");
    assertEquals(1, server.requests().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"group.example", "everybody.example", "nobody.example"})
  void whatIsNoHostIsNotAsked(String name) {
    for (String scheme : List.of("http", "udp")) {
      assertEquals(
          "tracker address: a group's or nobody's (expected: a server's)",
          refusal(scheme + "://" + name + ":6969/announce"));
    }
  }

  @Test
  void aTrackerOfTheInternetKnowsNoPeersOnThisMachine() throws Exception {
    String peers =
        "d5:peersld2:ip9:127.0.0.14:porti22eed2:ip15:rebound.example4:porti25ee"
            + "d2:ip8:10.0.0.14:porti6881eed2:ip9:192.0.2.94:porti6881eeee";
    server = new ScriptedTracker(ScriptedTracker.always(ScriptedTracker.ok(peers)));
    assertEquals(
        List.of(new InetSocketAddress("10.0.0.1", 6881), new InetSocketAddress("192.0.2.9", 6881)),
        announce("http://public.example:" + server.port() + "/announce").peers());
    assertEquals(
        4, announce("http://rebound.example:" + server.port() + "/announce").peers().size());
  }

  /** A name is a question to a name server, and there are few answers without names. */
  @Test
  void aTrackerNamesAFewPeersOnly() throws Exception {
    StringBuilder peers = new StringBuilder("d5:peersl");
    for (int port = 100; port < 300; port++) {
      peers.append("d2:ip15:rebound.example4:porti").append(port).append("ee");
    }
    server = new ScriptedTracker(ScriptedTracker.always(ScriptedTracker.ok(peers + "ee")));
    announce("http://rebound.example:" + server.port() + "/announce");
    assertEquals(1 + 50, lookedUp.get());
  }

  /** Who waits for the end of a range. */
  private static final class Failure implements RangeFetcher.Receiver {
    final CompletableFuture<String> message = new CompletableFuture<>();

    @Override
    public void onBytes(ByteBuf bytes) {}

    @Override
    public void onAnswer(boolean wholeFile) {}

    @Override
    public void onDone() {
      message.complete("no failure");
    }

    @Override
    public void onFailed(RangeFailure failure) {
      message.complete(failure.getMessage());
    }
  }

  private String fetch(String url) throws Exception {
    Failure failure = new Failure();
    RangeFetcher.Range range = new RangeFetcher.Range(ServerUrl.parse(url), 0, 10, 10, false);
    transport.loops().next().submit(() -> webSeeds.fetch(range, failure)).get();
    return failure.message.get(30, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1/x", "http://192.168.0.1/x", "http://rebound.example/x"})
  void aWebSeedOfTheInternetDoesNotLeadToALocalAddress(String location) throws Exception {
    server = new ScriptedTracker(redirect(location));
    assertEquals(
        "redirect: to a local address", fetch("http://web.example:" + server.port() + "/f"));
    assertEquals(1, server.requests().size());
  }

  @Test
  void aWebSeedHereIsNotAskedWithAQueryNeitherAtFirstNorLater() throws Exception {
    String refusal = "a local address with a query (expected: none from a torrent)";
    server = new ScriptedTracker(redirect("/f?delete=1"));
    assertEquals(refusal, fetch("http://rebound.example:" + server.port() + "/f?delete=1"));
    assertEquals(0, server.connectionCount());
    assertEquals(refusal, fetch("http://rebound.example:" + server.port() + "/f"));
    assertEquals(1, server.requests().size());
  }
}
