package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DemoCommandTest {
  @TempDir Path dir;

  @Test
  void endsWithTheVerifiedPathAndWhatToTryNext() throws Exception {
    Program.Result result =
        new Program(dir)
            .env("TSL_FILES", "99") // the demo is the same for everybody
            .run("demo", "-d", "out", "--seed-rate", "0");

    Path folder = dir.resolve("out").resolve(DemoContent.NAME);
    assertEquals(0, result.exit(), result.err());
    assertEquals(folder.toAbsolutePath() + System.lineSeparator(), result.out());
    assertTrue(result.err().contains("50.0 MiB verified in "), result.err());
    assertTrue(result.err().contains("$ tsl download "), result.err());
    DemoContent.write(dir.resolve("expected"), bytes -> {});
    Path expected = dir.resolve("expected").resolve(DemoContent.NAME);
    for (String file : new String[] {"welcome.txt", "sea.bin", "more/sky.bin"}) {
      assertEquals(-1, Files.mismatch(expected.resolve(file), folder.resolve(file)), file);
    }
  }

  @Test
  void aTargetThatCannotBeWrittenIsAStorageFailure() throws Exception {
    Files.writeString(dir.resolve("file"), "in the way");

    Program.Result result = new Program(dir).run("demo", "-d", "file/below", "-q");

    assertEquals(ExitCode.STORAGE, result.exit(), result.err());
    assertEquals("", result.out());
    assertEquals(2, result.err().lines().count(), result.err());
  }
}
