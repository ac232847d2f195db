package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.torrentstream.interop.TestContent.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A download that is ended from outside: the same command goes on where it was. */
@ExtendWith(Workspace.Provider.class)
class InterruptIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  /** Slow enough to end tsl while data flows: 64 MiB take 4 s. */
  private static final String SLOWLY = Integer.toString(16 << 20);

  private final Workspace workspace;
  private TestContent content;
  private Path dir;

  InterruptIT(Workspace workspace) {
    this.workspace = workspace;
  }

  /** How tsl is ended, and the exit code that a shell would show. */
  enum Signal {
    TERM(143) {
      @Override
      void send(TslProcess tsl) {
        tsl.terminate();
      }
    },
    KILL(137) {
      @Override
      void send(TslProcess tsl) throws InterruptedException {
        tsl.kill();
      }
    };

    private final int exitCode;

    Signal(int exitCode) {
      this.exitCode = exitCode;
    }

    abstract void send(TslProcess tsl) throws InterruptedException;
  }

  @BeforeEach
  void prepare() throws Exception {
    content = workspace.content(Shape.SINGLE_FILE, 64);
    dir = workspace.newFolder("download");
  }

  @ParameterizedTest
  @EnumSource
  void endedWhileDataFlows(Signal signal) throws Exception {
    try (LibtorrentPeer seed =
        LibtorrentPeer.start(content, content.folder(), workspace, "--up", SLOWLY)) {
      try (TslProcess tsl = download(seed)) {
        tsl.awaitPieces(content, content.info().layout().pieceCount() / 4, LIMIT);
        end(tsl, signal);
      }
      try (TslProcess again = download(seed)) {
        Report.cell("resumed after " + signal, content, again.assertDownloads(content, dir));
      }
    }
  }

  /** Nobody can give the first half again: the second run completes only if it was kept. */
  @ParameterizedTest
  @EnumSource
  void keepsEveryVerifiedPiece(Signal signal) throws Exception {
    int half = (content.info().layout().pieceCount() + 1) / 2;
    try (LibtorrentPeer even =
            LibtorrentPeer.withPieces(piece -> piece % 2 == 0, content, workspace);
        TslProcess tsl = download(even)) {
      tsl.awaitPieces(content, half, LIMIT);
      end(tsl, signal);
    }
    try (LibtorrentPeer odd =
            LibtorrentPeer.withPieces(piece -> piece % 2 != 0, content, workspace);
        TslProcess again = download(odd)) {
      Report.cell("half kept after " + signal, content, again.assertDownloads(content, dir));
    }
  }

  private TslProcess download(LibtorrentPeer seed) throws Exception {
    return TslProcess.download(workspace, content, dir, "--no-trackers", "--peer", seed.address());
  }

  /** Nothing may look complete that is not. */
  private void end(TslProcess tsl, Signal signal) throws Exception {
    signal.send(tsl);
    tsl.assertExit(signal.exitCode, END_LIMIT);
    assertFalse(Files.exists(dir.resolve(content.info().name())), "unfinished under its own name");
  }
}
