package io.torrentstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The build script with a Maven of our own on the PATH, and an archive that hands out junk. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "mvnw is for sh; CI runs mvnw.cmd")
class MvnwTest {
  @TempDir Path dir;

  private final AtomicInteger fetches = new AtomicInteger();
  private HttpServer archive;

  private record Result(int exit, String output) {}

  @BeforeEach
  void startArchive() throws IOException {
    archive = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    archive.createContext(
        "/maven/maven-3/",
        exchange -> {
          fetches.incrementAndGet();
          exchange.sendResponseHeaders(200, 4);
          exchange.getResponseBody().write("junk".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    archive.start();
  }

  @AfterEach
  void stopArchive() {
    archive.stop(0);
  }

  @Test
  void aRecentMavenOnThePathIsRunWithTheSameArguments() throws Exception {
    for (String version : List.of("3.8.1", "3.10.0", "4.0.0-rc-4")) {
      Result result = mvnwWithMaven(version);

      assertEquals("ran with <-q> <two words>\n", result.output());
      assertEquals(7, result.exit(), "Maven's exit code");
    }
    assertEquals(0, fetches.get());
  }

  @Test
  void anOldMavenIsNotRunAndAWrongArchiveIsRefused() throws Exception {
    for (String version : List.of("3.6.3", "2.2.1")) {
      fetches.set(0);
      Result result = mvnwWithMaven(version);

      assertEquals(1, result.exit(), result.output());
      assertTrue(result.output().contains("mvnw: SHA-512 of Maven"), result.output());
      assertEquals(1, fetches.get());
      try (Stream<Path> left = Files.list(dir.resolve("cache/tsl"))) {
        assertEquals(List.of(), left.toList(), "nothing of it stays in the cache");
      }
    }
  }

  /** Runs mvnw with an mvn that claims to be of this version, and prints its arguments. */
  private Result mvnwWithMaven(String version) throws IOException, InterruptedException {
    Path mvn = Files.createDirectories(dir.resolve("bin")).resolve("mvn");
    Files.writeString(
        mvn,
        """
        #!/bin/sh
        if [ "$1" = --version ]; then echo "Apache Maven %s (abc)"; exit; fi
        echo "ran with <$1> <$2>"
        exit 7
        """
            .formatted(version));
    assertTrue(mvn.toFile().setExecutable(true));
    ProcessBuilder builder = new ProcessBuilder("sh", "mvnw", "-q", "two words");
    builder.redirectErrorStream(true);
    builder
        .environment()
        .merge("PATH", mvn.getParent().toString(), (a, b) -> b + File.pathSeparator + a);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("XDG_CACHE_HOME", dir.resolve("cache").toString());
    builder.environment().put("MVNW_ARCHIVE", "http://127.0.0.1:" + archive.getAddress().getPort());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }
}
