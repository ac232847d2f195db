package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.torrentstream.metainfo.TorrentInfo;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class FileSpecTest {
  @TempDir Path dir;

  private TorrentInfo info;

  @BeforeEach
  void makeTorrent() throws Exception {
    info =
        TestTorrent.folder("books")
            .file("a.pdf", 10)
            .file("b.pdf", 10)
            .file("c.txt", 10)
            .file("en/a.pdf", 10)
            .file("en/x[1].txt", 10)
            .file("en/old/a.pdf", 10)
            .build(dir)
            .metainfo()
            .info();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1                 | 1",
        "1,3               | 1 3",
        "2-4               | 2 3 4",
        "5-99              | 5 6",
        "*.pdf             | 1 2 4 6",
        "a.pdf             | 1 4 6",
        "?.txt             | 3",
        "en/*.pdf          | 4",
        "en/**             | 4 5 6",
        "**/a.pdf          | 4 6",
        "x[1].txt          | 5",
        "!*.pdf            | 3 5",
        "!1-2              | 3 4 5 6",
        "*.pdf,!en/**      | 1 2",
        "!*.pdf,1          | 1 3 5",
        "*,!*.txt,3        | 1 2 3 4 6"
      })
  void termsApplyFromLeftToRight(String spec, String numbers) throws Exception {
    String selected =
        new FileSpec.Converter()
            .convert(spec).select(info).stream()
                .mapToObj(index -> String.valueOf(index + 1))
                .collect(Collectors.joining(" "));

    assertEquals(numbers, selected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "1,", "!", "1,,2"})
  void emptyTermsAreRefused(String spec) {
    assertThrows(TypeConversionException.class, () -> new FileSpec.Converter().convert(spec));
  }

  @Test
  void nothingSelectedIsAnError() {
    CliException failure =
        assertThrows(
            CliException.class, () -> new FileSpec.Converter().convert("*.epub").select(info));

    assertEquals("--files: *.epub (expected: one of the 6 files or more)", failure.getMessage());
    assertEquals(ExitCode.USAGE, failure.exitCode());
  }
}
