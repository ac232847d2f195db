package io.torrentstream.net;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.torrentstream.util.PrintableText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Whom HTTPS trusts: the certificates that Java trusts and, if given, those of one more file. The
 * host name is always checked too. There is no way to turn either off. Thread-safe.
 */
public final class TrustedTls {
  private static final int MAX_TEXT = 200;

  private final Collection<? extends Certificate> extra;
  private CompletableFuture<SslContext> context;

  private TrustedTls(Collection<? extends Certificate> extra) {
    this.extra = extra;
  }

  /**
   * @param extraCa a PEM file with certificates of authorities to trust besides, or null
   * @throws IOException when it cannot be read or holds no certificate; the message names the file
   */
  public static TrustedTls load(Path extraCa) throws IOException {
    if (extraCa == null) {
      return new TrustedTls(List.of());
    }
    Collection<? extends Certificate> certificates;
    try (InputStream pem = new BufferedInputStream(Files.newInputStream(extraCa))) {
      certificates = CertificateFactory.getInstance("X.509").generateCertificates(pem);
    } catch (FileSystemException e) {
      throw new IOException(extraCa + ": cannot be read (expected: a PEM file)", e);
    } catch (GeneralSecurityException e) {
      throw new IOException(extraCa + ": malformed (expected: certificates in PEM form)", e);
    }
    if (certificates.isEmpty()) {
      throw new IOException(extraCa + ": no certificate in it (expected: PEM form)");
    }
    return new TrustedTls(certificates);
  }

  /**
   * What connections are made with. Reading Java's trust store takes a tenth of a second, so it is
   * done at the first call only, and on one of the resolver's threads.
   */
  synchronized CompletableFuture<SslContext> context(BackgroundResolver resolver) {
    if (context == null) {
      CompletableFuture<SslContext> built = new CompletableFuture<>();
      resolver.inBackground(
          () -> {
            try {
              built.complete(build());
            } catch (GeneralSecurityException | IOException e) {
              built.completeExceptionally(e);
            }
          },
          built::completeExceptionally);
      context = built;
    }
    return context;
  }

  private SslContext build() throws GeneralSecurityException, IOException {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(extra.isEmpty() ? factory(null) : factory(union()))
        // Without this any valid certificate would do, whoever it was issued to (RFC 9110, 4.3.4).
        .endpointIdentificationAlgorithm("HTTPS")
        .build();
  }

  private KeyStore union() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int alias = 0;
    for (TrustManager manager : factory(null).getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        for (X509Certificate certificate : x509.getAcceptedIssuers()) {
          store.setCertificateEntry("java-" + alias++, certificate);
        }
      }
    }
    for (Certificate certificate : extra) {
      store.setCertificateEntry("extra-" + alias++, certificate);
    }
    return store;
  }

  private static TrustManagerFactory factory(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  /** What a failed TLS handshake is about, without the layers it was wrapped in. */
  static IOException explain(SSLException failure) {
    if (failure instanceof NotSslRecordException) {
      // Netty's message is what came: perhaps a page of a server that only this machine can reach.
      return new IOException("TLS: not spoken there", failure);
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    // Some messages quote the server's certificate.
    return new IOException(
        "TLS: " + PrintableText.of(String.valueOf(cause.getMessage()), MAX_TEXT), failure);
  }
}
