package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionArgumentTest {
  @TempDir Path dir;

  private String torrent;

  @BeforeEach
  void makeTorrent() throws Exception {
    torrent = TestTorrent.single(dir, "one.bin", 20_000).file().toString();
  }

  /** As {@code TestTorrent} leaves it in {@code seed-data}. */
  private void moveDataTo(String folder) throws Exception {
    Files.move(dir.resolve("seed-data"), dir.resolve(folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-dash", "--json", "-q", "-x"})
  void whatIsAttachedIsTheValue(String folder) throws Exception {
    moveDataTo(folder);

    assertEquals(ExitCode.OK, new Program(dir).run("verify", "--dir=" + folder, torrent).exit());
    assertEquals(ExitCode.OK, new Program(dir).run("verify", "-d" + folder, torrent).exit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-dash", "--json", "-q", "-x"})
  void aSettingIsTheValue(String folder) throws Exception {
    moveDataTo(folder);

    assertEquals(
        ExitCode.OK, new Program(dir).env("TSL_DIR", folder).run("verify", torrent).exit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "-q", "-qv", "--dir=x", "--"})
  void anOptionThatFollowsIsNotTheValue(String next) {
    String error = new Program(dir).run("verify", "--dir", next, torrent).err();

    assertTrue(error.startsWith("tsl: --dir: missing"), error);
  }

  @Test
  void whatFollowsAndIsNoOptionIsTheValue() throws Exception {
    moveDataTo("-x");

    assertEquals(ExitCode.OK, new Program(dir).run("verify", "--dir", "-x", torrent).exit());
  }

  @Test
  void aSettingNamesTheFileOfTheTrace() {
    Program program = new Program(dir).env("TSL_TRACE", "wire.log");

    assertEquals(
        ExitCode.OK,
        program.run("download", torrent, "-q", "-d", "seed-data", "--no-trackers").exit());
    assertTrue(Files.exists(dir.resolve("wire.log")));
  }
}
