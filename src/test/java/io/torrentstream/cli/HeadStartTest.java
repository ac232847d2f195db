package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadStartTest {
  @TempDir Path dir;

  private String file(String name, int size) throws IOException {
    return Files.write(dir.resolve(name), new byte[size]).toString();
  }

  @Test
  void whatMovesDataIsAdvisedWhateverTheTorrent() throws IOException {
    assertTrue(HeadStart.isWorthAdvice("download", file("small", 100)));
    assertTrue(HeadStart.isWorthAdvice("seed", dir.resolve("missing").toString()));
  }

  @Test
  void whatOnlyReadsIsAdvisedForALargeTorrent() throws IOException {
    String small = file("small", 256 * 1024 - 1);
    String large = file("large", 256 * 1024);

    assertTrue(HeadStart.isWorthAdvice("info", "--json", large));
    assertTrue(HeadStart.isWorthAdvice("verify", large, "-d", "."));
    assertFalse(HeadStart.isWorthAdvice("info", small));
    assertFalse(HeadStart.isWorthAdvice("info", "no\0path", "-"));
    assertFalse(HeadStart.isWorthAdvice("create", large));
    assertFalse(HeadStart.isWorthAdvice(""));
  }
}
