package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** opentracker on 127.0.0.1, over HTTP and UDP on one port. */
final class RealTracker implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(20);

  private final ChildProcess process;
  private final int port;
  private final InfoHash infoHash;

  private RealTracker(ChildProcess process, int port, InfoHash infoHash) {
    this.process = process;
    this.port = port;
    this.infoHash = infoHash;
  }

  /** What it knows of the swarm: peers with all, peers without, and how many became complete. */
  record Scrape(int complete, int incomplete, int downloaded) {}

  /** Starts the tracker for one torrent (or skips the test) and returns once it answers. */
  static RealTracker start(InfoHash infoHash, Workspace workspace) throws Exception {
    Path program = Installed.assumeProgram("opentracker");
    Path home = workspace.newFolder("opentracker");
    int port = Workspace.freePort();
    // Debian's serves only listed torrents; as root it makes its folder its root, so: no full path.
    Files.writeString(home.resolve("torrents"), infoHash + "\n");
    String portText = Integer.toString(port);
    List<String> command =
        List.of(
            program.toString(),
            "-i",
            "127.0.0.1",
            "-p",
            portText,
            "-P",
            portText,
            "-d",
            ".",
            "-w",
            "torrents");
    RealTracker tracker =
        new RealTracker(ChildProcess.start("opentracker", home, command), port, infoHash);
    Poll.until(tracker::answers, READY_LIMIT, tracker.process::log);
    return tracker;
  }

  int port() {
    return port;
  }

  String httpUrl() {
    return "http://127.0.0.1:" + port + "/announce";
  }

  String udpUrl() {
    return "udp://127.0.0.1:" + port + "/announce";
  }

  /** Waits until what the tracker knows is {@code expected}. */
  void awaitSwarm(Scrape expected) throws Exception {
    Poll.until(
        () -> scrape().equals(expected),
        READY_LIMIT,
        () -> "swarm " + expected + ", the last answer: " + lastAnswer);
  }

  private String lastAnswer = "none";

  private boolean answers() {
    assertTrue(process.isAlive(), process::log);
    try {
      scrape();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Scrape scrape() throws IOException {
    StringBuilder query = new StringBuilder("http://127.0.0.1:" + port + "/scrape?info_hash=");
    for (byte b : infoHash.bytes()) {
      query.append(String.format("%%%02x", b));
    }
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(query.toString()).toURL().openConnection();
    connection.setConnectTimeout(1_000);
    connection.setReadTimeout(1_000);
    try (InputStream in = connection.getInputStream()) {
      lastAnswer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
    return new Scrape(number("8:completei"), number("10:incompletei"), number("10:downloadedi"));
  }

  /** The number after a key of the bencoded answer; 0 when the tracker knows nobody. */
  private int number(String key) {
    Matcher matcher = Pattern.compile(key + "(\\d+)e").matcher(lastAnswer);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  @Override
  public void close() {
    process.close();
  }
}
