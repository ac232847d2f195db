package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** transmission-daemon. As a seed it unchokes a newcomer only at its next round of 10 s. */
final class Transmission implements RealClient {
  @Override
  public String name() {
    return "transmission-daemon";
  }

  @Override
  public void assumeInstalled() {
    Installed.assumeProgram("transmission-daemon");
  }

  @Override
  public List<String> peerCommand(Path torrent, Path folder, String address, int port, Path home)
      throws IOException {
    Files.copy(torrent, watched(home).resolve("content.torrent"));
    return command(folder, address, port, home);
  }

  @Override
  public List<String> magnetCommand(String link, Path folder, int port, Path home, int seedPort)
      throws IOException {
    Files.writeString(watched(home).resolve("content.magnet"), link);
    return command(folder, "127.0.0.1", port, home);
  }

  /** It takes whatever is in the folder it watches when it starts. */
  private static Path watched(Path home) throws IOException {
    return Files.createDirectories(home.resolve("watched"));
  }

  private static List<String> command(Path folder, String address, int port, Path home)
      throws IOException {
    return List.of(
        "transmission-daemon",
        "--foreground",
        "--log-info",
        "--config-dir",
        home.toString(),
        "--download-dir",
        folder.toString(),
        "--watch-dir",
        watched(home).toString(),
        "--bind-address-ipv4",
        address,
        "--peerport",
        Integer.toString(port),
        "--rpc-bind-address",
        address,
        "--port",
        Integer.toString(Workspace.freePort()),
        "--encryption-tolerated",
        "--no-dht",
        "--no-lpd",
        "--no-utp",
        "--no-portmap");
  }
}
