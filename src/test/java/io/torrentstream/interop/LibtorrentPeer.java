package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A libtorrent peer that a test can watch and hold back: it may have only some pieces, upload
 * slowly, and fetch from a peer it is told of.
 */
final class LibtorrentPeer implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);
  private static final Pattern REPORT =
      Pattern.compile("pieces=(\\d+) uploaded=(\\d+) downloaded=(\\d+)\n");

  private final ChildProcess process;
  private final int port;

  private LibtorrentPeer(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the peer (or skips the test) and returns once it takes connections.
   *
   * @param folder holds the right pieces that it begins with
   * @param options of {@code libtorrent_peer.py}
   */
  static LibtorrentPeer start(
      TestContent content, Path folder, Workspace workspace, String... options) throws Exception {
    new Libtorrent().assumeInstalled();
    int port = Workspace.freePort();
    List<String> command = new ArrayList<>(Libtorrent.command(content.torrent(), folder, port));
    command.addAll(List.of(options));
    Path home = workspace.newFolder("libtorrent");
    LibtorrentPeer peer = new LibtorrentPeer(ChildProcess.start("libtorrent", home, command), port);
    // Its first report comes when it has checked the folder.
    peer.await("checked its files", READY_LIMIT, () -> peer.number(1) >= 0);
    return peer;
  }

  /** Starts a peer that has only some pieces of a one-file content and fetches no others. */
  static LibtorrentPeer withPieces(IntPredicate pieces, TestContent content, Workspace workspace)
      throws Exception {
    Path folder = content.copyPieces(workspace.newFolder("pieces"), pieces);
    return start(content, folder, workspace);
  }

  /** How many pieces it has and has checked. */
  long pieces() {
    return number(1);
  }

  /** Bytes of pieces, sent to all peers. */
  long uploaded() {
    return number(2);
  }

  /** Bytes of pieces, received from all peers. */
  long downloaded() {
    return number(3);
  }

  /** For {@code --peer}. */
  String address() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /** Connects to a peer that listens on a port of 127.0.0.1. */
  void call(int peerPort) throws IOException {
    process.say(Integer.toString(peerPort));
  }

  /** Waits while the peer is alive; fails the test otherwise. */
  void await(String what, Duration limit, Poll.Condition condition) throws Exception {
    Poll.until(
        () -> {
          if (!process.isAlive()) {
            fail("libtorrent ended\n" + process.log());
          }
          return condition.holds();
        },
        limit,
        () -> what + "\n" + process.log());
  }

  /** Dies at once, as if its machine had lost power. */
  void kill() throws InterruptedException {
    process.kill();
  }

  /** The number in its latest report, or -1 before the first. */
  private long number(int group) {
    Matcher reports = REPORT.matcher(process.stdout());
    long number = -1;
    while (reports.find()) {
      number = Long.parseLong(reports.group(group));
    }
    return number;
  }

  @Override
  public void close() {
    process.close();
  }
}
