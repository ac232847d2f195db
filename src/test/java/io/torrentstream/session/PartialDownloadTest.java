package io.torrentstream.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.torrentstream.net.SeedingPeer;
import io.torrentstream.storage.StorageOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a tracker is told by whoever wants all files, or only some; the test is the tracker. */
@Timeout(60)
class PartialDownloadTest {
  private static final int PIECE = 16 * 1024;

  @TempDir private Path dir;

  private final TestTorrent torrent = TestTorrent.ofFiles(PIECE, 3 * PIECE, 2 * PIECE);
  private final Queue<String> announced = new ConcurrentLinkedQueue<>();
  private HttpServer tracker;
  private SeedingPeer seed;

  @BeforeEach
  void open() throws IOException {
    seed =
        new SeedingPeer(torrent.metainfo().info().infoHash(), torrent.layout(), torrent.content());
    tracker = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tracker.createContext("/announce", this::answer);
    tracker.start();
  }

  @AfterEach
  void close() throws IOException {
    tracker.stop(0);
    seed.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    announced.add(exchange.getRequestURI().getRawQuery());
    ByteBuffer peer = ByteBuffer.allocate(6).put(seed.address().getAddress().getAddress());
    peer.putShort((short) seed.address().getPort());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("d8:intervali1800e5:peers6:".getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(peer.array());
    body.write('e');
    exchange.sendResponseHeaders(200, body.size());
    exchange.getResponseBody().write(body.toByteArray());
    exchange.close();
  }

  private void download(BitSet files) throws Exception {
    String url = "http://127.0.0.1:" + tracker.getAddress().getPort() + "/announce";
    SessionConfig config =
        SessionConfig.DEFAULT.withBind(InetAddress.getLoopbackAddress()).withPorts(0, 0);
    try (Session session = Session.open(config)) {
      TorrentOptions options =
          TorrentOptions.of(StorageOptions.in(dir))
              .withSources(SourceOptions.DEFAULT.withTrackers(List.of(url)))
              .withFiles(files);
      session.add(torrent.metainfo(), options).completion().get();
    }
  }

  private List<Long> left() {
    return announced.stream()
        .map(query -> Long.valueOf(query.replaceAll(".*&left=(\\d+).*", "$1")))
        .toList();
  }

  private boolean isAnnounced(String event) {
    return announced.stream().anyMatch(query -> query.contains("event=" + event));
  }

  @Test
  void whoHasAllFilesIsASeed() throws Exception {
    download(null);
    assertTrue(isAnnounced("completed"), announced::toString);
    assertEquals(5 * PIECE, left().get(0));
    assertEquals(0, left().get(left().size() - 1));
  }

  @Test
  void whoWantsOnlySomeIsNone() throws Exception {
    BitSet first = new BitSet();
    first.set(0);
    download(first);
    assertFalse(isAnnounced("completed"), announced::toString);
    assertTrue(isAnnounced("stopped"), announced::toString);
    assertEquals(5 * PIECE, left().get(0));
    assertEquals(2 * PIECE, left().get(left().size() - 1));
  }
}
