package io.torrentstream.interop;

import java.nio.file.Path;
import java.util.ArrayList;
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
    return command(torrent.toString(), folder, "127.0.0.1", port, List.of("--enable-dht=false"));
  }

  @Override
  public List<String> magnetCommand(String link, Path folder, int port, Path home, int seedPort) {
    return command(link, folder, "127.0.0.1", port, List.of("--enable-dht=false"));
  }

  /** Without DHT it has no UDP trackers; it knows no node to begin with. */
  @Override
  public List<String> peerCommand(Path torrent, Path folder, String address, int port, Path home) {
    List<String> dht = List.of("--dht-listen-port=" + port, "--dht-file-path=" + home + "/dht.dat");
    return command(torrent.toString(), folder, address, port, dht);
  }

  private static List<String> command(
      String source, Path folder, String address, int port, List<String> dht) {
    List<String> command = new ArrayList<>(List.of("aria2c", "--no-conf=true"));
    command.addAll(dht);
    command.addAll(
        List.of(
            "--interface=" + address,
            "--listen-port=" + port,
            "--enable-dht6=false",
            "--bt-enable-lpd=false",
            "--enable-peer-exchange=false",
            "--check-integrity=true", // finds the data that is there; without it, it would download
            "--seed-ratio=0.0", // for ever
            "--dir=" + folder,
            source));
    return command;
  }
}
