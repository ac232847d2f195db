package io.torrentstream.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import io.torrentstream.net.BackgroundResolver;
import io.torrentstream.net.TrackerClient;
import io.torrentstream.net.Transport;
import io.torrentstream.net.TrustedTls;
import io.torrentstream.tracker.Announce;
import io.torrentstream.tracker.ServerUrl;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class TrackerServerTest {
  private static final InfoHash TORRENT = InfoHash.of(new byte[InfoHash.LENGTH]);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final BlockingQueue<String> announces = new LinkedBlockingQueue<>();
  private TrackerServer tracker;

  @BeforeEach
  void open() throws IOException {
    tracker =
        TrackerServer.open(
            LOOPBACK, 0, (torrent, seeders, leechers) -> announces.add(seeders + " " + leechers));
  }

  @AfterEach
  void close() {
    tracker.close();
  }

  private static Announce.Request request(int port, long left) {
    return new Announce.Request(
        TORRENT, new byte[20], port, 0, 0, left, Announce.Event.STARTED, 50, 1, null);
  }

  @Test
  void ourOwnClientFindsItsPeers() throws Exception {
    ServerUrl url = ServerUrl.parse(tracker.announceUrl());
    try (Transport transport = Transport.open(1);
        BackgroundResolver resolver = new BackgroundResolver();
        TrackerClient client =
            new TrackerClient(transport, resolver, null, TrustedTls.load(null))) {
      client.announce(url, request(1111, 0)).get();
      Announce.Response response = client.announce(url, request(2222, 10)).get();

      assertEquals(List.of(new InetSocketAddress(LOOPBACK, 1111)), response.peers());
      assertEquals(SwarmTable.INTERVAL, response.interval());
      assertEquals(1, response.seeders());
      assertEquals(1, response.leechers());
    }
    assertEquals("1 0", announces.poll(10, TimeUnit.SECONDS));
    assertEquals("1 1", announces.poll(10, TimeUnit.SECONDS));
  }

  /** Sends bytes and reads until the server closes. */
  private String exchange(String sent) throws IOException {
    try (Socket socket = new Socket(LOOPBACK, URI.create(tracker.announceUrl()).getPort())) {
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
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
        "d8:completei1e10:incompletei1e8:intervali1800e5:peersl"
            + "d2:ip9:127.0.0.17:peer id20:pppppppppppppppppppp4:porti1eeee",
        answer);
  }

  @ParameterizedTest
  @CsvSource({
    "/announce, d14:failure reason",
    "/announce?info_hash=x, d14:failure reason",
    "/announce?%, d14:failure reason"
  })
  void aBadAnnounceIsRefusedInBencode(String target, String answer) throws IOException {
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
  }
}
