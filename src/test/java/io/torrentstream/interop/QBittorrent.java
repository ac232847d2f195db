package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** qbittorrent-nox. */
final class QBittorrent implements RealClient {
  @Override
  public String name() {
    return "qbittorrent-nox";
  }

  @Override
  public void assumeInstalled() {
    Installed.assumeProgram("qbittorrent-nox");
  }

  @Override
  public List<String> peerCommand(Path torrent, Path folder, String address, int port, Path home)
      throws IOException {
    Path configuration = Files.createDirectories(home.resolve("qBittorrent/config"));
    Files.write(
        configuration.resolve("qBittorrent.conf"),
        List.of(
            "[LegalNotice]",
            "Accepted=true",
            "[BitTorrent]",
            "Session\\Port=" + port,
            "Session\\InterfaceAddress=" + address,
            "Session\\BTProtocol=TCP",
            "Session\\DHTEnabled=false",
            "Session\\LSDEnabled=false",
            "Session\\PeXEnabled=false",
            "[Network]",
            "PortForwardingEnabled=false",
            "[Preferences]",
            "WebUI\\Address=" + address,
            "WebUI\\Port=" + Workspace.freePort()));
    return List.of(
        "qbittorrent-nox",
        "--profile=" + home,
        "--save-path=" + folder,
        "--add-paused=false",
        "--skip-dialog=true",
        torrent.toString());
  }
}
