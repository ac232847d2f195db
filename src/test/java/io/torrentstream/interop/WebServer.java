package io.torrentstream.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** nginx with the files of a folder, as a web seed. */
final class WebServer implements AutoCloseable {
  private final Nginx nginx;
  private final String url;

  private WebServer(Nginx nginx, String url) {
    this.nginx = nginx;
    this.url = url;
  }

  /**
   * Starts nginx (or skips the test) and returns once it listens.
   *
   * @param directives more of nginx's for all files
   */
  static WebServer start(Path folder, Workspace workspace, String directives) throws Exception {
    return start(folder, workspace, directives, false);
  }

  /** The same over https. */
  static WebServer startTls(Path folder, Workspace workspace) throws Exception {
    return start(folder, workspace, "", true);
  }

  private static WebServer start(Path folder, Workspace workspace, String directives, boolean tls)
      throws Exception {
    int port = Workspace.freePort();
    String locations = "root %s; %s".formatted(folder, directives);
    return new WebServer(
        Nginx.start(workspace, port, tls, locations),
        (tls ? "https" : "http") + "://127.0.0.1:" + port + "/");
  }

  /** Ends with a slash. */
  String url() {
    return url;
  }

  /** The PEM file for {@code --tracker-ca}. */
  Path authority() {
    return nginx.authority();
  }

  /** What it was asked for: method, path, status and bytes sent, one line each. */
  List<String> requests() throws IOException {
    return nginx.requests();
  }

  @Override
  public void close() {
    nginx.close();
  }
}
