package io.torrentstream.metainfo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.util.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks {@code test-torrents}: the good ones parse, the bad ones fail with their message. */
class CorpusTest {
  private static final Path FOLDER = TestTorrents.FOLDER;

  /** The lines of expected.tsv. */
  static Stream<String> lines() throws IOException {
    return Files.readAllLines(FOLDER.resolve("expected.tsv")).stream();
  }

  @ParameterizedTest
  @MethodSource("lines")
  void isAsExpected(String line) throws IOException, ProtocolException {
    String[] columns = line.split("\t", -1);
    byte[] torrent = Files.readAllBytes(FOLDER.resolve(columns[0]));
    if (columns[1].equals("bad")) {
      ProtocolException e = assertThrows(ProtocolException.class, () -> parse(torrent));
      assertEquals(columns[2], e.getMessage());
    } else {
      assertEquals("good", columns[1]);
      TorrentInfo info = parse(torrent).info();
      assertEquals(columns[2], info.infoHash().toString());
      assertEquals(columns[3], paths(info));
    }
  }

  static Stream<String> goodLines() throws IOException {
    return lines().filter(line -> line.contains("\tgood\t"));
  }

  @ParameterizedTest
  @MethodSource("goodLines")
  void itsFilesAllFitOnThisMachinesDisk(String line, @TempDir Path dir)
      throws IOException, ProtocolException {
    String[] columns = line.split("\t", -1);
    TorrentInfo info = Metainfo.parse(Files.readAllBytes(FOLDER.resolve(columns[0]))).info();
    for (FileEntry file : info.files()) {
      if (!file.padding()) {
        Path path = dir;
        for (String part : file.path()) {
          path = path.resolve(part);
        }
        assertEquals(file.path().size(), dir.relativize(path.normalize()).getNameCount());
        Files.createDirectories(path.getParent());
        // Fails when the file is there already: under another case or composition, say.
        Files.createFile(path);
        Files.createFile(path.resolveSibling(path.getFileName() + SafeNames.PART));
      }
    }
  }

  private static Metainfo parse(byte[] torrent) throws ProtocolException {
    return Metainfo.parse(torrent, NameRules.ANY);
  }

  private static String paths(TorrentInfo info) {
    return info.files().stream()
        .filter(file -> !file.padding())
        .map(file -> String.join("/", file.path()))
        .collect(Collectors.joining(" | "));
  }

  @Test
  void everyFileIsExpected() throws IOException {
    Set<String> files;
    try (Stream<Path> paths = Files.list(FOLDER)) {
      files =
          paths
              .map(path -> path.getFileName().toString())
              .filter(name -> name.endsWith(".torrent") && !name.equals(TestTorrents.DEMO))
              .collect(Collectors.toCollection(TreeSet::new));
    }
    assertEquals(
        lines().map(line -> line.split("\t")[0]).collect(Collectors.toCollection(TreeSet::new)),
        files);
  }

  @Test
  void theFolderIsWhatTheGeneratorWrites() throws IOException {
    for (TestTorrents.Sample sample : TestTorrents.samples()) {
      assertArrayEquals(
          sample.bytes(), Files.readAllBytes(FOLDER.resolve(sample.file())), sample.file());
    }
    assertEquals(TestTorrents.expected(), text("expected.tsv"));
    assertEquals(TestTorrents.readme(), text("README.md"));
  }

  /** As the repository holds it, whatever line ends the checkout has. */
  private static String text(String name) throws IOException {
    return Files.readString(FOLDER.resolve(name), UTF_8).replace("\r\n", "\n");
  }
}
