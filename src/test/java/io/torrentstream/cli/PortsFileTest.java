package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsFileTest {
  @TempDir Path dir;

  private List<String> names() throws IOException {
    try (Stream<Path> names = Files.list(dir)) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    }
  }

  private void assertInTheWay(Path path) {
    CliException refused = assertThrows(CliException.class, () -> new PortsFile(path).write(1));
    String message = refused.getMessage();
    assertTrue(message.startsWith("--ports-file: " + path), message);
    assertTrue(message.endsWith(": is in the way (expected: no such file, or a regular one)"));
    assertEquals(ExitCode.STORAGE, refused.exitCode());
  }

  @Test
  void replacesTheFileOfAnEarlierRun() throws Exception {
    Path file = dir.resolve("ports.json");
    new PortsFile(file).write(6881);
    new PortsFile(file).write(6882);
    assertEquals("{\"tcp\":6882}\n", Files.readString(file));
    assertEquals(List.of("ports.json"), names());
  }

  @Test
  void leavesTheUsersOtherFilesAlone() throws Exception {
    Path other = Files.writeString(dir.resolve("ports.json.new"), "mine");
    new PortsFile(dir.resolve("ports.json")).write(6881);
    assertEquals("mine", Files.readString(other));
    assertEquals(List.of("ports.json", "ports.json.new"), names());
  }

  @Test
  void nothingIsLeftBesideAFolderThatIsInTheWay() throws IOException {
    assertInTheWay(Files.createDirectory(dir.resolve("ports.json")).toRealPath());
    assertEquals(List.of("ports.json"), names());
  }

  /** As /dev/stdout is one. */
  @Test
  void aLinkStaysALink() throws IOException {
    Path target = Files.writeString(dir.resolve("target"), "mine");
    Path link = dir.toRealPath().resolve("ports.json");
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException | UnsupportedOperationException e) {
      assumeTrue(false, "no symbolic links here: " + e);
    }
    assertInTheWay(link);
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("mine", Files.readString(target));
  }
}
