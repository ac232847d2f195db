package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.Metainfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is given for a torrent: one line, exit 3. */
class TorrentSourceTest {
  @TempDir Path dir;

  private String refusal(Program program, String source) {
    Program.Result result = program.run("download", source);
    assertEquals(ExitCode.INPUT, result.exit(), result.err());
    assertEquals("", result.out());
    assertFalse(result.err().contains("\tat "), "no stack trace: " + result.err());
    return result.err().strip();
  }

  private String refusal(String source) {
    return refusal(new Program(dir), source);
  }

  @Test
  void aMissingFile() {
    assertEquals("tsl: nix.torrent: no such file", refusal("nix.torrent"));
  }

  @Test
  void aFolder() {
    assertEquals(
        "tsl: " + dir + ": is a directory (expected: a .torrent file)", refusal(dir.toString()));
  }

  @Test
  void twoGigabytesOfData() throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(dir.resolve("film.mkv").toFile(), "rw")) {
      sparse.setLength(2L << 30);
    }
    assertEquals(
        "tsl: film.mkv: size: 2147483648 bytes (expected: a .torrent file of at most 32.0 MiB)",
        refusal("film.mkv"));
  }

  @Test
  void endlessInput() {
    Program program = new Program(dir).stdin(new byte[Metainfo.MAX_BYTES + 1]);
    assertEquals(
        "tsl: -: size: more (expected: a .torrent file of at most 32.0 MiB)",
        refusal(program, "-"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "d", "i1e", "d4:infodee", "<html>not found</html>"})
  void noTorrent(String content) throws IOException {
    Files.writeString(dir.resolve("bad.torrent"), content);
    String line = refusal("bad.torrent");
    assertTrue(line.startsWith("tsl: bad.torrent: "), line);
    assertEquals(1, line.lines().count(), line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "magnet:?xt=urn:btih:3cbbc79c568104a67469ea93fd2c72c03bb1ed77",
        "3cbbc79c568104a67469ea93fd2c72c03bb1ed77",
        "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U",
      })
  void aMagnetLinkWhereAFileIsNeeded(String source) {
    Program.Result result = new Program(dir).run("verify", source);
    assertEquals(ExitCode.INPUT, result.exit(), result.err());
    assertTrue(result.err().startsWith("tsl: source: " + source + " (expected: "), result.err());
    assertTrue(result.err().contains("tsl magnet LINK -o FILE"), result.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"MAGNET:?x", "magnet:", "magnet:?xt=urn:btih:12", "magnet:?dn=%"})
  void aMalformedMagnetLink(String source) {
    String line = refusal(source);
    assertTrue(line.startsWith("tsl: magnet "), line);
    assertEquals(1, line.lines().count(), line);
  }

  @Test
  void aFileWithTheLooksOfAnInfoHashIsAFile() throws IOException {
    String name = "3cbbc79c568104a67469ea93fd2c72c03bb1ed77";
    Files.writeString(dir.resolve(name), "x");
    assertTrue(refusal(name).startsWith("tsl: " + name + ": bencode"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:1/x.torrent", "https:///x", "http://a b/"})
  void anAddressThatAnswersNothing(String source) {
    String line = refusal(source);
    assertTrue(line.startsWith("tsl: " + source + ": "), line);
    assertEquals(1, line.lines().count(), line);
  }

  @Test
  void aWebAddressIsFetched() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", 20_000);
    byte[] bytes = Files.readAllBytes(torrent.file());
    TorrentSource source =
        new TorrentSource(
            Program.consoleIn(dir),
            (address, maxBytes) -> {
              assertEquals("https://example.com/x.torrent", address);
              assertEquals(Metainfo.MAX_BYTES, maxBytes);
              return bytes;
            });

    assertEquals("one.bin", source.read("https://example.com/x.torrent").info().name());
  }

  @Test
  void hostileTextIsShownHarmlessly() throws IOException {
    Files.writeString(
        dir.resolve("evil.torrent"), "\u001b]0;owned\u0007\u202e", StandardCharsets.UTF_8);
    CliException failure =
        assertThrows(
            CliException.class,
            () -> new TorrentSource(Program.consoleIn(dir)).read("\u001b[2Jnix"));
    assertEquals(Reason.INVALID_TORRENT, failure.reason());
    String line = refusal("\u001b[2Jnix\r\ntsl: all is well");
    assertTrue(line.chars().noneMatch(c -> c < ' ' || c == 0x7f), line);
    assertTrue(refusal("evil.torrent").chars().noneMatch(c -> c < ' ' || c == 0x202e));
  }
}
