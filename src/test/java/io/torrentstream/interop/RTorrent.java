package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** rtorrent, as a daemon without its screen. */
final class RTorrent implements RealClient {
  @Override
  public String name() {
    return "rtorrent";
  }

  @Override
  public void assumeInstalled() {
    Installed.assumeProgram("rtorrent");
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
    Path session = Files.createDirectories(home.resolve("session"));
    Path configuration = home.resolve("interop.rc");
    Files.write(
        configuration,
        List.of(
            "system.daemon.set = true",
            "directory.default.set = \"" + folder + "\"",
            "session.path.set = \"" + session + "\"",
            "network.bind_address.set = " + address,
            "network.port_range.set = " + port + "-" + port,
            "network.port_random.set = no",
            "protocol.encryption.set = none",
            "protocol.pex.set = no",
            "dht.mode.set = disable",
            "load.start = \"" + source + "\""));
    return List.of("rtorrent", "-n", "-o", "import=" + configuration);
  }
}
