package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

/** Names that Java cannot give to files in a POSIX locale, as containers have it. */
@ExtendWith(Workspace.Provider.class)
@EnabledOnOs(OS.LINUX)
class LocaleIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Workspace workspace;

  LocaleIT(Workspace workspace) {
    this.workspace = workspace;
  }

  private TslProcess tsl(String locale, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("env", "LC_ALL=" + locale));
    command.addAll(TslProcess.command(arguments));
    return TslProcess.start(workspace, command);
  }

  /** Four names of one letter each, all of which are {@code ?} to Java there. */
  @Test
  void noTwoNamesBecomeOneAndNothingIsLost() throws Exception {
    Path data = workspace.newFolder("names");
    String make =
        "mkdir $1/t && cd $1/t && for n in '\\303\\244' '\\303\\266' '\\346\\274\\242' a; do"
            + " printf \"$n.txt\" > \"$(printf \"$n.txt\")\"; done";
    try (ChildProcess shell =
        ChildProcess.start("sh", data, List.of("sh", "-c", make, "sh", data.toString()))) {
      assertEquals(0, shell.await(LIMIT), shell::log);
    }
    Path torrent = data.resolve("t.torrent");
    String folder = data.resolve("t").toString();
    try (TslProcess create = tsl("C.UTF-8", "create", "-q", "-o", torrent.toString(), folder)) {
      create.assertExit(0);
    }
    Path dir = workspace.newFolder("download");
    int port = Workspace.freePort();
    try (TslProcess seed =
        tsl(
            "C.UTF-8",
            "seed",
            torrent.toString(),
            "--no-trackers",
            "--bind=127.0.0.1",
            "--port=" + port,
            "-d",
            data.toString())) {
      seed.awaitSeeding();
      for (int run = 0; run < 2; run++) { // the second finds what the first has made
        try (TslProcess tsl =
            tsl(
                "C",
                "download",
                torrent.toString(),
                "--no-trackers",
                "--bind=127.0.0.1",
                "--port=0",
                "--peer=127.0.0.1:" + port,
                "-d",
                dir.toString())) {
          tsl.assertExit(0);
          assertTrue(tsl.stderr().contains("warning: "), tsl::log);
        }
      }
    }
    try (TslProcess verify = tsl("C", "verify", "-d", dir.toString(), torrent.toString())) {
      verify.assertExit(0);
    }
    TreeMap<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(dir.resolve("t"))) {
      for (Path file : files.toList()) {
        found.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertEquals(
        "{%C3%A4.txt=\u00e4.txt, %C3%B6.txt=\u00f6.txt, %E6%BC%A2.txt=\u6f22.txt, a.txt=a.txt}",
        found.toString());
  }
}
