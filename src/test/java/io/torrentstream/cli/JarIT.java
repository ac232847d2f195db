package io.torrentstream.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The jar as users get it, in processes of its own. Nothing here waits without an end: what hangs
 * is a failure, and what was started is gone after its test.
 */
class JarIT {
  private static final Path JAR = Path.of(System.getProperty("tsl.jar"));
  private static final long MAX_BYTES = 10_000_000;

  /** Far more than any of these runs needs. */
  private static final int LIMIT_SECONDS = 60;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  @TempDir Path dir;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(String... args) throws IOException {
    return start(List.of(), args);
  }

  private Process start(List<String> jvmOptions, String... args) throws IOException {
    return start(builder(jvmOptions, args));
  }

  private Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private ProcessBuilder builder(List<String> jvmOptions, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TSL_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("XDG_CONFIG_HOME", dir.toString());
    return builder
        .redirectOutput(dir.resolve("stdout").toFile())
        .redirectError(dir.resolve("stderr").toFile());
  }

  private String stdout() throws IOException {
    return Files.readString(dir.resolve("stdout"));
  }

  private String stderr() throws IOException {
    return Files.readString(dir.resolve("stderr"));
  }

  /** Waits for the process to end. */
  private int exitCode(Process process) throws Exception {
    assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "ends\n" + log());
    return process.exitValue();
  }

  private String log() {
    try {
      return stderr();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Waits for something that a process does before it ends. */
  private void await(Process process, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.call()) {
      assertTrue(process.isAlive() && System.nanoTime() - deadline < 0, this::log);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Test
  void isSmallAndHoldsWhatEveryPlatformNeeds() throws IOException {
    assertTrue(Files.size(JAR) <= MAX_BYTES, "bytes: " + Files.size(JAR));
    try (JarFile jar = new JarFile(JAR.toFile())) {
      Set<String> names = new TreeSet<>();
      jar.stream().map(JarEntry::getName).forEach(names::add);
      for (String library :
          new String[] {
            "libnetty_transport_native_epoll_x86_64.so",
            "libnetty_transport_native_epoll_aarch_64.so",
            "libnetty_transport_native_kqueue_x86_64.jnilib",
            "libnetty_transport_native_kqueue_aarch_64.jnilib"
          }) {
        assertTrue(names.contains("META-INF/native/" + library), library);
      }
      assertTrue(names.stream().noneMatch(name -> name.endsWith("module-info.class")));
      assertTrue(names.contains("META-INF/LICENSE"), "ours");
      assertTrue(names.contains("META-INF/THIRD-PARTY.txt"), "those of what is in it");
    }
  }

  @Test
  void knowsItsVersion() throws Exception {
    Process process = start("--version");

    assertEquals(0, exitCode(process));
    assertTrue(stdout().matches("tsl \\d+\\.\\d+\\.\\d+\\R"), stdout());
    assertEquals("", stderr());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aResultThatCannotBeWrittenIsAFailure() throws Exception {
    ProcessBuilder builder = builder(List.of(), "--version");

    Process process = start(builder.redirectOutput(new File("/dev/full")));

    assertEquals(ExitCode.STORAGE, exitCode(process));
    assertTrue(stderr().matches("tsl: stdout: .+\\R"), stderr());
  }

  @Test
  void aHeapThatIsTooSmallIsOneLineAndAnAdvice() throws Exception {
    Path torrent = dir.resolve("large.torrent");
    Files.writeString(torrent, "d4:infod5:filesl" + "de".repeat(1_400_000) + "eee");
    Process process = start(List.of("-Xmx10m"), "info", torrent.toString());

    assertEquals(ExitCode.BUG, exitCode(process), stderr());
    assertTrue(stderr().matches("tsl: out of memory: .+\\R.*-Xmx.*\\R"), stderr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deep_lists", "pieces_twice", "file_lengths_overflow"})
  void aBadTorrentIsOneLine(String name) throws Exception {
    String torrent = Path.of("test-torrents", name + ".torrent").toAbsolutePath().toString();

    Process process = start("download", torrent);

    assertEquals(3, exitCode(process));
    assertEquals("", stdout());
    assertTrue(stderr().matches("tsl: .*" + name + "\\.torrent: .+\\R"), stderr());
  }

  @Test
  void aTorrentComesThroughAPipe() throws Exception {
    Path torrent = Path.of("test-torrents", "demo.torrent");

    Process process = start(builder(List.of(), "info", "-").redirectInput(torrent.toFile()));

    assertEquals(0, exitCode(process), stderr());
    assertTrue(stdout().contains("tsl-demo"), stdout());
  }

  /** Java cannot even print these names there, but it can pass them on. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void namesAreUtf8EvenInAPosixLocale() throws Exception {
    Files.createDirectory(dir.resolve("folder"));
    String script = "printf x > \"folder/$(printf '\\303\\244')\"";
    Process shell = start(new ProcessBuilder("sh", "-c", script).directory(dir.toFile()));
    assertEquals(0, exitCode(shell));
    ProcessBuilder builder = builder(List.of(), "create", "-q", "folder");
    builder.environment().put("LC_ALL", "C");

    assertEquals(0, exitCode(start(builder)), this::log);
    String torrent = Files.readString(dir.resolve("folder.torrent"), StandardCharsets.ISO_8859_1);
    assertTrue(torrent.contains("4:pathl2:\u00C3\u00A4ee"), torrent);
  }

  @Test
  void aRealDownloadPrintsNothingButItsOwn() throws Exception {
    Process process = start("demo", "-q", "-d", "out", "--seed-rate", "0");

    assertEquals(0, exitCode(process), stderr());
    assertEquals(
        dir.toRealPath().resolve("out").resolve(DemoContent.NAME) + System.lineSeparator(),
        stdout());
    assertEquals("", stderr());
  }

  @Test
  void theNativeTransportIsInUseWhereThereIsOne() throws Exception {
    Path classes = dir.resolve("classes.log");
    Process process =
        start(List.of("-Xlog:class+load:file=" + classes), "demo", "-d", "out", "--seed-rate", "0");

    assertEquals(0, exitCode(process), stderr());
    String expected =
        switch (OS.current()) {
          case LINUX -> "io.netty.channel.epoll.EpollSocketChannel ";
          case MAC -> "io.netty.channel.kqueue.KQueueSocketChannel ";
          default -> "io.netty.channel.socket.nio.NioSocketChannel ";
        };
    assertTrue(Files.readString(classes).contains(expected), expected);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSignalEndsItCleanly() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", 300_000);
    Process process =
        start(
            "download",
            torrent.file().toString(),
            "--no-trackers",
            "--bind=127.0.0.1",
            "--port=0",
            "--ports-file=ports.json",
            "--dir=out");
    await(process, () -> Files.exists(dir.resolve("ports.json")));

    process.destroy();

    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "ends within seconds");
    assertEquals(ExitCode.TERMINATED, process.exitValue(), stderr());
    assertTrue(stderr().contains("tsl: interrupted"), stderr());
  }

  /** While it writes what the seeds are to have, too: 100 MiB would be left. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aDemoThatIsEndedLeavesNoSeeds() throws Exception {
    Path temp = Files.createDirectory(dir.resolve("temp"));
    Process process = start(builder(List.of("-Djava.io.tmpdir=" + temp), "demo", "--seed-rate=1M"));
    await(process, () -> !sea(temp).isEmpty());

    process.destroy();

    assertEquals(ExitCode.TERMINATED, exitCode(process), stderr());
    assertTrue(stderr().contains("tsl: interrupted"), stderr());
    assertEquals(List.of(), sea(temp));
  }

  private static List<Path> sea(Path temp) throws IOException {
    try (Stream<Path> all = Files.find(temp, 9, (path, file) -> path.endsWith("sea.bin"))) {
      return all.filter(path -> path.toString().contains("seed-")).toList();
    }
  }

  /** Hashing ends as a download does; there is nothing to go on with. */
  @ParameterizedTest
  @ValueSource(strings = {"create", "verify"})
  @EnabledOnOs(OS.LINUX)
  void aSignalEndsHashingCleanly(String command) throws Exception {
    long pieceLength = 1 << 24;
    int pieces = 4096; // 64 GiB of nothing, which take half a minute
    Path data = dir.resolve("holes");
    try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
      file.setLength(pieces * pieceLength);
    }
    Path torrent = dir.resolve("holes.torrent");
    Process process;
    if (command.equals("create")) {
      process = start("create", "holes");
    } else {
      String info =
          "d6:lengthi%de4:name5:holes12:piece lengthi%de6:pieces%d:%se"
              .formatted(pieces * pieceLength, pieceLength, pieces * 20, "x".repeat(pieces * 20));
      Files.writeString(torrent, "d4:info" + info + "e");
      process = start("verify", torrent.toString());
    }
    await(process, () -> isOpen(process, data));

    start(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())));

    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "ends within seconds");
    assertEquals(ExitCode.INTERRUPTED, process.exitValue(), stderr());
    assertTrue(stderr().endsWith("tsl: interrupted" + System.lineSeparator()), stderr());
    assertEquals("", stdout());
    assertEquals(command.equals("verify"), Files.exists(torrent));
  }

  private static boolean isOpen(Process process, Path file) throws IOException {
    Path real = file.toRealPath();
    try (Stream<Path> open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return open.anyMatch(
          fd -> {
            try {
              return Files.readSymbolicLink(fd).equals(real);
            } catch (IOException e) {
              return false; // closed meanwhile
            }
          });
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSecondSignalEndsItAtOnce() throws Exception {
    TestTorrent torrent = TestTorrent.single(dir, "one.bin", 300_000);
    try (ServerSocket tracker = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      tracker.setSoTimeout((int) TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
      Process process =
          start(
              "download",
              "-vv",
              torrent.file().toString(),
              "--tracker=http://127.0.0.1:" + tracker.getLocalPort() + "/announce",
              "--bind=127.0.0.1",
              "--port=0",
              "--dir=out");
      // It is told of no peers, and is not told that its "stopped" was heard.
      try (Socket started = tracker.accept()) {
        String body = "d8:intervali1800e5:peers0:e";
        readRequest(started);
        started
            .getOutputStream()
            .write(
                ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                    .getBytes(StandardCharsets.US_ASCII));
      }
      // Only a tracker whose answer has arrived is told that we leave.
      await(process, () -> stderr().contains(": 0 peers, again in"));
      process.destroy();
      try (Socket stopped = tracker.accept()) {
        assertTrue(readRequest(stopped).contains("event=stopped"));
        process.destroy();
        assertEquals(ExitCode.TERMINATED, exitCode(process));
      }
    }
    assertFalse(stderr().contains("interrupted"), "it did not get that far: " + stderr());
  }

  private static String readRequest(Socket socket) throws IOException {
    socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
    InputStream in = socket.getInputStream();
    StringBuilder request = new StringBuilder();
    while (request.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("in the middle of a request: " + request);
      }
      request.append((char) next);
    }
    return request.toString();
  }
}
