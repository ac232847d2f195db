package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.torrentstream.metainfo.InfoHash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllowedTorrentsTest {
  private static final String HASH = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path dir;

  private AllowedTorrents allow(String... values) throws CliException {
    return new AllowedTorrents(Program.consoleIn(dir), List.of(values));
  }

  @Test
  void infoHashesStandForThemselves() throws CliException {
    AllowedTorrents allowed = allow(HASH);

    assertEquals(HASH, allowed.read().iterator().next().toString());
    assertFalse(allowed.hasFolders());
  }

  @Test
  void foldersAreWhatIsInThemNow() throws Exception {
    AllowedTorrents allowed = allow(".", HASH);
    assertTrue(allowed.hasFolders());
    assertEquals(1, allowed.read().size());

    TestTorrent one = TestTorrent.single(dir, "one.bin", 100);
    Files.copy(one.file(), dir.resolve("copy.torrent"));
    Files.copy(one.file(), dir.resolve("no-torrent.txt"));
    Set<InfoHash> two = allowed.read();
    assertEquals(2, two.size(), two.toString());
    assertEquals(two, allowed.read());

    Files.writeString(dir.resolve("copy.torrent"), "nonsense");
    assertEquals(two, allowed.read(), "the other copy is still good");
    Files.delete(one.file());
    assertEquals(1, allowed.read().size());
  }

  @Test
  void aFolderThatIsGoneCannotBeRead() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("torrents"));
    AllowedTorrents allowed = allow("torrents");
    Files.delete(folder);

    CliException failure = assertThrows(CliException.class, allowed::read);

    assertEquals(ExitCode.INPUT, failure.exitCode());
    assertTrue(failure.getMessage().endsWith("(expected: a folder that can be read)"));
  }
}
