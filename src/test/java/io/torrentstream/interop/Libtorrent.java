package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** libtorrent through its Python binding: {@code interop/libtorrent_peer.py}. */
final class Libtorrent implements RealClient {
  private static final Duration IMPORT_LIMIT = Duration.ofSeconds(30);

  /** The interpreter that has the binding; looked for once. */
  private static final Optional<String> PYTHON = findPython();

  @Override
  public String name() {
    return "libtorrent";
  }

  @Override
  public void assumeInstalled() {
    Installed.assume(PYTHON.isPresent(), "no python3 here can import libtorrent");
  }

  @Override
  public List<String> seedCommand(Path torrent, Path folder, int port, Path home) {
    return command(torrent, folder, port);
  }

  @Override
  public List<String> peerCommand(Path torrent, Path folder, String address, int port, Path home) {
    List<String> command = new ArrayList<>(command(torrent, folder, port));
    command.addAll(List.of("--fetch", "--address", address));
    return command;
  }

  @Override
  public List<String> leechCommand(Path torrent, Path folder, int port, Path home, int seedPort) {
    List<String> command = new ArrayList<>(command(torrent, folder, port));
    command.addAll(List.of("--peer", Integer.toString(seedPort)));
    return command;
  }

  @Override
  public List<String> magnetCommand(String link, Path folder, int port, Path home, int seedPort) {
    return script(
        "libtorrent_peer.py",
        link,
        folder.toString(),
        Integer.toString(port),
        "--peer",
        Integer.toString(seedPort));
  }

  /** The script that shares the right pieces of {@code folder}; see there for more options. */
  static List<String> command(Path torrent, Path folder, int port) {
    return script(
        "libtorrent_peer.py", torrent.toString(), folder.toString(), Integer.toString(port));
  }

  /** A script of {@code src/test/resources/interop} and its arguments. */
  static List<String> script(String name, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(PYTHON.orElseThrow());
    command.add(Path.of("src/test/resources/interop", name).toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static Optional<String> findPython() {
    // The first python3 may be one beside the system's that lacks the system's packages.
    for (String python : List.of("python3", "/usr/bin/python3")) {
      if (canImport(python)) {
        return Optional.of(python);
      }
    }
    return Optional.empty();
  }

  private static boolean canImport(String python) {
    if (Installed.program(python).isEmpty() && !Files.isExecutable(Path.of(python))) {
      return false;
    }
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import libtorrent")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(IMPORT_LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
          && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
