package io.torrentstream.tool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.TrackerClient;
import io.torrentstream.net.Transport;
import io.torrentstream.net.TrustedTls;
import io.torrentstream.net.UdpMux;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.Scrape;
import io.torrentstream.tracker.ServerUrl;
import io.torrentstream.tracker.TrackerFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server and our own client, over real sockets. */
@Timeout(30)
class TrackerServerTest {
  private static final InfoHash TORRENT = InfoHash.of(new byte[InfoHash.LENGTH]);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final TrackerConfig CONFIG =
      TrackerConfig.DEFAULT.withBind(LOOPBACK).withPorts(0, 0);

  private final BlockingQueue<String> announces = new LinkedBlockingQueue<>();
  private final Transport transport = Transport.open(1);
  private final BackgroundResolver resolver = new BackgroundResolver();
  private TrackerClient client;
  private TrackerServer tracker;

  @BeforeEach
  void open() throws IOException {
    client =
        new TrackerClient(
            transport,
            resolver,
            null,
            TrustedTls.load(null),
            new UdpMux(transport, transport.loops().next(), null));
    open(CONFIG);
  }

  private void open(TrackerConfig config) throws IOException {
    if (tracker != null) {
      tracker.close();
    }
    tracker =
        TrackerServer.open(
            config, (torrent, seeders, leechers) -> announces.add(seeders + " " + leechers));
  }

  @AfterEach
  void close() {
    client.close();
    tracker.close();
    resolver.close();
    transport.close();
  }

  private static Announce.Request request(int port, long left) {
    return new Announce.Request(
        TORRENT, new byte[20], port, 0, 0, left, Announce.Event.STARTED, 50, 1, null);
  }

  /** Containers often have no IPv6. */
  private static void assumeHas(InetAddress address) throws IOException {
    assumeTrue(NetworkInterface.getByInetAddress(address) != null, "no " + address);
  }

  private ServerUrl url(String scheme) throws Exception {
    for (String url : tracker.announceUrls()) {
      if (url.startsWith(scheme + "://")) {
        return ServerUrl.parse(url);
      }
    }
    throw new AssertionError(scheme + " is not in " + tracker.announceUrls());
  }

  @ParameterizedTest
  @CsvSource({"http, 127.0.0.1", "udp, 127.0.0.1", "http, ::1", "udp, ::1"})
  void ourOwnClientFindsItsPeers(String scheme, String address) throws Exception {
    InetAddress bind = InetAddress.getByName(address);
    assumeHas(bind);
    open(CONFIG.withBind(bind));
    client.announce(url(scheme), request(1111, 0)).get();
    Announce.Response response = client.announce(url(scheme), request(2222, 10)).get();

    assertEquals(List.of(new InetSocketAddress(bind, 1111)), response.peers());
    assertTrue(response.interval() <= 1800 && response.interval() > 1600, response.toString());
    assertEquals(1, response.seeders());
    assertEquals(1, response.leechers());
    assertEquals(scheme.equals("http") ? bind : null, response.externalIp());
    assertEquals("1 0", announces.poll(10, TimeUnit.SECONDS));
    assertEquals("1 1", announces.poll(10, TimeUnit.SECONDS));
    Scrape.Response scrape = client.scrape(url(scheme), TORRENT).get();
    assertEquals(new Scrape.Response(1, 1, 0), scrape);
  }

  /** Without --bind there is one socket for both families: who comes over IPv4 is no IPv6 peer. */
  @ParameterizedTest
  @CsvSource({"http", "udp"})
  void oneSocketServesBothFamilies(String scheme) throws Exception {
    assumeHas(InetAddress.getByName("::1"));
    open(CONFIG.withBind(null));
    int port = scheme.equals("http") ? tracker.httpPort() : tracker.udpPort();
    ServerUrl ipv4 = ServerUrl.parse(scheme + "://127.0.0.1:" + port + "/announce");
    ServerUrl ipv6 = ServerUrl.parse(scheme + "://[::1]:" + port + "/announce");
    client.announce(ipv4, request(1111, 0)).get();
    client.announce(ipv6, request(2222, 0)).get();

    Announce.Response overIpv4 = client.announce(ipv4, request(3333, 10)).get();
    Announce.Response overIpv6 = client.announce(ipv6, request(4444, 10)).get();

    InetSocketAddress ipv4Peer = new InetSocketAddress("127.0.0.1", 1111);
    InetSocketAddress ipv6Peer = new InetSocketAddress("::1", 2222);
    assertTrue(overIpv4.peers().contains(ipv4Peer), overIpv4.toString());
    assertTrue(overIpv6.peers().contains(ipv6Peer), overIpv6.toString());
    assertEquals(scheme.equals("http"), overIpv4.peers().contains(ipv6Peer));
    assertEquals(2, overIpv6.seeders());
  }

  @ParameterizedTest
  @CsvSource({"http", "udp"})
  void onlyAllowedTorrentsAreTracked(String scheme) throws Exception {
    open(CONFIG.withAllowed(Set.of()));
    ServerUrl url = url(scheme);
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> client.announce(url, request(1111, 0)).get());
    assertEquals(
        "refused: info_hash: not a torrent of this tracker", refused.getCause().getMessage());
    assertTrue(refused.getCause() instanceof TrackerFailure);

    tracker.allow(Set.of(TORRENT));
    assertEquals(1, client.announce(url, request(1111, 0)).get().seeders());
  }

  @Test
  void aFloodFromOneAddressIsRefused() throws Exception {
    open(CONFIG.withMaxRate(1));
    String kept = "GET /stats HTTP/1.1\r\nHost: x\r\n\r\n";
    String last = "GET /stats HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    String answers = exchange(kept.repeat(FloodLimit.BURST_SECONDS) + last);

    assertEquals(FloodLimit.BURST_SECONDS, answers.split("\"torrents\":", -1).length - 1);
    assertTrue(answers.endsWith("too many requests from your addresse"), answers);
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, LOOPBACK)) {
      int port = taken.getLocalPort();
      IOException http =
          assertThrows(
              IOException.class, () -> open(CONFIG.withPorts(port, TrackerConfig.NO_PORT)));
      assertEquals("HTTP port: " + port + " (expected: one that is free)", http.getMessage());
    }
    open(CONFIG);
    int port = tracker.udpPort();
    IOException udp =
        assertThrows(
            IOException.class,
            () -> TrackerServer.open(CONFIG.withPorts(0, port), (hash, seeds, others) -> {}));
    assertEquals("UDP port: " + port + " (expected: one that is free)", udp.getMessage());
  }

  // --- HTTP byte by byte ---

  /** Sends bytes and reads until the server closes. */
  private String exchange(String sent) throws IOException {
    try (Socket socket = new Socket(LOOPBACK, URI.create(tracker.announceUrl()).getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private String get(String target) throws IOException {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  private static String body(String response) {
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void theDictionaryFormHasAddressesAsText() throws IOException {
    String query = "/announce?info_hash=" + "a".repeat(20) + "&port=1&left=0&peer_id=";
    get(query + "p".repeat(20));

    String answer =
        body(get(query.replace("port=1&left=0", "port=2&left=9") + "q".repeat(20) + "&compact=0"));

    assertEquals(
        "d8:completei1e10:downloadedi0e11:external ip4:\u007f\0\0\u000110:incompletei1e"
            + "8:intervali1e12:min intervali1e5:peersl"
            + "d2:ip9:127.0.0.17:peer id20:pppppppppppppppppppp4:porti1eeee",
        answer.replaceAll("(interval)i\\d+e", "$1i1e"));
  }

  @ParameterizedTest
  @CsvSource({
    "/announce, d14:failure reason",
    "/announce?info_hash=x, d14:failure reason",
    "/announce?%, d14:failure reason",
    "/scrape, d14:failure reason",
    "/scrape?info_hash=x, d14:failure reason",
    "/scrape?info_hash=aaaaaaaaaaaaaaaaaaaa, d5:filesde5:flags"
  })
  void aBadQuestionIsRefusedInBencode(String target, String answer) throws IOException {
    String response = get(target);

    assertTrue(response.startsWith("HTTP/1.1 200 "), response);
    assertTrue(body(response).startsWith(answer), response);
  }

  @Test
  void otherPathsAreNotThere() throws IOException {
    assertTrue(get("/").startsWith("HTTP/1.1 404 "));
    assertTrue(get("/announces?x").startsWith("HTTP/1.1 404 "));
  }

  @Test
  void otherMethodsBodiesAndNonsenseAreRefused() throws IOException {
    assertTrue(
        exchange("HEAD /announce HTTP/1.1\r\nConnection: close\r\n\r\n")
            .startsWith("HTTP/1.1 405 "));
    assertTrue(
        exchange("POST /announce HTTP/1.1\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n")
            .startsWith("HTTP/1.1 413 "));
    assertTrue(exchange("nonsense\r\n\r\n").startsWith("HTTP/1.1 400 "));
    assertTrue(
        exchange("GET /announce?" + "x".repeat(TrackerServer.MAX_LINE_BYTES) + " HTTP/1.1\r\n\r\n")
            .startsWith("HTTP/1.1 400 "));
  }

  @Test
  void aConnectionIsGoodForManyRequests() throws IOException {
    String kept = "GET /stats HTTP/1.1\r\nHost: x\r\n\r\n";
    String last = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    String answers = exchange(kept.repeat(50) + last);

    assertEquals(51, answers.split("HTTP/1.1 200 OK", -1).length - 1, answers);
    assertTrue(answers.contains("\r\ncontent-type: application/json\r\n"), answers);
    assertTrue(answers.contains("\"torrents\":0"), answers);
    assertTrue(answers.contains("\ntsl_tracker_connections 1\n"), answers);
  }

  @Test
  void theOldestConnectionOfAnAddressGivesWay() throws IOException {
    try (Socket oldest = new Socket(LOOPBACK, tracker.httpPort())) {
      oldest.setSoTimeout(10_000);
      Socket[] others = new Socket[TrackerServer.MAX_CONNECTIONS_PER_ADDRESS];
      for (int i = 0; i < others.length; i++) {
        others[i] = new Socket(LOOPBACK, tracker.httpPort());
      }
      assertEquals(-1, oldest.getInputStream().read());
      assertTrue(get("/stats").startsWith("HTTP/1.1 200 "));
      for (Socket other : others) {
        other.close();
      }
    }
  }

  /** From many addresses of this machine, which only Linux has without being told. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void theOldestOfAllConnectionsGivesWay() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < TrackerServer.MAX_CONNECTIONS; i++) {
        sockets.add(connect(i));
      }
      Socket oldest = sockets.get(0);
      oldest.getOutputStream().write("GET /stats HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      assertEquals('H', oldest.getInputStream().read(), "there is room for it");
      sockets.add(connect(TrackerServer.MAX_CONNECTIONS));
      oldest.getInputStream().readAllBytes(); // to the end of the connection
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private Socket connect(int number) throws IOException {
    int host = 2 + number / (TrackerServer.MAX_CONNECTIONS_PER_ADDRESS / 2);
    InetAddress from = InetAddress.getByName("127.0.0." + host);
    Socket socket = new Socket(LOOPBACK, tracker.httpPort(), from, 0);
    socket.setSoTimeout(10_000);
    return socket;
  }
}
