package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.time.Duration;

/** A running client that has all of a content and gives it to whoever connects. */
final class Seed implements AutoCloseable {
  /** Ample: the slowest starts and hashes 256 MiB in 4 s on two cores. */
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  private final ChildProcess process;
  private final int port;

  private Seed(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts the client (or skips the test) and returns once it offers every piece. */
  static Seed start(RealClient client, TestContent content, Workspace workspace) throws Exception {
    client.assumeInstalled();
    Path home = workspace.newFolder(client.name());
    int port = Workspace.freePort();
    Seed seed =
        new Seed(
            ChildProcess.start(
                client.name(),
                home,
                client.seedCommand(content.torrent(), content.folder(), port, home)),
            port);
    seed.awaitPieces(content, content.info().layout().pieceCount());
    return seed;
  }

  private void awaitPieces(TestContent content, int count) throws Exception {
    Poll.until(
        () -> {
          if (!process.isAlive()) {
            fail("ended instead of seeding\n" + process.log());
          }
          return PeerProbe.pieces(port, content.info().infoHash()) == count;
        },
        READY_LIMIT,
        () -> "seeding all pieces\n" + process.log());
  }

  /** For {@code --peer}. */
  String address() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
