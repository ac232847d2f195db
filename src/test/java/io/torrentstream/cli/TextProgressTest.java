package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.torrentstream.metainfo.Metainfo;
import io.torrentstream.session.TorrentState;
import io.torrentstream.session.TorrentStatus;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextProgressTest {
  private static final TorrentStatus STATUS =
      new TorrentStatus(
          TorrentState.DOWNLOADING, 1024, 512, 0, 512, 0, 0, 0, 512, 0, 1, 1, 0, 1, null);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path dir;

  private Metainfo metainfo;

  @BeforeEach
  void makeTorrent() throws Exception {
    metainfo = TestTorrent.single(dir, "one.bin", 1024).metainfo();
  }

  private String shown(TextProgress.Style style, int ticks) {
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            InputStream.nullInputStream(),
            dir,
            Map.of(),
            new Terminal(true, false, 60));
    TextProgress progress = new TextProgress(console, style);
    progress.started(new Progress.Start(metainfo, dir, 6881));
    for (int i = 0; i < ticks; i++) {
      progress.tick(STATUS);
    }
    progress.warning("careful");
    progress.completed(new Progress.Completion(dir.resolve("one.bin"), STATUS, 2_000_000_000L));
    progress.end();
    assertEquals(
        dir.resolve("one.bin").toAbsolutePath() + System.lineSeparator(),
        out.toString(StandardCharsets.UTF_8),
        "the path alone is the result");
    return err.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  @Test
  void aLiveLineMakesRoomForOthers() {
    String live = "[#####-----] 50% of 1.0 KiB, 512 B/s down, 1 peer, ETA 0:01";
    assertEquals(
        "one.bin: 1.0 KiB, 1 file, 1 piece\n"
            + ("\r" + live + "\r" + " ".repeat(live.length()) + "\r")
            + "warning: careful\n"
            + "512 B verified in 2.00 s, 256 B/s\n",
        shown(TextProgress.Style.LIVE, 2));
  }

  @Test
  void aPipeGetsALineEveryTenTicks() {
    assertEquals(
        """
        one.bin: 1.0 KiB, 1 file, 1 piece
        50% of 1.0 KiB, 512 B/s down, 1 peer, ETA 0:01
        50% of 1.0 KiB, 512 B/s down, 1 peer, ETA 0:01
        warning: careful
        512 B verified in 2.00 s, 256 B/s
        """,
        shown(TextProgress.Style.LINES, 29));
  }

  @Test
  void withoutProgressThereAreStillWarnings() {
    assertEquals("warning: careful\n", shown(TextProgress.Style.NONE, 29));
  }

  @Test
  void quietIsQuiet() {
    assertEquals("", shown(TextProgress.Style.QUIET, 29));
  }
}
