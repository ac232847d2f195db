package io.torrentstream.interop;

import java.nio.file.Path;
import java.util.List;

/** aria2c. */
final class Aria2 implements RealClient {
  @Override
  public String name() {
    return "aria2c";
  }

  @Override
  public void assumeInstalled() {
    Installed.assumeProgram("aria2c");
  }

  @Override
  public List<String> seedCommand(Path torrent, Path folder, int port, Path home) {
    return List.of(
        "aria2c",
        "--no-conf=true",
        "--interface=127.0.0.1",
        "--listen-port=" + port,
        "--enable-dht=false",
        "--enable-dht6=false",
        "--bt-enable-lpd=false",
        "--enable-peer-exchange=false",
        "--check-integrity=true", // finds the data that is there; without it, it would download
        "--seed-ratio=0.0", // for ever
        "--dir=" + folder,
        torrent.toString());
  }
}
