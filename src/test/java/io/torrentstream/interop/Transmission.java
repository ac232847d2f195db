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
    // It checks and shares whatever is in the folder it watches when it starts.
    Path watched = Files.createDirectories(home.resolve("watched"));
    Files.copy(torrent, watched.resolve("content.torrent"));
    return List.of(
        "transmission-daemon",
        "--foreground",
        "--log-info",
        "--config-dir",
        home.toString(),
        "--download-dir",
        folder.toString(),
        "--watch-dir",
        watched.toString(),
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

  @Override
  public List<String> magnetCommand(String link, Path folder, int port, Path home, int seedPort)
      throws IOException {
    // The daemon's watched folder takes no links; the one-shot program does.
    Installed.assumeProgram("transmission-cli");
    Files.write(
        home.resolve("settings.json"),
        List.of(
            "{ \"dht-enabled\": false, \"lpd-enabled\": false, \"utp-enabled\": false,",
            "  \"rpc-enabled\": false, \"bind-address-ipv4\": \"127.0.0.1\" }"));
    return List.of(
        "transmission-cli",
        "--config-dir",
        home.toString(),
        "--download-dir",
        folder.toString(),
        "--port",
        Integer.toString(port),
        "--encryption-tolerated",
        "--no-portmap",
        link);
  }
}
