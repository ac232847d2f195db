package io.torrentstream.interop;

import java.nio.file.Path;

/** nginx with TLS in front of a tracker that speaks only HTTP. */
final class HttpsFront implements AutoCloseable {
  private final Nginx nginx;
  private final int port;

  private HttpsFront(Nginx nginx, int port) {
    this.nginx = nginx;
    this.port = port;
  }

  /** Starts nginx (or skips the test) and returns once it listens. */
  static HttpsFront start(RealTracker tracker, Workspace workspace) throws Exception {
    int port = Workspace.freePort();
    String location = "location / { proxy_pass http://127.0.0.1:%d; }".formatted(tracker.port());
    return new HttpsFront(Nginx.start(workspace, port, true, location), port);
  }

  String url() {
    return "https://127.0.0.1:" + port + "/announce";
  }

  /** The PEM file for {@code --tracker-ca}. */
  Path authority() {
    return nginx.authority();
  }

  @Override
  public void close() {
    nginx.close();
  }
}
