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
    return command(torrent.toString(), folder, address, port, home);
  }

  @Override
  public List<String> magnetCommand(String link, Path folder, int port, Path home, int seedPort)
      throws IOException {
    return command(link, folder, "127.0.0.1", port, home);
  }

  private static List<String> command(
      String source, Path folder, String address, int port, Path home) throws IOException {
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
        source);
  }
}
