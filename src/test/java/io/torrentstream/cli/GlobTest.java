package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "*.tmp, a.tmp, true",
    "*.tmp, sub/deep/a.tmp, true",
    "*.tmp, a.tmp/b, false",
    "sub, sub, true",
    "sub, a/sub, true",
    "sub/*, sub/a, true",
    "sub/*, sub/a/b, false",
    "sub/**, sub/a/b, true",
    "sub/*, a/sub/b, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "a.c, abc, false",
    "[a](b)+, [a](b)+, true",
    "build/, a/build, true",
    "./src/x, src/x, true",
    "./x, a/x, true"
  })
  void matches(String glob, String path, boolean expected) {
    assertEquals(expected, Glob.of(glob).test(path));
  }
}
