package io.torrentstream.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** nginx, with a certificate for 127.0.0.1 from an authority made for this test. */
final class Nginx implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(20);
  private static final String PASSWORD = "interop";

  private final ChildProcess process;
  private final Path home;

  private Nginx(ChildProcess process, Path home) {
    this.process = process;
    this.home = home;
  }

  /**
   * Starts nginx (or skips the test) and returns once it listens.
   *
   * @param port of 127.0.0.1
   * @param tls whether it speaks TLS on that port
   * @param locations of its one server, in its own words
   */
  static Nginx start(Workspace workspace, int port, boolean tls, String locations)
      throws Exception {
    Path program = Installed.assumeProgram("nginx");
    Path home = workspace.newFolder("nginx");
    if (tls) {
      writeCertificates(home);
    }
    Path configuration = home.resolve("nginx.conf");
    Files.writeString(configuration, configuration(port, tls, locations));
    List<String> command =
        List.of(
            program.toString(),
            "-p",
            home.toString(),
            "-c",
            configuration.toString(),
            "-e",
            "stderr");
    Nginx nginx = new Nginx(ChildProcess.start("nginx", home, command), home);
    Poll.until(() -> nginx.listens(port), READY_LIMIT, nginx.process::log);
    return nginx;
  }

  /** The PEM file for {@code --tracker-ca}. */
  Path authority() {
    return home.resolve("authority.pem");
  }

  /** The lines of its access log so far: method, path, status and bytes sent. */
  List<String> requests() throws IOException {
    return Files.readAllLines(home.resolve("access.log"));
  }

  private boolean listens(int port) {
    assertTrue(process.isAlive(), process::log);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String configuration(int port, boolean tls, String locations) {
    String certificate = "ssl_certificate server.pem; ssl_certificate_key server.key;";
    return """
        daemon off;
        # One process, so that nothing is left when it is killed.
        master_process off;
        pid nginx.pid;
        events {}
        http {
          log_format short '$request_method $uri $status $body_bytes_sent';
          access_log access.log short;
          client_body_temp_path temporary;
          proxy_temp_path temporary;
          fastcgi_temp_path temporary;
          uwsgi_temp_path temporary;
          scgi_temp_path temporary;
          server {
            listen 127.0.0.1:%d%s;
            %s
            %s
          }
        }
        """
        .formatted(port, tls ? " ssl" : "", tls ? certificate : "", locations);
  }

  private static void writeCertificates(Path home) throws Exception {
    keytool(home, "-alias", "authority", "-dname", "CN=interop authority", "-ext", "bc:c");
    keytool(
        home,
        "-alias",
        "server",
        "-dname",
        "CN=interop server",
        "-ext",
        "san=ip:127.0.0.1",
        "-signer",
        "authority");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(home.resolve("keys.p12"))) {
      keys.load(in, PASSWORD.toCharArray());
    }
    writePem(home.resolve("authority.pem"), "CERTIFICATE", encoded(keys, "authority"));
    writePem(home.resolve("server.pem"), "CERTIFICATE", encoded(keys, "server"));
    writePem(
        home.resolve("server.key"),
        "PRIVATE KEY",
        keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
  }

  private static void keytool(Path home, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12"));
    command.addAll(List.of("-keystore", "keys.p12", "-storepass", PASSWORD));
    command.addAll(List.of(options));
    try (ChildProcess process = ChildProcess.start("keytool", home, command)) {
      assertEquals(0, process.await(READY_LIMIT), process::log);
    }
  }

  private static byte[] encoded(KeyStore keys, String alias) throws GeneralSecurityException {
    Certificate certificate = keys.getCertificate(alias);
    return certificate.getEncoded();
  }

  private static void writePem(Path file, String kind, byte[] bytes) throws IOException {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
  }

  @Override
  public void close() {
    process.close();
  }
}
